"""The results of AWS's errors: refused writes, new attempts, 503 or 500."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from mypy_boto3_dynamodb import DynamoDBClient

from shared.aws import clients
from shared.aws.failures import service_failures
from shared.aws.table import Refused, Table
from shared.aws.writes import Put, absent
from shared.clock import CALL_MS, Deadline
from shared.errors import AwsFault, Unavailable
from tests.unit.python.support import deadline

FIRST = Put({"userId": "a"}, absent("userId"))
SECOND = Put({"userId": "b"}, absent("userId"))


def client_error(code: str, status: int = 400, **more: object) -> ClientError:
    response = {
        "Error": {"Code": code, "Message": "a@example.com"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "Operation")  # type: ignore[arg-type] # as AWS's


def cancelled(*codes: str) -> ClientError:
    reasons = [
        {"Code": code, "Item": {"userId": {"S": f"old-{number}"}}}
        if code == "ConditionalCheckFailed"
        else {"Code": code}
        for number, code in enumerate(codes)
    ]
    return client_error("TransactionCanceledException", CancellationReasons=reasons)


class Failing:
    """A client whose writes fail with each error in turn, and then succeed."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def put_item(self, **_parameters: object) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)

    transact_write_items = put_item


def table(client: Failing) -> Table:
    return Table(client, "t", "userId")  # type: ignore[arg-type] # a stand-in


CONFLICT = cancelled("None", "TransactionConflict")
TIMEOUT = ReadTimeoutError(endpoint_url="http://x")


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (
            cancelled("ConditionalCheckFailed", "ConditionalCheckFailed"),
            Refused(FIRST, {"userId": "old-0"}),
        ),
        (
            cancelled("None", "ConditionalCheckFailed"),
            Refused(SECOND, {"userId": "old-1"}),
        ),
        (
            cancelled("ConditionalCheckFailed", "TransactionConflict"),
            Refused(FIRST, {"userId": "old-0"}),
        ),
    ],
)
def test_the_first_refused_write_is_returned(
    error: ClientError, refused: Refused
) -> None:
    assert table(Failing(error)).write([FIRST, SECOND], deadline()) == refused


def test_a_single_write_is_refused_by_its_own_exception() -> None:
    there = client_error(
        "ConditionalCheckFailedException", Item={"userId": {"S": "a"}, "n": {"N": "1"}}
    )
    gone = client_error("ConditionalCheckFailedException")
    client = Failing(there, gone)
    assert table(client).write([FIRST], deadline()) == Refused(
        FIRST, {"userId": "a", "n": 1}
    )
    assert table(client).write([FIRST], deadline()) == Refused(FIRST, {})


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CONFLICT, "TransactionConflict"),
        (cancelled("TransactionConflict", "None"), "TransactionConflict"),
        (cancelled("ThrottlingError", "None"), "ThrottlingError"),
        (
            cancelled("ProvisionedThroughputExceeded", "None"),
            "ProvisionedThroughputExceeded",
        ),
        (client_error("TransactionConflictException"), "TransactionConflictException"),
    ],
)
def test_a_conflicting_transaction_is_tried_five_times(
    error: ClientError, code: str
) -> None:
    client = Failing(*[error] * 4)
    assert table(client).write([FIRST, SECOND], deadline()) is None
    assert client.calls == 5
    client = Failing(*[error] * 5)
    with pytest.raises(Unavailable) as caught:
        table(client).write([FIRST, SECOND], deadline())
    assert (caught.value.code, client.calls) == (code, 5)


def test_a_conflicting_transaction_is_not_tried_again_if_time_is_short() -> None:
    left = iter([CALL_MS, CALL_MS - 1])
    client = Failing(CONFLICT)
    with pytest.raises(Unavailable):
        table(client).write([FIRST, SECOND], Deadline(lambda: next(left)))
    assert client.calls == 1


def test_no_call_starts_that_might_not_end_in_time() -> None:
    client = Failing()
    with pytest.raises(Unavailable):
        table(client).write([FIRST], deadline(remaining=CALL_MS - 1))
    assert client.calls == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TIMEOUT, None),
        (ConnectTimeoutError(endpoint_url="http://x"), None),
        (EndpointConnectionError(endpoint_url="http://x"), None),
        (client_error("ThrottlingException"), "ThrottlingException"),
        (client_error("SlowDown", 503), "SlowDown"),
        (client_error("InternalServerError", 500), "InternalServerError"),
        (client_error("500", 500), "500"),
        (
            client_error("ProvisionedThroughputExceededException"),
            "ProvisionedThroughputExceededException",
        ),
        (
            client_error("TransactionInProgressException"),
            "TransactionInProgressException",
        ),
    ],
)
def test_a_temporary_error_of_aws_is_unavailable(
    error: Exception, code: str | None
) -> None:
    with pytest.raises(Unavailable) as caught, service_failures(deadline()):
        raise error
    assert caught.value.code == code


@pytest.mark.parametrize(
    "error",
    [
        client_error("ResourceNotFoundException"),
        client_error("AccessDeniedException"),
        client_error("ValidationException"),
        client_error("403", 403),
        cancelled("ValidationError", "None"),
    ],
)
def test_a_permanent_error_of_aws_is_a_fault(error: ClientError) -> None:
    with pytest.raises(AwsFault) as caught:
        table(Failing(error)).write([FIRST, SECOND], deadline())
    assert caught.value.code == error.response["Error"]["Code"]


def test_other_exceptions_are_not_translated() -> None:
    with pytest.raises(KeyError), service_failures(deadline()):
        raise KeyError("a")


def test_moto_refuses_writes_as_these_tests_assume(
    users_table: Table, dynamodb: DynamoDBClient
) -> None:
    writes: Sequence[Put] = [FIRST, SECOND]
    dynamodb.put_item(TableName="users-table", Item={"userId": {"S": "b"}})
    refused = users_table.write(writes, deadline())
    assert refused == Refused(SECOND, {"userId": "b"})
    assert users_table.get("a", deadline()) is None
    assert users_table.write([SECOND], deadline()) == refused


def test_reads_are_consistent(dynamodb: DynamoDBClient, users_table: Table) -> None:
    asked: list[dict[str, object]] = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.GetItem",
        lambda params, **_: asked.append(params),
    )
    users_table.get("a", deadline())
    assert [params["ConsistentRead"] for params in asked] == [True]


def test_a_failed_read_is_a_fault(dynamodb: DynamoDBClient) -> None:
    missing = Table(dynamodb, "no-such-table", "userId")
    with pytest.raises(AwsFault):
        missing.get("a", deadline())


def test_without_credentials_no_url_is_signed() -> None:
    environment = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONPATH": str(Path(clients.__file__).parents[2]),
    }
    code = "from shared.aws.clients import current_credentials as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.splitlines()[-1].endswith(": Unable to locate credentials")
