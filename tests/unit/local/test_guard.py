"""The deploy guard accepts deploys that fit the build and the stack, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from local import template
from local.commands import guard
from local.commands.guard import (
    checked,
    deploy_id,
    refuse_orphaned_data,
    refuse_other_build,
)
from local.deploy.naming import ROOM, RefusalError, bucket_naming, refuse_name
from local.template import defaults, load

TEMPLATE = load()
COMMIT = "5b6f732" + 33 * "0"
NOTE = {
    "implementation": "python",
    "runtime": "python3.13",
    "architecture": "x86_64",
    "commit": COMMIT,
}


def built(folder: Path, **changes: str) -> Path:
    for function in ("UsersFunction", "AssetsFunction"):
        (folder / function).mkdir()
        (folder / function / "build.json").write_text(json.dumps(NOTE))
    (folder / "AssetsFunction" / "build.json").write_text(json.dumps(NOTE | changes))
    return folder


def test_a_build_for_the_same_parameters_is_deployed(tmp_path: Path) -> None:
    refuse_other_build(TEMPLATE, defaults(TEMPLATE), built(tmp_path))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("implementation", "typescript"),
        ("runtime", "python3.12"),
        ("architecture", "arm64"),
    ],
)
def test_one_function_built_for_something_else_is_refused(
    tmp_path: Path, member: str, value: str
) -> None:
    folder = built(tmp_path, **{member: value})
    with pytest.raises(RefusalError) as refusal:
        refuse_other_build(TEMPLATE, defaults(TEMPLATE), folder)
    assert str(refusal.value).startswith(
        f"AssetsFunction is built for {member} {value}, the environment says"
    )


def test_nothing_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="UsersFunction is not built"):
        refuse_other_build(TEMPLATE, defaults(TEMPLATE), tmp_path)


def test_an_owner_of_data_is_not_given_the_data_of_another_stack() -> None:
    with pytest.raises(RefusalError, match="parity-prod owns its data"):
        refuse_orphaned_data("parity-prod", "parity-dev", {"DataStack": ""})


def test_a_stack_is_not_its_own_data_stack() -> None:
    with pytest.raises(RefusalError, match="names the stack itself"):
        refuse_orphaned_data("parity-prod", "parity-prod", None)


def test_a_new_stack_may_work_on_the_data_of_another() -> None:
    refuse_orphaned_data("parity-second", "parity-prod", None)


def test_a_stack_on_the_data_of_another_may_stay_there() -> None:
    current = {"DataStack": "parity-prod"}
    refuse_orphaned_data("parity-second", "parity-prod", current)


def test_an_owner_of_data_may_be_deployed_again() -> None:
    refuse_orphaned_data("parity-prod", "", {"DataStack": ""})


# ---- which name the bucket has ------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "asked", "current", "naming"),
    [
        ("eu-west-1", None, None, "regional"),
        ("eu-west-1", "account", None, "account"),
        ("eu-west-1", "regional", None, "regional"),
        ("me-south-1", None, None, "account"),
        ("me-central-1", None, None, "account"),
        ("me-south-1", "account", None, "account"),
        # Deployed before the parameter existed.
        ("eu-west-1", None, {"DataStack": ""}, "account"),
        ("eu-west-1", None, {}, "account"),
        ("eu-west-1", "account", {"DataStack": ""}, "account"),
        ("eu-west-1", None, {"BucketNaming": "account"}, "account"),
        ("eu-west-1", None, {"BucketNaming": "regional"}, "regional"),
    ],
)
def test_a_bucket_keeps_its_name_and_a_new_one_is_named_as_its_region_allows(
    region: str, asked: str | None, current: dict[str, str] | None, naming: str
) -> None:
    assert bucket_naming(region, asked, current) == naming


@pytest.mark.parametrize(
    ("asked", "current", "kept"),
    [
        ("regional", {"DataStack": ""}, "account"),
        ("regional", {"BucketNaming": "account"}, "account"),
        ("account", {"BucketNaming": "regional"}, "regional"),
    ],
)
def test_another_name_for_a_bucket_that_stands_is_refused(
    asked: str, current: dict[str, str], kept: str
) -> None:
    with pytest.raises(RefusalError, match=f"leave it at {kept}"):
        bucket_naming("eu-west-1", asked, current)


def test_a_regional_name_is_refused_where_s3_has_none() -> None:
    with pytest.raises(RefusalError, match="use BucketNaming=account"):
        bucket_naming("me-south-1", "regional", None)


# ---- which name a new stack can have ------------------------------------------------


@pytest.mark.parametrize(
    ("naming", "room"), [("regional", 25), ("account", 43), (None, 57)]
)
def test_the_name_of_a_new_stack_has_its_length_at_most(
    naming: str | None, room: int
) -> None:
    refuse_name("s" * room, naming)
    with pytest.raises(RefusalError, match=f"has {room + 1} characters; at most"):
        refuse_name("s" * (room + 1), naming)
    assert ROOM[naming] == room


@pytest.mark.parametrize(
    ("stack", "reason"),
    [("Parity", "upper case"), ("xn--parity", "S3 reserves"), ("sthree-x", "reserves")],
)
def test_a_name_that_no_bucket_can_have_is_refused_where_there_is_one(
    stack: str, reason: str
) -> None:
    refuse_name(stack, None)
    with pytest.raises(RefusalError, match=reason):
        refuse_name(stack, "account")


# ---- the deployed stack -------------------------------------------------------------


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield


def stands(stack: str, **parameters: str) -> None:
    """Create an empty stack with these parameters."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
    declared = {name: {"Type": "String"} for name in parameters}
    boto3.client("cloudformation").create_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Parameters": declared, "Resources": {"T": topic}}),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in parameters.items()
        ],
    )


def named(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    """Let every environment of samconfig.toml name this stack."""
    monkeypatch.setattr(guard, "environment", lambda *_: {"stack_name": stack})


@pytest.mark.usefixtures("account")
def test_a_new_stack_gets_a_regional_name(tmp_path: Path) -> None:
    assert checked("dev", {"ThrottlingRate": "9"}, built(tmp_path)) == {
        "Implementation": "python",
        "LogRetentionDays": "7",
        "ThrottlingRate": "9",
        "BucketNaming": "regional",
    }


@pytest.mark.usefixtures("account")
def test_a_stack_from_before_the_parameter_keeps_its_name(tmp_path: Path) -> None:
    stands("parity-dev", DataStack="")

    assert checked("dev", {}, built(tmp_path))["BucketNaming"] == "account"
    with pytest.raises(RefusalError, match="would replace the bucket"):
        checked("dev", {"BucketNaming": "regional"}, tmp_path)


@pytest.mark.usefixtures("account")
def test_a_stack_on_the_data_of_another_has_no_bucket_to_name(tmp_path: Path) -> None:
    stands("parity-dev", DataStack="parity-prod")

    assert "BucketNaming" not in checked("dev", {}, built(tmp_path))


@pytest.mark.usefixtures("account")
def test_a_stack_that_gets_data_of_its_own_names_its_bucket_as_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands("parity-dev", DataStack="parity-prod")
    own = {"DataStack": ""}

    assert checked("dev", own, built(tmp_path))["BucketNaming"] == "regional"
    stands("Parity", DataStack="parity-prod")
    named(monkeypatch, "Parity")
    with pytest.raises(RefusalError, match="upper case"):
        checked("dev", own, tmp_path)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("given", "length"), [({}, 26), ({"DataStack": "parity-prod"}, 58)]
)
def test_a_new_stack_with_a_name_too_long_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    length: int,
) -> None:
    named(monkeypatch, "s" * length)

    with pytest.raises(RefusalError, match=f"has {length} characters"):
        checked("dev", given, built(tmp_path))


@pytest.mark.usefixtures("account")
def test_a_name_that_was_too_long_for_a_new_stack_is_no_hindrance_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands("s" * 43, DataStack="")
    named(monkeypatch, "s" * 43)

    assert checked("dev", {}, built(tmp_path))["BucketNaming"] == "account"


# ---- the name of a deploy -----------------------------------------------------------

NOON = datetime(2026, 11, 27, 15, 4, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    ("commit", "named"),
    [
        (COMMIT, "20261127T150455Z-5b6f732"),
        (f"{COMMIT}-dirty", "20261127T150455Z-5b6f732-dirty"),
        ("unknown", "20261127T150455Z-unknown"),
    ],
)
def test_a_deploy_is_named_by_its_time_and_what_was_built(
    commit: str, named: str
) -> None:
    assert deploy_id(NOON, commit) == named


@pytest.mark.usefixtures("account")
def test_it_prints_the_parameters_to_deploy_with_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--built", str(built(tmp_path)), "--deploy-id", "again-2", "dev"]
    monkeypatch.setattr("sys.argv", ["guard", *arguments, 'AlarmTopic=""'])

    assert guard.main() == 0
    assert capsys.readouterr().out.split() == [
        "Implementation=python",
        "LogRetentionDays=7",
        'AlarmTopic=""',
        "BucketNaming=regional",
        "DeployId=again-2",
    ]


@pytest.mark.usefixtures("account")
def test_a_deploy_id_that_was_saved_is_replaced_by_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--built", str(built(tmp_path)), "dev", "DeployId=manual"]
    monkeypatch.setattr("sys.argv", ["guard", *arguments])

    assert guard.main() == 0
    last = capsys.readouterr().out.split()[2]
    assert last.startswith("DeployId=2")
    assert last.endswith("Z-5b6f732")


@pytest.mark.usefixtures("account")
def test_a_deploy_id_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--built", str(built(tmp_path)), "--deploy-id", "a b", "dev"]
    monkeypatch.setattr("sys.argv", ["guard", *arguments])

    assert guard.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("deploy refused: DEPLOY_ID must be 1 to 64 letters")
    assert told.err.count("\n") == 1


# ---- a stack that was never created -------------------------------------------------


class FakeCloudFormation:
    """Has one stack, in a state that the emulator cannot produce."""

    def __init__(self, status: str) -> None:
        self._status = status
        self.asked: dict[str, str | None] = {}
        self.meta = SimpleNamespace(region_name="eu-west-1")

    def session(self, **asked: str | None) -> FakeCloudFormation:
        self.asked = asked
        return self

    def client(self, _: str) -> FakeCloudFormation:
        return self

    def describe_stacks(self, **_: str) -> dict[str, list[dict[str, str]]]:
        return {"Stacks": [{"StackStatus": self._status}]}


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_a_stack_whose_creation_failed_is_refused_until_it_is_deleted(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeCloudFormation(status)
    monkeypatch.setattr(boto3, "Session", fake.session)

    with pytest.raises(RefusalError, match=f"is in {status}, its creation failed"):
        guard.find("parity", None)


def test_a_change_set_that_was_never_carried_out_is_no_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = FakeCloudFormation("REVIEW_IN_PROGRESS")
    monkeypatch.setattr(boto3, "Session", fake.session)

    assert guard.find("parity", None).current is None


def test_the_account_that_is_asked_is_the_one_that_sam_deploys_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`sam deploy --guided --profile prod` saves the profile."""
    settings = tmp_path / "samconfig.toml"
    saved = 'stack_name = "parity"\nregion = "eu-west-1"\nprofile = "prod"'
    settings.write_text(f"version = 0.1\n[mine.deploy.parameters]\n{saved}\n")
    fake = FakeCloudFormation("ROLLBACK_COMPLETE")
    monkeypatch.setattr(template, "SAMCONFIG", settings)
    monkeypatch.setattr(boto3, "Session", fake.session)

    with pytest.raises(RefusalError):
        guard.checked("mine", {}, tmp_path)
    assert fake.asked == {"profile_name": "prod", "region_name": "eu-west-1"}
