"""The local cloud publishes a version by content, as Lambda does."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local.emulator import cloud
from local.emulator.clients import Clients
from tests.integration.stacks import free_ports

ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
SETTINGS: dict[str, Any] = {
    "Timeout": 3,
    "MemorySize": 128,
    "Description": "d",
    "Environment": {"Variables": {"A": "1"}},
}
EXISTS = (
    "A version for this Lambda function exists ( 1 )."
    " Modify the function to create a new version."
)


def package(code: str) -> bytes:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.py"), code)
    return zipped.getvalue()


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    running = cloud.start(free_ports()[1], tmp_path_factory.mktemp("cloud"))
    try:
        yield Clients(running.endpoint)
    finally:
        running.stop()


@pytest.fixture(scope="module")
def role(clients: Clients) -> str:
    created = clients.of("iam").create_role(
        RoleName="versions", AssumeRolePolicyDocument=json.dumps(ROLE)
    )
    return str(created["Role"]["Arn"])


class Function:
    """One function of the local cloud with version 1 published."""

    def __init__(self, name: str, role: str, clients: Clients) -> None:
        self.name = name
        self.client = clients.of("lambda")
        created = self.client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=role,
            Code={"ZipFile": package("one")},
            **SETTINGS,
        )
        self.arn = created["FunctionArn"]
        assert self.publish() == "1"

    def publish(self, description: str = "") -> str:
        """Call PublishVersion; return the version in the response."""
        answer = self.client.publish_version(
            FunctionName=self.name, Description=description
        )
        return str(answer["Version"])

    def upload(self, code: str) -> None:
        self.client.update_function_code(FunctionName=self.name, ZipFile=package(code))

    def configure(self, **settings: Any) -> None:
        self.client.update_function_configuration(FunctionName=self.name, **settings)


@pytest.fixture
def function(
    clients: Clients, role: str, request: pytest.FixtureRequest
) -> Iterator[Function]:
    made = Function(f"f{abs(hash(request.node.name))}", role, clients)
    yield made
    made.client.delete_function(FunctionName=made.name)


def test_nothing_changed_publishes_nothing(function: Function) -> None:
    assert function.publish() == "1"


def test_an_update_to_the_same_values_publishes_nothing(function: Function) -> None:
    function.upload("one")
    function.configure(**SETTINGS)

    assert function.publish() == "1"


def test_the_description_of_the_version_alone_publishes_nothing(
    function: Function,
) -> None:
    assert function.publish("another") == "1"


def test_a_tag_and_reserved_concurrency_publish_nothing(function: Function) -> None:
    function.client.tag_resource(Resource=function.arn, Tags={"team": "a"})
    function.client.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=5
    )

    assert function.publish() == "1"


@pytest.mark.parametrize(
    "settings",
    [
        {"Timeout": 4},
        {"MemorySize": 256},
        {"Runtime": "python3.12"},
        {"Handler": "index.other"},
        {"Description": "e"},
        {"Environment": {"Variables": {"A": "2"}}},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_another_configuration_is_published(
    function: Function, settings: dict[str, Any]
) -> None:
    function.configure(**settings)

    assert function.publish() == "2"


def test_the_last_version_is_compared_not_an_older_one(function: Function) -> None:
    function.upload("two")
    second = function.publish()
    function.upload("one")

    assert (second, function.publish()) == ("2", "3")


def test_what_was_undone_and_done_again_is_the_last_version_still(
    function: Function,
) -> None:
    """A deploy that fails rolls `$LATEST` back; the next one repeats the update."""
    function.upload("two")
    function.configure(Timeout=9)
    second = function.publish("first try")
    function.configure(**SETTINGS)
    function.upload("one")
    function.upload("two")
    function.configure(Timeout=9)

    assert (second, function.publish("second try")) == ("2", "2")


# ---- by CloudFormation --------------------------------------------------------------


def template(version: str, role: str, **members: Any) -> str:
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": role,
        "Code": {"ZipFile": "def handler(event, context): return 1"},
        **members,
    }
    resources = {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        version: {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "Retain",
            "Properties": {"FunctionName": {"Ref": "Function"}},
        },
    }
    return json.dumps({"Resources": resources})


def updated(clients: Clients, stack: str, body: str) -> str:
    """Update a stack; return "" or why the version could not be created."""
    cloudformation = clients.of("cloudformation")
    cloudformation.update_stack(StackName=stack, TemplateBody=body)
    try:
        cloudformation.get_waiter("stack_update_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
    except WaiterError:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return next(
            str(one["ResourceStatusReason"])
            for one in events
            if one["LogicalResourceId"].startswith("Version")
            and one["ResourceStatus"].endswith("_FAILED")
        )
    return ""


def created(clients: Clients, stack: str, body: str) -> None:
    cloudformation = clients.of("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=body)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_a_new_version_resource_for_a_tag_alone_fails_in_the_words_of_aws(
    clients: Clients, role: str
) -> None:
    created(clients, "tagged", template("VersionA", role))
    tags = [{"Key": "team", "Value": "a"}]

    failure = updated(clients, "tagged", template("VersionB", role, Tags=tags))

    assert failure == EXISTS


def test_a_new_version_resource_for_another_timeout_is_created(
    clients: Clients, role: str
) -> None:
    created(clients, "timed", template("VersionA", role))

    assert updated(clients, "timed", template("VersionB", role, Timeout=9)) == ""
