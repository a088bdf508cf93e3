"""`sam deploy --guided`, question by question, against a cloud on this machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.rehearsal.serving import LiveApi, VersionInvoker
from local.deploy.build import machine_parameters, pairs
from local.deploy.deployment import cloud_environment, finish
from local.deploy.sam import environment_of
from local.emulator import cloud
from local.emulator.clients import Clients
from local.model import Build, DeployedStack
from local.template import defaults, load, read_pairs
from tests.integration.dialogues import Dialogue, converse
from tests.integration.stacks import ROOT, copy_checkout, free_ports

SAM = str(ROOT / ".venv" / "sam" / "bin" / "sam")
TEMPLATE = load()
PARAMETERS = defaults(TEMPLATE)
FUNCTIONS = ("UsersFunction", "AssetsFunction")
WITHOUT_AUTHENTICATION = {
    f"{name} has no authentication. Is this okay?": len(
        TEMPLATE["Resources"][name]["Properties"]["Events"]
    )
    for name in FUNCTIONS
}
CHANGE_SET = "Deploy this changeset?"
STACK = "guided"
# Enter accepts the default.
ENTER = ""
ANSWERS = {
    "Stack Name": STACK,
    "AWS Region": "us-east-1",
    **{f"Parameter {name}": ENTER for name in PARAMETERS},
    "Parameter ListShards": "8",
    "Parameter LogRetentionDays": "7",
    "Confirm changes before deploy": "y",
    "Allow SAM CLI IAM role creation": ENTER,
    "Disable rollback": ENTER,
    **dict.fromkeys(WITHOUT_AUTHENTICATION, "y"),
    "Save arguments to configuration file": "y",
    "SAM configuration file": ENTER,
    "SAM configuration environment": "mine",
    CHANGE_SET: "y",
}
SAID_OF_REFUSAL = (
    "Parameter 'CorsOrigins' must be * alone, or origins such as"
    " https://www.example.com or http://localhost:8080, separated by commas:"
    " lower case, no path, no slash at the end, no * in a name"
)


@dataclass(frozen=True)
class Project:
    """A built copy of this checkout, and the cloud to deploy it to."""

    root: Path
    build: Build
    clients: Clients
    environment: Mapping[str, str]

    @property
    def settings(self) -> str:
        return (self.root / "samconfig.toml").read_text("utf-8")

    @property
    def stacks(self) -> dict[str, dict[str, Any]]:
        """The stacks by name, without SAM CLI's own."""
        found = self.clients.of("cloudformation").describe_stacks()["Stacks"]
        stacks = {one["StackName"]: one for one in found}
        return {name: stacks[name] for name in stacks if "sam-cli" not in name}

    def answered(self, answers: Mapping[str, str], *options: str) -> Dialogue:
        """Run `sam deploy --guided` and give these answers."""
        command = [SAM, "deploy", "--guided", *options]
        return converse(command, answers, self.root, self.environment)

    def runs(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("guided")
    root = copy_checkout(folder / "checkout")
    parameters = machine_parameters("python")
    running = cloud.start(free_ports()[1], folder / "cloud")
    try:
        # Without a region, SAM CLI asks for one and then fails all the same.
        region = {"AWS_DEFAULT_REGION": cloud.REGION}
        environment = environment_of(cloud_environment(running.endpoint) | region)
        build = _build(root, parameters, environment)
        yield Project(root, build, Clients(running.endpoint), environment)
    finally:
        running.stop()


def _build(root: Path, given: dict[str, str], environment: Mapping[str, str]) -> Build:
    """Run `sam build` for this machine's Python, so that the functions can run."""
    command = [SAM, "build", "--parameter-overrides", *pairs(given)]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = root / ".aws-sam" / "build" / "template.yaml"
    template = load(built)
    for name, value in given.items():
        # The emulator's SAM transform sees a parameter's default only.
        template["Parameters"][name]["Default"] = value
    built.write_text(json.dumps(template), "utf-8")
    return Build("python", built, given, fresh=True)


@pytest.fixture(scope="module")
def deployed(project: Project) -> Dialogue:
    """What was said when every question was answered and the service deployed."""
    return project.answered(ANSWERS)


# ---- what is asked ------------------------------------------------------------------


def test_every_parameter_is_asked_for_with_its_default(
    project: Project, deployed: Dialogue
) -> None:
    offers = dict(deployed.asked)

    offered = {name: offers[f"Parameter {name}"] for name in PARAMETERS}
    assert offered == PARAMETERS | project.build.parameters


def test_each_question_is_asked_once_but_one_for_every_route(
    deployed: Dialogue,
) -> None:
    times = Counter(text for text, _ in deployed.asked)

    assert times == dict.fromkeys(ANSWERS, 1) | WITHOUT_AUTHENTICATION


def test_the_page_walks_through_the_questions_in_their_order(
    deployed: Dialogue,
) -> None:
    chapter = re.search(
        r"^## Deploy, asked .*?(?=^## )",
        (ROOT / "docs" / "deploying.md").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert chapter

    rows = re.findall(r"^\| `([^`]+)` \|", chapter[0], re.MULTILINE)
    asked = [text.removeprefix("Parameter ") for text, _ in deployed.asked]
    assert rows == list(dict.fromkeys(asked))
    for question, routes in WITHOUT_AUTHENTICATION.items():
        assert f"| `{question}` | `y`, once for each of {routes} routes |" in chapter[0]


def test_an_environment_of_the_other_implementation_has_it_as_default(
    project: Project,
) -> None:
    answers = ANSWERS | dict.fromkeys(WITHOUT_AUTHENTICATION, "n")

    broken_off = project.answered(answers, "--config-env", "default-typescript")

    assert ("Parameter Implementation", "typescript") in broken_off.asked


# ---- the result ---------------------------------------------------------------------


def test_the_stack_has_the_answers_as_parameters(
    project: Project, deployed: Dialogue
) -> None:
    stack = project.stacks[STACK]

    actual = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    answered = {"ListShards": "8", "LogRetentionDays": "7"}
    assert deployed.exit_code == 0, deployed.said
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert actual == PARAMETERS | project.build.parameters | answered


def test_the_service_answers(
    project: Project, deployed: Dialogue, tmp_path: Path
) -> None:
    assert deployed.exit_code == 0, deployed.said
    standing = DeployedStack(
        STACK, project.build, project.build.parameters, tmp_path, ()
    )
    deployment = finish(standing, project.clients)
    versions = VersionInvoker(deployment, project.clients, tmp_path / "versions")
    body = {"email": "ada@example.com", "name": "Ada"}

    with LiveApi(versions, free_ports()[0]) as api:
        created = requests.post(f"{api.url}/users", json=body, timeout=60)
        found = requests.get(f"{api.url}/users?email={body['email']}", timeout=60)

    assert (created.status_code, found.status_code) == (201, 200)
    assert found.json()["items"] == [created.json()]
    environment = deployment.functions["UsersFunction"].environment
    assert environment["LIST_SHARDS"] == "8"


def test_make_deploy_reads_the_saved_answers(
    project: Project, deployed: Dialogue
) -> None:
    saved = tomllib.loads(project.settings)["mine"]["deploy"]["parameters"]
    assert deployed.exit_code == 0, deployed.said
    assert saved["stack_name"] == STACK

    overrides = project.runs("local.commands.overrides", "mine")
    guard = project.runs("local.commands.guard", "mine", *overrides.stdout.split())

    assert 'DataStack=""' in overrides.stdout.split()
    assert (guard.returncode, guard.stderr) == (0, "")
    parameters = read_pairs(guard.stdout.split())
    assert parameters["BucketNaming"] == "regional"
    # By hand it is the one that was saved; `make deploy` names each deploy.
    assert read_pairs(overrides.stdout.split())["DeployId"] == "manual"
    assert parameters["DeployId"] != "manual"


def test_the_next_deploy_with_the_saved_answers_finds_no_change(
    project: Project, deployed: Dialogue
) -> None:
    assert deployed.exit_code == 0, deployed.said
    overrides = project.runs("local.commands.overrides", "mine").stdout.split()
    command = [SAM, "deploy", "--config-env", "mine", "--parameter-overrides"]

    again = converse([*command, *overrides], {}, project.root, project.environment)

    assert "No changes to deploy. Stack guided is up to date" in again.said


# ---- what is refused ----------------------------------------------------------------


@pytest.mark.parametrize("function", FUNCTIONS)
def test_refusing_a_function_without_authentication_deploys_nothing(
    project: Project, function: str
) -> None:
    question = f"{function} has no authentication. Is this okay?"
    settings = project.settings

    refused = project.answered(ANSWERS | {"Stack Name": "refused", question: "n"})

    assert refused.exit_code == 1
    assert refused.asked[-1] == (question, "y/N")
    assert refused.said.endswith("\nError: Security Constraints Not Satisfied!\n")
    assert "refused" not in project.stacks
    assert project.settings == settings


@pytest.mark.parametrize("origins", ["www.example.com", "https://*.example.com"])
def test_an_invalid_value_is_refused_with_the_reason(
    project: Project, origins: str
) -> None:
    answers = {"Stack Name": "refused", "Parameter CorsOrigins": origins}

    refused = project.answered(ANSWERS | answers)

    assert refused.exit_code == 1
    assert refused.said.endswith(f"CreateChangeSet operation: {SAID_OF_REFUSAL}\n")
    assert "refused" not in project.stacks


def test_a_change_set_that_is_not_confirmed_creates_nothing(project: Project) -> None:
    looked = project.answered(ANSWERS | {"Stack Name": "looked-at", CHANGE_SET: "n"})

    functions = project.clients.of("lambda").list_functions()["Functions"]
    tables = project.clients.of("dynamodb").list_tables()["TableNames"]
    assert looked.exit_code == 0
    assert project.stacks["looked-at"]["StackStatus"] == "REVIEW_IN_PROGRESS"
    names = [*tables, *(one["FunctionName"] for one in functions)]
    assert [name for name in names if name.startswith("looked-at")] == []
