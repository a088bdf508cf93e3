"""FilterLogEvents requests as boto3 sends them, without a socket."""

from __future__ import annotations

import asyncio
import io
import json
import time
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError

from local.http.messages import Request, Response
from local.lambda_ import log_events
from local.lambda_.log_events import LogEvents
from local.lambda_.logs_api import LogsApi

GROUP = "/aws/lambda/users"


class Body(io.BytesIO):
    """The response body in the form that botocore reads."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


class Logs:
    """Log events, and boto3's client for them."""

    def __init__(self) -> None:
        self.events = LogEvents()
        self.events.open(GROUP)
        self.api = LogsApi(self.events)
        # Any: the type stubs of this service are not installed.
        self.client: Any = boto3.client(
            "logs",
            region_name="us-east-1",
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send.*.*", self._send)

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        assert isinstance(request.body, bytes)
        target = _text(request.headers["X-Amz-Target"])
        answer = self.answer(target, request.body)
        headers = HTTPHeaders()
        for name, value in answer.headers:
            headers[name] = value
        return AWSResponse(request.url, answer.status, headers, Body(answer.body))

    def answer(self, target: str, body: bytes) -> Response:
        request = Request("POST", "/", (("x-amz-target", target),), body)
        return asyncio.run(self.api.answer(request))

    def write(self, *lines: str, stream: str = "s") -> None:
        self.events.add(GROUP, stream, "".join(f"{line}\n" for line in lines).encode())

    def found(self, **members: Any) -> list[str]:
        answer = self.client.filter_log_events(logGroupName=GROUP, **members)
        return [event["message"].rstrip("\n") for event in answer["events"]]


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture
def logs() -> Logs:
    return Logs()


def test_line_of_a_request_is_found_by_its_quoted_id(logs: Logs) -> None:
    logs.write('{"requestId":"JKJaXmPLvHcESHA="}', '{"requestId":"other"}')
    assert logs.found(filterPattern='"JKJaXmPLvHcESHA="') == [
        '{"requestId":"JKJaXmPLvHcESHA="}'
    ]


def test_event_has_all_fields_of_cloudwatch(logs: Logs) -> None:
    logs.write("line", stream="2026/01/01/[1]a")
    answer = logs.client.filter_log_events(logGroupName=GROUP)
    (event,) = answer["events"]
    timestamp = event.pop("timestamp")
    assert event == {
        "logStreamName": "2026/01/01/[1]a",
        "message": "line\n",
        "ingestionTime": timestamp,
        "eventId": "1".zfill(56),
    }
    assert "nextToken" not in answer


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", ["one two", 'say "two"', "TWO"]),
        ("two", ["one two", 'say "two"']),
        ('two "one"', ["one two"]),
        ('"one two"', ["one two"]),
        (r'"say \"two\""', ['say "two"']),
        ("three", []),
    ],
)
def test_message_must_contain_every_term(
    logs: Logs, pattern: str, found: list[str]
) -> None:
    logs.write("one two", 'say "two"', "TWO")
    assert logs.found(filterPattern=pattern) == found


@pytest.mark.parametrize(
    "pattern", ["{ $.a = 1 }", "?a ?b", "-a", "%a%", '"open', "a="]
)
def test_unsupported_patterns_are_refused(logs: Logs, pattern: str) -> None:
    with pytest.raises(logs.client.exceptions.InvalidParameterException):
        logs.found(filterPattern=pattern)


def test_time_range_includes_both_ends(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for second in (1.0, 2.0, 3.0):
        monkeypatch.setattr(time, "time", lambda now=second: now)
        logs.write(str(second))
    assert logs.found(startTime=2000) == ["2.0", "3.0"]
    assert logs.found(endTime=2000) == ["1.0", "2.0"]
    assert logs.found(startTime=2000, endTime=2000) == ["2.0"]


def test_pages_follow_one_another_to_the_last(logs: Logs) -> None:
    logs.write("a", "no", "b", "c", "no")
    pages = logs.client.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 2}
    )
    found = [[event["message"] for event in page["events"]] for page in pages]
    assert found == [["a\n", "no\n"], ["b\n", "c\n"], ["no\n"]]


def test_a_page_that_ends_with_the_last_event_has_no_token(logs: Logs) -> None:
    logs.write("a", "b", "other")
    answer = logs.client.filter_log_events(
        logGroupName=GROUP, filterPattern='"b"', limit=1
    )
    assert "nextToken" not in answer


def test_token_is_valid_after_its_event_was_dropped(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.write("a", "b", "c")
    first = logs.client.filter_log_events(logGroupName=GROUP, limit=1)
    monkeypatch.setattr(log_events, "MAX_EVENTS", 2)
    logs.write("d")
    assert logs.found(nextToken=first["nextToken"]) == ["c", "d"]


@pytest.mark.parametrize("token", ["x", "after-", "after-x", "after-" + "9" * 19])
def test_invalid_token_is_refused(logs: Logs, token: str) -> None:
    with pytest.raises(logs.client.exceptions.InvalidParameterException):
        logs.found(nextToken=token)


def test_a_group_that_no_function_logs_to_does_not_exist(logs: Logs) -> None:
    with pytest.raises(logs.client.exceptions.ResourceNotFoundException):
        logs.client.filter_log_events(logGroupName="/aws/lambda/nobody")


def test_unsupported_fields_and_actions_are_refused(logs: Logs) -> None:
    with pytest.raises(ClientError, match="does not support logStreamNames"):
        logs.found(logStreamNames=["s"])
    with pytest.raises(ClientError) as caught:
        logs.client.describe_log_groups()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b"{}", "InvalidParameterException"),
        (b'{"logGroupName":1}', "InvalidParameterException"),
        (b'{"logGroupName":"g","limit":0}', "InvalidParameterException"),
        (b'{"logGroupName":"g","limit":10001}', "InvalidParameterException"),
        (b'{"logGroupName":"g","limit":true}', "InvalidParameterException"),
    ],
)
def test_invalid_body_is_refused(logs: Logs, body: bytes, code: str) -> None:
    answer = logs.answer("Logs_20140328.FilterLogEvents", body)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == code
