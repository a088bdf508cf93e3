"""The parts that are removed from the template for the emulator, all listed."""

from __future__ import annotations

from pathlib import Path

from local.deploy.omissions import adapt
from local.template import Json, load

TEMPLATE = load()
PARAMETERS = {"Implementation": "python", "RuntimeTrack": "oldest"}
BUILT = Path("/built")


def built_template() -> dict[str, Json]:
    template = load()
    for name in ("UsersFunction", "AssetsFunction"):
        template["Resources"][name]["Properties"]["CodeUri"] = name
    return template


def test_only_what_the_emulator_cannot_hold_is_left_out() -> None:
    adapted, left_out = adapt(built_template(), PARAMETERS, BUILT)
    gone = TEMPLATE["Resources"].keys() - adapted["Resources"].keys()
    assert gone == {"AssetsBucketPolicy"}
    told = {line.split(":")[0] for line in left_out}
    assert told == gone | {"the warming rule is deployed but disabled"}


def test_resources_that_stay_are_the_template_s_own() -> None:
    built = built_template()
    adapted, _ = adapt(built, PARAMETERS, BUILT)
    for name in adapted["Resources"].keys() - {"UsersFunction", "AssetsFunction"}:
        assert adapted["Resources"][name] == built["Resources"][name]


def test_a_bucket_policy_keeps_what_is_not_about_tls() -> None:
    template = built_template()
    kept = {"Sid": "Other", "Effect": "Deny", "Principal": "*", "Action": "s3:PutAcl"}
    policy = template["Resources"]["AssetsBucketPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"].append(kept)
    adapted, left_out = adapt(template, PARAMETERS, BUILT)
    held = adapted["Resources"]["AssetsBucketPolicy"]["Properties"]["PolicyDocument"]
    assert held["Statement"] == [kept]
    assert any(line.startswith("AssetsBucketPolicy:") for line in left_out)


def test_a_template_without_them_leaves_out_no_resource() -> None:
    template = built_template()
    del template["Resources"]["AssetsBucketPolicy"]
    adapted, left_out = adapt(template, PARAMETERS, BUILT)
    assert adapted["Resources"].keys() == template["Resources"].keys()
    assert len(left_out) == 1


def test_the_emulator_s_transform_finds_the_parameters_as_defaults() -> None:
    adapted, _ = adapt(built_template(), PARAMETERS, BUILT)
    assert adapted["Parameters"]["RuntimeTrack"]["Default"] == "oldest"
    listed = TEMPLATE["Parameters"]["ListShards"]["Default"]
    assert adapted["Parameters"]["ListShards"]["Default"] == listed


def test_code_is_found_from_wherever_the_template_lies() -> None:
    adapted, _ = adapt(built_template(), PARAMETERS, BUILT)
    properties = adapted["Resources"]["UsersFunction"]["Properties"]
    assert properties["CodeUri"] == "/built/UsersFunction.zip"


def test_the_template_given_stays_as_it_is() -> None:
    template = built_template()
    adapt(template, PARAMETERS, BUILT)
    assert template == built_template()
