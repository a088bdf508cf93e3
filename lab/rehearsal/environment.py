"""The environment of a rehearsal: its cloud, how to deploy to it and to query it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.rehearsal.known_gaps import KnownGaps
from lab.rehearsal.properties import DeclaredStack, State, declare
from local import console
from local.command import NOT_RUN
from local.deploy.build import pairs
from local.deploy.deployment import cloud_environment, deploy, finish
from local.deploy.omissions import prepare
from local.emulator.clients import Clients
from local.model import Build, DeployedStack, Deployment
from local.template import ROOT, Json, defaults, load, read_pairs

# In samconfig.toml, because the guard of `make deploy` reads the stack from there.
OWNER, SAM_ENVIRONMENT = "parity", "default"
SECOND = "parity-second"


@dataclass
class Environment:
    """Clients of a fresh cloud, the builds by name, and the results of checks.

    `folder` is for the files of the rehearsal, `port` for its API. `faults` has a line
    for each failed check, `passed` counts the others.
    """

    clients: Clients
    builds: Mapping[str, Build]
    folder: Path
    port: int
    known_gaps: KnownGaps = field(default_factory=KnownGaps.read)
    faults: list[str] = field(default_factory=list)
    passed: int = 0
    _deploys: Iterator[int] = field(default_factory=itertools.count)

    # ---- deploying ---------------------------------------------------------------

    def deploy(
        self,
        stack: str,
        build: Build,
        change: Callable[[dict[str, Json]], None] | None = None,
        **parameters: str,
    ) -> DeployedStack:
        """Run `sam deploy` of the whole template; raises `SamError`.

        `change` edits the template first. Each deploy gets a new `DeployId` unless one
        is given, as with `make deploy`.
        """
        named = {"DeployId": f"rehearsal-{next(self._deploys)}"}
        given = {**build.parameters, **named, **parameters}
        template = prepare(load(build.template), given, build.template.parent)
        if change:
            change(template)
        folder = self.folder / stack
        deploy(template, stack, self.clients, folder, given)
        return DeployedStack(stack, build, given, folder, ())

    def complete(self, standing: DeployedStack) -> Deployment:
        """Set the properties that the emulator dropped."""
        return finish(standing, self.clients)

    def declared(self, standing: DeployedStack) -> DeclaredStack:
        """Return the stack as its template and parameters declare it."""
        parameters = {**defaults(load()), **standing.parameters}
        return declare(standing.stack, parameters, self.clients)

    def refusal(
        self, build: Build, *given: str, to: str = SAM_ENVIRONMENT
    ) -> str | None:
        """Return why `make deploy` refuses a build, or None if it does not.

        `to` is an environment of samconfig.toml, by default the owner's.
        """
        done = self._guard(build, given, to)
        return done.stderr.strip() if done.returncode == NOT_RUN else None

    def parameters(self, build: Build, to: str) -> dict[str, str]:
        """Return the parameters with which `make deploy` deploys a build."""
        done = self._guard(build, pairs(build.parameters), to)
        done.check_returncode()
        return read_pairs(done.stdout.split())

    def _guard(
        self, build: Build, given: Sequence[str], to: str
    ) -> subprocess.CompletedProcess[str]:
        built = str(build.template.parent)
        command = [sys.executable, "-m", "local.commands.guard", "--built", built, to]
        environment = cloud_environment(self.clients.endpoint)
        return subprocess.run(
            [*command, *given],
            cwd=ROOT,
            env={**environment, "AWS_DEFAULT_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            check=False,
        )

    # ---- queries -----------------------------------------------------------------

    def status(self, stack: str) -> str:
        """Return a stack's status."""
        cloudformation = self.clients.of("cloudformation")
        return str(
            cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        )

    def failure(self, stack: str) -> str:
        """Return CloudFormation's reason why the last deploy failed, or ""."""
        for event in self._last_events(stack):
            if event["ResourceStatus"].endswith("_FAILED"):
                reason = event.get("ResourceStatusReason", "")
                return f"{event['LogicalResourceId']}: {reason}"
        return ""

    def done_before_failure(self, stack: str) -> set[str]:
        """Return the resources that the last deploy updated before the first failed."""
        done: set[str] = set()
        for event in self._last_events(stack):
            if event["ResourceStatus"].endswith("_FAILED"):
                return done
            if event["ResourceStatus"] == "UPDATE_COMPLETE":
                done.add(str(event["LogicalResourceId"]))
        return set()

    def _last_events(self, stack: str) -> list[Json]:
        """Return the events of a stack's last deploy, the oldest first."""
        cloudformation = self.clients.of("cloudformation")
        paginator = cloudformation.get_paginator("describe_stack_events")
        pages = paginator.paginate(StackName=stack)
        events = [one for page in pages for one in page["StackEvents"]]
        begun = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
        for number, one in enumerate(events):
            if one["LogicalResourceId"] == stack and one["ResourceStatus"] in begun:
                return events[number::-1]
        return []

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        cloudformation = self.clients.of("cloudformation")
        (actual,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in actual["Outputs"]}

    def live(self, stack: str) -> dict[str, tuple[str, str]]:
        """Return version and runtime of each function's alias `live`."""
        functions, outputs = self.clients.of("lambda"), self.outputs(stack)
        found = {}
        for name in ("UsersFunction", "AssetsFunction"):
            actual = functions.get_function_configuration(
                FunctionName=outputs[name], Qualifier="live"
            )
            found[name] = actual["Version"], actual["Runtime"]
        return found

    def versions(self, stack: str) -> dict[str, list[str]]:
        """Return the published versions of each function."""
        functions, outputs = self.clients.of("lambda"), self.outputs(stack)
        return {
            name: [
                one["Version"]
                for one in functions.list_versions_by_function(
                    FunctionName=outputs[name]
                )["Versions"]
                if one["Version"] != "$LATEST"
            ]
            for name in ("UsersFunction", "AssetsFunction")
        }

    # ---- checks ------------------------------------------------------------------

    def expect(self, fact: str, *, passed: bool, detail: object = "") -> None:
        """Print the result of a check, and keep it as a fault if it failed."""
        line = f"{fact}: {detail}" if detail != "" else fact
        if passed:
            self.passed += 1
            console.print_line(f"  ok      {line}")
        else:
            console.print_line(f"  FAILED  {line}")
            self.faults.append(line)


def differences(before: State, after: State) -> list[str]:
    """Return the names of properties that differ between two readings."""
    return sorted(
        f"{resource}/{path}"
        for resource in before.keys() | after.keys()
        for path in before.get(resource, {}).keys() | after.get(resource, {}).keys()
        if before.get(resource, {}).get(path) != after.get(resource, {}).get(path)
    )
