"""The cloud that a rehearsal happens on: what is deployed, and how it is asked."""

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
from local.model import Build, Deployment, Standing
from local.template import ROOT, Json, defaults, load, read_pairs

# The environment `default` of samconfig.toml, so that the guard knows it.
OWNER, SAM_ENVIRONMENT = "parity", "default"
SECOND = "parity-second"


@dataclass
class Environment:
    """Clients of a fresh cloud, the builds by implementation, and what went wrong.

    `folder` is the folder of this rehearsal, `port` the one its API may use.
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
    ) -> Standing:
        """Run `sam deploy` of the whole template; raises `SamError`.

        `change` alters the template first. Each deploy has a `DeployId` of its own
        unless one is given, as with `make deploy`.
        """
        named = {"DeployId": f"rehearsal-{next(self._deploys)}"}
        given = {**build.parameters, **named, **parameters}
        template = prepare(load(build.template), given, build.template.parent)
        if change:
            change(template)
        folder = self.folder / stack
        deploy(template, stack, self.clients, folder, given)
        return Standing(stack, build, given, folder, ())

    def complete(self, standing: Standing) -> Deployment:
        """Apply what the emulator dropped of a stack."""
        return finish(standing, self.clients)

    def declared(self, standing: Standing) -> DeclaredStack:
        """Return what a stack is to be."""
        parameters = {**defaults(load()), **standing.parameters}
        return declare(standing.stack, parameters, self.clients)

    def refusal(
        self, build: Build, *given: str, to: str = SAM_ENVIRONMENT
    ) -> str | None:
        """Return why `make deploy` refuses to deploy a build, or None.

        `to` is the environment of samconfig.toml, the owner's if none is given.
        """
        done = self._guard(build, given, to)
        return done.stderr.strip() if done.returncode == NOT_RUN else None

    def parameters(self, build: Build, to: str) -> dict[str, str]:
        """Return what `make deploy` deploys a build to an environment with."""
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

    # ---- asking ------------------------------------------------------------------

    def status(self, stack: str) -> str:
        """Return a stack's status."""
        cloudformation = self.clients.of("cloudformation")
        return str(
            cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        )

    def failure(self, stack: str) -> str:
        """Return why the last deploy of a stack failed, in CloudFormation's words."""
        for event in self._last_events(stack):
            if event["ResourceStatus"].endswith("_FAILED"):
                reason = event.get("ResourceStatusReason", "")
                return f"{event['LogicalResourceId']}: {reason}"
        return ""

    def done_before_failure(self, stack: str) -> set[str]:
        """Return what the last deploy had updated when the first resource failed."""
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
        (held,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in held["Outputs"]}

    def live(self, stack: str) -> dict[str, tuple[str, str]]:
        """Return version and runtime behind each function's alias."""
        functions, outputs = self.clients.of("lambda"), self.outputs(stack)
        found = {}
        for name in ("UsersFunction", "AssetsFunction"):
            held = functions.get_function_configuration(
                FunctionName=outputs[name], Qualifier="live"
            )
            found[name] = held["Version"], held["Runtime"]
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

    # ---- telling -----------------------------------------------------------------

    def expect(self, fact: str, *, passed: bool, detail: object = "") -> None:
        """Print a fact, and note it as a fault where it does not hold."""
        words = f"{fact}: {detail}" if detail != "" else fact
        if passed:
            self.passed += 1
            console.say(f"  ok      {words}")
        else:
            console.say(f"  FAILED  {words}")
            self.faults.append(words)


def differences(before: State, after: State) -> list[str]:
    """Return the names of properties that differ between two readings."""
    return sorted(
        f"{resource}/{path}"
        for resource in before.keys() | after.keys()
        for path in before.get(resource, {}).keys() | after.get(resource, {}).keys()
        if before.get(resource, {}).get(path) != after.get(resource, {}).get(path)
    )
