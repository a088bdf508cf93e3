"""Repeated deploys, and changes that are not part of a version."""

from __future__ import annotations

from functools import partial

from lab.rehearsal.data import StoredRecords
from lab.rehearsal.environment import OWNER, Environment
from lab.rehearsal.scenarios import FAILED, check_alias_moved, first_id
from lab.rehearsal.serving import LiveApi
from local import console
from local.deploy.sam import SamError
from local.model import DeployedStack
from local.template import Json

FUNCTIONS = ("UsersFunction", "AssetsFunction")
EXISTS = "A version for this Lambda function exists ("
TAG, TIMEOUT = {"team": "a"}, 28


def tag(environment: Environment, standing: DeployedStack) -> None:
    """Add a tag, which is not part of a version: no version is published."""

    def add(template: dict[str, Json]) -> None:
        template["Globals"]["Function"]["Tags"] = TAG

    versions = environment.versions(OWNER)
    with console.step("update", f"by hand: Tags: {TAG}"):
        environment.deploy(OWNER, standing.build, add, DeployId=first_id(standing))
    functions = environment.clients.of("lambda")
    for name in FUNCTIONS:
        deployed = functions.get_function(FunctionName=environment.outputs(OWNER)[name])
        tagged = deployed["Tags"].items() >= TAG.items()
        environment.expect(
            f"{name} has the tag", passed=tagged, detail=deployed["Tags"]
        )
    environment.expect(
        "no version is published", passed=environment.versions(OWNER) == versions
    )


def timeout(environment: Environment, standing: DeployedStack) -> None:
    """Change only the timeout: it is published only with another `DeployId`."""

    def shorten(template: dict[str, Json]) -> None:
        template["Globals"]["Function"]["Timeout"] = TIMEOUT

    deploy = partial(environment.deploy, OWNER, standing.build, shorten)
    before, versions = environment.live(OWNER), environment.versions(OWNER)
    with console.step("update", f"by hand: Timeout: {TIMEOUT}"):
        deploy(DeployId=first_id(standing))
    environment.expect(
        "no version is published", passed=environment.versions(OWNER) == versions
    )
    with console.step("update", f"Timeout: {TIMEOUT}, and another DeployId"):
        deploy()
    check_alias_moved(environment, before, versions)
    functions = environment.clients.of("lambda")
    for name in FUNCTIONS:
        found = functions.get_function_configuration(
            FunctionName=environment.outputs(OWNER)[name], Qualifier="live"
        )["Timeout"]
        passed = found == TIMEOUT
        environment.expect(
            f"`live` of {name} has the timeout", passed=passed, detail=found
        )


def failed_deploy(environment: Environment, api: LiveApi, data: StoredRecords) -> None:
    """Repeat a deploy that failed after its versions were published."""
    again = partial(environment.deploy, OWNER, environment.builds["typescript"])
    before, versions = environment.live(OWNER), environment.versions(OWNER)
    with console.step("repeat", "the failed deploy by hand"):
        try:
            again(DeployId=FAILED)
            reason = "it is deployed"
        except SamError:
            reason = environment.failure(OWNER)
    passed = EXISTS in reason
    environment.expect(
        "it fails because its versions exist", passed=passed, detail=reason
    )
    environment.expect(
        "`live` names the same versions", passed=environment.live(OWNER) == before
    )
    with console.step("repeat", "the same with another DeployId"):
        again()
    check_alias_moved(environment, before, versions)
    data.check(api.url)
    with console.step("update", "back to python"):
        environment.deploy(OWNER, environment.builds["python"])
