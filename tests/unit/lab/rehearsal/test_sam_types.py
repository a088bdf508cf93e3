"""What is wanted is what template.yaml says, whatever SAM's transform made of it."""

from __future__ import annotations

import copy

import pytest

from lab.rehearsal.policies import policies
from lab.rehearsal.sam_types import (
    DEPLOYED_AS,
    SAM_TYPE,
    unmapped,
    with_declared_properties,
)
from local.template import Json, load

TEMPLATE = load()
RESOURCES = TEMPLATE["Resources"]


def processed() -> dict[str, Json]:
    """What a transform might make of the template that gets every field wrong."""
    resources = {
        name: {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Timeout": 3, "Tags": []},
        }
        for name in ("UsersFunction", "AssetsFunction")
    }
    return {
        **resources,
        "UsersTable": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        "V1": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "UsersFunction"}},
        },
        "HttpApi": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Body": {
                    "info": {"title": "t"},
                    "paths": {"/users": {"get": {"responses": {}}, "put": {}}},
                }
            },
        },
        "Calls": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "UsersFunction"},
                "MaximumRetryAttempts": 2,
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "HttpApi"}, "AutoDeploy": True},
        },
    }


def test_policies_are_as_the_template_says_and_versions_have_their_functions() -> None:
    made = processed()
    made["UsersFunction"]["DeletionPolicy"] = "Retain"
    made["V1"]["DeletionPolicy"] = "Retain"

    resources = with_declared_properties(TEMPLATE, made)

    assert policies(resources["UsersFunction"]) == {"UpdateReplacePolicy": "Retain"}
    assert policies(resources["V1"]) == {
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }
    assert policies(resources["UsersTable"]) == policies(RESOURCES["UsersTable"])


@pytest.fixture
def wanted() -> dict[str, Json]:
    resources = with_declared_properties(TEMPLATE, processed())
    return {name: one["Properties"] for name, one in resources.items()}


def test_a_function_is_as_the_template_says(wanted: dict[str, Json]) -> None:
    function = wanted["UsersFunction"]

    assert (function["Timeout"], function["MemorySize"]) == (29, 512)
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Handler"] == RESOURCES["UsersFunction"]["Properties"]["Handler"]
    assert function["Environment"]["Variables"].keys() == {
        "AWS_ENDPOINT_URL",
        "METRICS_NAMESPACE",
        "DEPLOY_ID",
        "USERS_TABLE",
        "LIST_SHARDS",
        "MIN_USER_LIFETIME_SECONDS",
    }


def test_what_sam_adds_of_its_own_is_kept(wanted: dict[str, Json]) -> None:
    assert wanted["UsersFunction"]["Tags"] == []
    assert wanted["Stage"]["AutoDeploy"] is True
    assert wanted["HttpApi"]["Body"]["paths"]["/users"]["get"]["responses"] == {}


def test_a_version_bears_the_description_of_its_function(
    wanted: dict[str, Json],
) -> None:
    said = RESOURCES["UsersFunction"]["Properties"]["VersionDescription"]
    assert wanted["V1"]["Description"] == said


def test_asynchronous_calls_and_warnings_are_as_the_template_says(
    wanted: dict[str, Json],
) -> None:
    said = TEMPLATE["Globals"]["Function"]["EventInvokeConfig"]
    assert wanted["Calls"] == {"FunctionName": {"Ref": "UsersFunction"}, **said}
    assert wanted["HttpApi"]["FailOnWarnings"] is True


def test_routes_are_those_of_the_events_and_call_their_function(
    wanted: dict[str, Json],
) -> None:
    paths = wanted["HttpApi"]["Body"]["paths"]

    assert paths["/users"].keys() == {"get", "post"}
    assert paths["/assets/{assetId}"].keys() == {"get", "patch", "delete"}
    called = paths["/health"]["get"]["x-amazon-apigateway-integration"]["uri"][
        "Fn::Sub"
    ]
    assert called.endswith("/functions/${UsersFunctionAliaslive}/invocations")


def test_cors_and_throttling_are_as_the_template_says(wanted: dict[str, Json]) -> None:
    condition, any_origin, _ = wanted["HttpApi"]["Body"]["x-amazon-apigateway-cors"][
        "Fn::If"
    ]
    api = RESOURCES["HttpApi"]["Properties"]

    assert (condition, any_origin["allowOrigins"]) == ("AnyOrigin", ["*"])
    assert wanted["Stage"]["DefaultRouteSettings"] == api["DefaultRouteSettings"]
    assert wanted["Stage"]["AccessLogSettings"] == api["AccessLogSettings"]


def test_all_else_is_as_it_is_written(wanted: dict[str, Json]) -> None:
    assert wanted["UsersTable"] == RESOURCES["UsersTable"]["Properties"]
    assert wanted["WarmingRule"] == RESOURCES["WarmingRule"]["Properties"]


# ---- what nobody has found a place for ----------------------------------------------


def test_of_everything_told_to_sam_it_is_known_where_it_is_seen() -> None:
    assert list(unmapped(TEMPLATE)) == []


@pytest.mark.parametrize(
    ("resource", "field"), [("UsersFunction", "VpcConfig"), ("HttpApi", "Domain")]
)
def test_a_new_word_to_sam_has_no_place(resource: str, field: str) -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Resources"][resource]["Properties"][field] = {"x": 1}

    assert list(unmapped(template)) == [(resource, field, {"x": 1})]


def test_every_type_of_sams_in_the_template_is_known() -> None:
    kinds = {one["Type"] for one in RESOURCES.values()}

    assert {kind for kind in kinds if kind.startswith(SAM_TYPE)} == DEPLOYED_AS.keys()
