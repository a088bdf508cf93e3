"""The wanted state is that of template.yaml, whatever SAM's transform makes of it."""

from __future__ import annotations

import copy

import pytest

from lab.rehearsal.policies import policies
from lab.rehearsal.readers import READERS
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
    """The output of a transform that gets every property wrong."""
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


def test_policies_are_those_of_the_template_and_versions_have_their_functions() -> None:
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


def test_a_function_is_that_of_the_template(wanted: dict[str, Json]) -> None:
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


def test_properties_that_sam_adds_are_kept(wanted: dict[str, Json]) -> None:
    assert wanted["UsersFunction"]["Tags"] == []
    assert wanted["Stage"]["AutoDeploy"] is True
    assert wanted["HttpApi"]["Body"]["paths"]["/users"]["get"]["responses"] == {}


def test_a_version_has_the_description_of_its_function(
    wanted: dict[str, Json],
) -> None:
    description = RESOURCES["UsersFunction"]["Properties"]["VersionDescription"]
    assert wanted["V1"]["Description"] == description


def test_asynchronous_calls_and_warnings_are_those_of_the_template(
    wanted: dict[str, Json],
) -> None:
    config = TEMPLATE["Globals"]["Function"]["EventInvokeConfig"]
    assert wanted["Calls"] == {"FunctionName": {"Ref": "UsersFunction"}, **config}
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


def test_cors_and_throttling_are_those_of_the_template(wanted: dict[str, Json]) -> None:
    condition, any_origin, _ = wanted["HttpApi"]["Body"]["x-amazon-apigateway-cors"][
        "Fn::If"
    ]
    api = RESOURCES["HttpApi"]["Properties"]

    assert (condition, any_origin["allowOrigins"]) == ("AnyOrigin", ["*"])
    assert wanted["Stage"]["DefaultRouteSettings"] == api["DefaultRouteSettings"]
    assert wanted["Stage"]["AccessLogSettings"] == api["AccessLogSettings"]


def test_other_types_are_those_of_the_template(wanted: dict[str, Json]) -> None:
    assert wanted["UsersTable"] == RESOURCES["UsersTable"]["Properties"]
    assert wanted["WarmingRule"] == RESOURCES["WarmingRule"]["Properties"]


# ---- properties that DEPLOYED_AS does not have --------------------------------------


def test_every_property_of_a_sam_type_is_mapped() -> None:
    assert list(unmapped(TEMPLATE)) == []


@pytest.mark.parametrize(
    ("resource", "field"), [("UsersFunction", "VpcConfig"), ("HttpApi", "Domain")]
)
def test_a_new_property_of_a_sam_type_is_unmapped(resource: str, field: str) -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Resources"][resource]["Properties"][field] = {"x": 1}

    assert list(unmapped(template)) == [(resource, field, {"x": 1})]


def test_every_sam_type_in_the_template_is_mapped() -> None:
    kinds = {one["Type"] for one in RESOURCES.values()}

    assert {kind for kind in kinds if kind.startswith(SAM_TYPE)} == DEPLOYED_AS.keys()


# The resources that SAM makes of a function and of an HTTP API.
MADE_BY_SAM = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
}


def test_every_type_that_sam_makes_has_a_reader() -> None:
    assert not MADE_BY_SAM - READERS.keys()
