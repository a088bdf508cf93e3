"""Facts of template.yaml that a typing error would break silently."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from local.template import (
    ROOT,
    ConfigurationError,
    Json,
    defaults,
    load,
    runtime,
    track,
)
from twinproof.contract.schemas import Schemas

TEMPLATE = load()
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}


def statements(role: str) -> Iterator[dict[str, Json]]:
    for policy in RESOURCES[role]["Properties"]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("role", ["UsersRole", "AssetsRole"])
def test_no_role_has_a_wildcard_in_an_action(role: str) -> None:
    actions = [action for item in statements(role) for action in listed(item["Action"])]
    assert [action for action in actions if "*" in action] == []


@pytest.mark.parametrize("role", ["UsersRole", "AssetsRole"])
def test_the_only_resource_of_any_name_is_that_of_x_ray(role: str) -> None:
    open_statements = {
        item["Sid"] for item in statements(role) if "*" in listed(item["Resource"])
    }
    assert open_statements == {"Trace"}


@pytest.mark.parametrize(
    ("role", "foreign"), [("UsersRole", "Assets"), ("AssetsRole", "Users")]
)
def test_a_role_names_nothing_of_the_other_function(role: str, foreign: str) -> None:
    named = re.findall(rf"{foreign}\w*", str(RESOURCES[role]))
    assert named == []


def test_the_users_role_has_no_action_on_s3() -> None:
    assert [
        item["Sid"] for item in statements("UsersRole") if "s3:" in str(item["Action"])
    ] == []


def test_each_function_has_a_role_of_its_own() -> None:
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in FUNCTIONS.values()]
    assert sorted(roles) == ["AssetsRole", "UsersRole"]


def test_indexes_that_are_queried_are_the_indexes_that_exist() -> None:
    for kind in ("Users", "Assets"):
        table = RESOURCES[f"{kind}Table"]["Properties"]
        existing = {one["IndexName"] for one in table["GlobalSecondaryIndexes"]}
        granted = set(re.findall(r"/index/([\w-]+)", str(RESOURCES[f"{kind}Role"])))
        assert granted == existing


def test_the_alarm_of_faults_reads_what_the_functions_publish() -> None:
    alarm = RESOURCES["ServerFaultsAlarm"]["Properties"]
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    text = (ROOT / "contract/schemas/metric-line.json").read_text("utf-8")
    declared = json.loads(text)["properties"]["_aws"]["properties"]
    members = declared["CloudWatchMetrics"]["items"]["properties"]

    assert alarm["Namespace"] == variables["METRICS_NAMESPACE"]
    assert alarm["Namespace"] == TEMPLATE["Outputs"]["MetricsNamespace"]["Value"]
    # An alarm names one set of dimensions exactly; this one names none.
    assert [] in members["Dimensions"]["const"]
    assert "Dimensions" not in alarm
    assert {"Name": alarm["MetricName"], "Unit": "Count"} in members["Metrics"]["const"]


def test_the_longest_stack_name_makes_a_namespace_that_cloudwatch_takes() -> None:
    said = TEMPLATE["Outputs"]["MetricsNamespace"]["Value"]["Fn::Sub"]
    namespace = said.replace("${AWS::StackName}", "s" * 128)

    schemas = Schemas.read(ROOT / "contract")
    assert schemas.faults("schemas/metric-line.json#/$defs/namespace", namespace) == []


def test_nothing_calls_the_unqualified_function() -> None:
    targets = RESOURCES["WarmingRule"]["Properties"]["Targets"]
    called = [target["Arn"]["Ref"] for target in targets]
    permitted = [
        resource["Properties"]["FunctionName"]["Ref"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    assert sorted(called) == ["AssetsFunction.Alias", "UsersFunction.Alias"]
    assert sorted(permitted) == sorted(called)
    assert TEMPLATE["Globals"]["Function"]["AutoPublishAlias"] == "live"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_new_value_of_a_parameter_publishes_a_version(name: str) -> None:
    """SAM hashes references, not values: the description must name what differs."""
    text, values = FUNCTIONS[name]["VersionDescription"]["Fn::Sub"]
    named = set(re.findall(r"\$\{(\w+)\}", text)) | set(
        re.findall(r"'Ref': '(\w+)'", str(values))
    )
    globals_ = TEMPLATE["Globals"]["Function"]
    used = str([globals_, FUNCTIONS[name]["Environment"], FUNCTIONS[name]["Handler"]])
    parameters = set(re.findall(r"'Ref': '(\w+)'", used)) & set(TEMPLATE["Parameters"])
    assert {"Implementation", "RuntimeTrack", "ListShards"} <= parameters
    assert globals_["Runtime"] == values["Runtime"]
    assert parameters <= named


def test_every_deploy_changes_version_and_function_together() -> None:
    """PublishVersion makes no version if `$LATEST` equals the last one."""
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["DEPLOY_ID"] == {"Ref": "DeployId"}
    for name, properties in FUNCTIONS.items():
        text, _ = properties["VersionDescription"]["Fn::Sub"]
        assert "${DeployId}" in text, name


def test_nothing_that_no_version_holds_makes_a_new_version() -> None:
    """A tag alone would fail: a version for this Lambda function exists."""
    named = str([TEMPLATE["Globals"], FUNCTIONS])
    assert "AutoPublishAliasAllProperties" not in named


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_description_of_a_version_fits_with_the_longest_values(name: str) -> None:
    text, _ = FUNCTIONS[name]["VersionDescription"]["Fn::Sub"]
    longest = {
        "Runtime": "nodejs24.x",
        "Architecture": "x86_64",
        "Owner": "s" * 128,
        "ListShards": "32",
        "MinUserLifetimeSeconds": "100",
        "DeployId": longest_deploy_id(),
    }
    for parameter, value in longest.items():
        text = text.replace(f"${{{parameter}}}", value)
    assert "$" not in text
    assert len(text) <= 256


def longest_deploy_id() -> str:
    pattern = TEMPLATE["Parameters"]["DeployId"]["AllowedPattern"]
    lengths = [size for size in range(300) if re.fullmatch(pattern, "a" * size)]
    return "a" * lengths[-1]


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("manual", True),
        ("20261127T150455Z-5b6f732-dirty", True),
        ("2", True),
        ("", False),
        ("-a", False),
        ("a b", False),
        ("a'b", False),
        ("$(date)", False),
        ("a" * 65, False),
    ],
)
def test_a_deploy_id_is_one_plain_word(given: str, fits: bool) -> None:
    pattern = TEMPLATE["Parameters"]["DeployId"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, given)) is fits


def test_an_asynchronous_call_that_is_throttled_is_given_up_within_a_minute() -> None:
    calls = TEMPLATE["Globals"]["Function"]["EventInvokeConfig"]
    assert calls == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}


def test_what_the_gateway_cannot_import_fails_the_deploy() -> None:
    assert RESOURCES["HttpApi"]["Properties"]["FailOnWarnings"] is True


def test_throttling_is_within_the_quota_of_every_region() -> None:
    """2,500 requests per second and 1,250 at once in 13 regions."""
    rate, burst = (
        TEMPLATE["Parameters"][name] for name in ("ThrottlingRate", "ThrottlingBurst")
    )
    assert (rate["Default"], burst["Default"]) == (500, 1000)
    # An account may have more than any number that could be set here.
    assert "MaxValue" not in rate.keys() | burst.keys()


def test_the_access_log_needs_no_line_in_the_resource_policy_of_the_account() -> None:
    group = RESOURCES["AccessLogGroup"]
    name = group["Properties"]["LogGroupName"]["Fn::Sub"]
    assert name.startswith("/aws/vendedlogs/")
    assert name.endswith("/${AWS::StackName}")
    assert group["UpdateReplacePolicy"] == "Retain"


def test_no_rule_can_make_a_guided_deploy_fail() -> None:
    assert "Rules" not in TEMPLATE


# The longest name of a region, which is in the bucket's: ap-southeast-1.
REGION, ACCOUNT = "r" * 14, "1" * 12


@pytest.mark.parametrize(
    ("naming", "stack_length"), [("regional", 25), ("account", 43)]
)
def test_the_name_of_a_bucket_has_room_for_the_stacks(
    naming: str, stack_length: int
) -> None:
    condition, *names = RESOURCES["AssetsBucket"]["Properties"]["BucketName"]["Fn::If"]
    name = names[naming == "account"]["Fn::Sub"]
    for pseudo, value in (
        ("StackName", "s" * stack_length),
        ("AccountId", ACCOUNT),
        ("Region", REGION),
    ):
        name = name.replace(f"${{AWS::{pseudo}}}", value)
    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Equals": [{"Ref": "BucketNaming"}, "regional"]
    }
    assert len(name) == 63
    assert str(stack_length) in TEMPLATE["Parameters"]["BucketNaming"]["Description"]


def test_what_holds_data_outlives_its_stack() -> None:
    # A failed creation must not leave a name taken; the tables' names are generated.
    holders = {
        "UsersTable": "Retain",
        "AssetsTable": "Retain",
        "AssetsBucket": "RetainExceptOnCreate",
        "AssetsBucketPolicy": "RetainExceptOnCreate",
    }
    for name, policy in holders.items():
        assert RESOURCES[name]["DeletionPolicy"] == policy, name
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain", name
        assert RESOURCES[name]["Condition"] == "OwnsData", name


def test_every_parameter_says_what_it_is_and_what_it_may_be() -> None:
    bounds = {"AllowedValues", "AllowedPattern", "MinValue"}
    for name, parameter in TEMPLATE["Parameters"].items():
        assert parameter["Description"], name
        assert "Default" in parameter, name
        assert bounds & parameter.keys(), name
        # CloudFormation answers: Parameter 'X' must be ...
        assert parameter["ConstraintDescription"].startswith("must be "), name


def test_every_default_is_allowed() -> None:
    for name, parameter in TEMPLATE["Parameters"].items():
        default = parameter["Default"]
        pattern = parameter.get("AllowedPattern", ".*")
        assert re.fullmatch(pattern, str(default)), name
        assert default in parameter.get("AllowedValues", [default]), name
        assert parameter.get("MinValue", default) <= default, name
        assert parameter.get("MaxValue", default) >= default, name


@pytest.mark.parametrize(
    ("origins", "fits"),
    [
        ("https://a.example,http://127.0.0.1:8080", True),
        ("http://localhost:3000", True),
        ("https://a", True),
        ("*", True),
        ("", False),
        ("https://a.example/", False),
        ("https://a.example/path", False),
        ("https://a.example?q", False),
        ("https://a.example#f", False),
        ("a.example", False),
        ("https://a.example,*", False),
        ("*,https://a.example", False),
        ("https://*.a.example", False),
        ("https://*", False),
        ("http://localhost:*", False),
        ("https://A.example", False),
        ("HTTPS://a.example", False),
        ("https://user@a.example", False),
        ("https://user:password@a.example", False),
        ("https://a.example:", False),
        ("https://a.example:https", False),
        ("https://a.example.", False),
        ("https://.a.example", False),
        ("https://bücher.example", False),
        ('https://a.example"', False),
        ('"https://a.example"', False),
        ("'https://a.example'", False),
        ("https://a.example, https://b.example", False),
        ("https://a.example,", False),
        ("https://a.example,,https://b.example", False),
        ("https://a.example https://b.example", False),
        ("https://a.example\n", False),
        ("https://", False),
        ("null", False),
    ],
)
def test_origins_are_origins(origins: str, fits: bool) -> None:
    pattern = TEMPLATE["Parameters"]["CorsOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) is fits


def test_many_origins_are_matched_in_no_time() -> None:
    pattern = TEMPLATE["Parameters"]["CorsOrigins"]["AllowedPattern"]
    # CloudFormation takes 4,096 bytes of a parameter.
    assert not re.fullmatch(pattern, "https://" + "a" * 4_000 + "/")


def test_cors_differs_by_nothing_but_the_origins() -> None:
    _, any_origin, named = RESOURCES["HttpApi"]["Properties"]["CorsConfiguration"][
        "Fn::If"
    ]
    assert any_origin | {"AllowOrigins": named["AllowOrigins"]} == named


def test_what_another_stack_imports_is_exported_under_that_very_name() -> None:
    imported = set(re.findall(r"\$\{DataStack\}-(\w+)", str(TEMPLATE)))
    exported = {
        output["Export"]["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        for output in TEMPLATE["Outputs"].values()
        if "Export" in output
    }
    assert imported == exported


def test_both_implementations_have_a_runtime_of_every_track() -> None:
    tracks = TEMPLATE["Parameters"]["RuntimeTrack"]["AllowedValues"]
    for implementation in TEMPLATE["Parameters"]["Implementation"]["AllowedValues"]:
        assert list(TEMPLATE["Mappings"]["Runtimes"][implementation]) == tracks


def test_a_runtime_leads_back_to_its_newest_track() -> None:
    chosen = {**defaults(TEMPLATE), "RuntimeTrack": "oldest"}
    assert runtime(TEMPLATE, chosen) == "python3.11"
    assert track(TEMPLATE, "python", "python3.11") == "oldest"
    assert track(TEMPLATE, "typescript", "nodejs24.x") == "newest"


def test_a_runtime_the_template_does_not_offer_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no runtime python3\.10"):
        track(TEMPLATE, "python", "python3.10")
