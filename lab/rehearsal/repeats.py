"""Deploys that are repeated, and changes that no version holds."""

from __future__ import annotations

from functools import partial

from lab.rehearsal.data import Data
from lab.rehearsal.scenarios import FAILED, first_id, moved
from lab.rehearsal.serving import LiveApi
from lab.rehearsal.stage import OWNER, Stage
from local import console
from local.deploy.sam import SamError
from local.model import Standing
from local.template import Json

FUNCTIONS = ("UsersFunction", "AssetsFunction")
EXISTS = "A version for this Lambda function exists ("
TAG, TIMEOUT = {"team": "a"}, 28


def tag(stage: Stage, standing: Standing) -> None:
    """Add what no version holds: nothing is published, and nothing fails."""

    def add(template: dict[str, Json]) -> None:
        template["Globals"]["Function"]["Tags"] = TAG

    versions = stage.versions(OWNER)
    with console.step("update", f"by hand: Tags: {TAG}"):
        stage.deploy(OWNER, standing.build, add, DeployId=first_id(standing))
    functions = stage.clients.of("lambda")
    for name in FUNCTIONS:
        held = functions.get_function(FunctionName=stage.outputs(OWNER)[name])
        tagged = held["Tags"].items() >= TAG.items()
        stage.expect(f"{name} has the tag", held=tagged, detail=held["Tags"])
    stage.expect("no version is published", held=stage.versions(OWNER) == versions)


def timeout(stage: Stage, standing: Standing) -> None:
    """Change the timeout alone: only another `DeployId` publishes it."""

    def shorten(template: dict[str, Json]) -> None:
        template["Globals"]["Function"]["Timeout"] = TIMEOUT

    deploy = partial(stage.deploy, OWNER, standing.build, shorten)
    before, versions = stage.live(OWNER), stage.versions(OWNER)
    with console.step("update", f"by hand: Timeout: {TIMEOUT}"):
        deploy(DeployId=first_id(standing))
    stage.expect("no version is published", held=stage.versions(OWNER) == versions)
    with console.step("update", f"Timeout: {TIMEOUT}, and another DeployId"):
        deploy()
    moved(stage, before, versions)
    functions = stage.clients.of("lambda")
    for name in FUNCTIONS:
        found = functions.get_function_configuration(
            FunctionName=stage.outputs(OWNER)[name], Qualifier="live"
        )["Timeout"]
        held = found == TIMEOUT
        stage.expect(f"`live` of {name} has the timeout", held=held, detail=found)


def failed_deploy(stage: Stage, api: LiveApi, data: Data) -> None:
    """Repeat the deploy that failed once its versions were published."""
    again = partial(stage.deploy, OWNER, stage.builds["typescript"])
    before, versions = stage.live(OWNER), stage.versions(OWNER)
    with console.step("repeat", "by hand, the deploy that failed"):
        try:
            again(DeployId=FAILED)
            reason = "it is deployed"
        except SamError:
            reason = stage.failure(OWNER)
    held = EXISTS in reason
    stage.expect("it fails, for its versions are there", held=held, detail=reason)
    stage.expect("`live` is where it was", held=stage.live(OWNER) == before)
    with console.step("repeat", "the same with another DeployId"):
        again()
    moved(stage, before, versions)
    data.check(api.url)
    with console.step("update", "back to python"):
        stage.deploy(OWNER, stage.builds["python"])
