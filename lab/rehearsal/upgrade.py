"""Upgrades a stack from before `DeployId` and `BucketNaming` to today's template."""

from __future__ import annotations

import re

import requests

from lab.rehearsal.data import StoredRecords, refused_without_tls
from lab.rehearsal.environment import Environment
from lab.rehearsal.readers import Resource, read
from lab.rehearsal.scenarios import check_alias_moved, serving
from lab.rehearsal.traffic import CONTENT, Traffic
from local import console
from local.deploy.build import pairs
from local.model import Build
from local.template import Json

# In samconfig.toml, because the guard of `make deploy` reads the stack from there.
STACK, SAM_ENVIRONMENT = "parity-dev", "dev"
OLD_LOG = f"/aws/apigateway/{STACK}"


def upgrade(environment: Environment, build: Build) -> None:
    """Upgrade an old stack as `make deploy` does; check that no data is lost."""
    with console.step("deploy", f"{STACK}, by an old template"):
        old = environment.deploy(STACK, build, remove_new_features)
    deployment = environment.complete(old)
    before, versions = environment.live(STACK), environment.versions(STACK)
    bucket, data = (
        environment.outputs(STACK)["AssetsBucket"],
        StoredRecords(environment, STACK),
    )
    with refused_without_tls(environment, deployment):
        with serving(environment, deployment) as api:
            with Traffic(api.url) as traffic:
                traffic.wait()
            data.add(traffic.result)
            download = _download(api.url, next(iter(data.assets)))
        parameters = _parameters(environment, build)
        with console.step("upgrade", f"{STACK}, as `make deploy` does"):
            new = environment.deploy(STACK, build, None, **parameters)
        check_alias_moved(environment, before, versions, STACK)
        now = environment.outputs(STACK)["AssetsBucket"]
        environment.expect("the bucket is the same", passed=now == bucket, detail=now)
        with requests.get(download, timeout=60) as answer:
            passed = answer.content == CONTENT
        environment.expect("an old download URL still works", passed=passed)
        with serving(environment, environment.complete(new)) as api:
            data.check(api.url)
    _logs(environment)
    _renamed(environment, build, data)


def remove_new_features(template: dict[str, Json]) -> None:
    """Remove the features from a built template that an old stack did not have."""
    for parameter in ("DeployId", "BucketNaming", "MinUserLifetimeSeconds"):
        del template["Parameters"][parameter]
    del template["Conditions"]["NamesBucketRegionally"]
    common, resources = template["Globals"]["Function"], template["Resources"]
    del common["Environment"]["Variables"]["DEPLOY_ID"]
    del common["EventInvokeConfig"]
    for name in ("UsersFunction", "AssetsFunction"):
        fields = resources[name]["Properties"]
        fields["AutoPublishAliasAllProperties"] = True
        description = fields["VersionDescription"]["Fn::Sub"]
        description[0] = re.sub("(, life .*)?, deploy .*", "", description[0])
    del resources["UsersFunction"]["Properties"]["Environment"]["Variables"][
        "MIN_USER_LIFETIME_SECONDS"
    ]
    del template["Outputs"]["MinUserLifetimeSeconds"]
    del resources["HttpApi"]["Properties"]["FailOnWarnings"]
    bucket, group = resources["AssetsBucket"], resources["AccessLogGroup"]
    del bucket["Properties"]["BucketNamespace"]
    name = "${AWS::StackName}-assets-${AWS::AccountId}"
    bucket["Properties"]["BucketName"] = {"Fn::Sub": name}
    name = "/aws/apigateway/${AWS::StackName}"
    group["Properties"]["LogGroupName"] = {"Fn::Sub": name}
    group["UpdateReplacePolicy"] = "Delete"


def _download(url: str, asset: str) -> str:
    answer = requests.get(f"{url}/assets/{asset}/download", timeout=60)
    answer.raise_for_status()
    return str(answer.json()["url"])


def _parameters(environment: Environment, build: Build) -> dict[str, str]:
    """Return the parameters that `make deploy` chooses; check the bucket's name."""
    reason = environment.refusal(
        build, *pairs(build.parameters), "BucketNaming=regional", to=SAM_ENVIRONMENT
    )
    passed = bool(reason and "would replace the bucket" in reason)
    environment.expect(
        "another name for its bucket is refused", passed=passed, detail=reason
    )
    parameters = environment.parameters(build, SAM_ENVIRONMENT)
    chosen = parameters["BucketNaming"]
    passed = chosen == "account"
    environment.expect(
        "`make deploy` keeps the bucket's name", passed=passed, detail=chosen
    )
    return parameters


def _renamed(environment: Environment, build: Build, data: StoredRecords) -> None:
    """Show that a new name by hand, which nothing refuses, makes another bucket."""
    with console.step("update", "by hand: BucketNaming=regional"):
        environment.deploy(STACK, build, None, BucketNaming="regional")
    now = environment.outputs(STACK)["AssetsBucket"]
    passed = now == f"{STACK}-assets-000000000000-us-east-1-an"
    environment.expect("the stack has another bucket", passed=passed, detail=now)
    left = environment.clients.of("s3").list_objects_v2(Bucket=now)["KeyCount"]
    environment.expect("the other bucket is empty", passed=left == 0)
    data.in_tables()  # and in the old bucket


def _logs(environment: Environment) -> None:
    """Check that the access log has a new group and that the old group remains."""
    stages = environment.clients.of("apigatewayv2").get_stages(ApiId=_api(environment))[
        "Items"
    ]
    groups = [one["AccessLogSettings"]["DestinationArn"] for one in stages]
    moved = [f":log-group:/aws/vendedlogs/apigateway/{STACK}" in one for one in groups]
    environment.expect("the access log has its new group", passed=moved == [True])
    old = Resource("AccessLogGroup", "AWS::Logs::LogGroup", OLD_LOG, {})
    stays = bool(read(old, environment.clients))
    environment.expect("the old access log remains", passed=stays, detail=OLD_LOG)


def _api(environment: Environment) -> str:
    return environment.outputs(STACK)["ApiUrl"].removeprefix("https://").split(".")[0]
