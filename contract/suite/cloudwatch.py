"""Reads from CloudWatch Logs what functions wrote, for requests that went by HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from contract.suite.aws_errors import AWS_ERRORS, ClientError
from contract.suite.errors import SuiteError
from contract.suite.exchanges import json_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class LogsUnreadable(SuiteError):
    """The log groups of a target cannot be read."""


class LogsClient(Protocol):
    """What is asked of boto3's client of CloudWatch Logs."""

    # Any: boto3 takes and returns plain data.
    def filter_log_events(self, **arguments: Any) -> Any:
        """Return a page of a log group's events."""


@dataclass(frozen=True)
class LogReader:
    """The log groups behind a target."""

    client: LogsClient
    groups: Sequence[str]

    def read(self, since_ms: int) -> Iterator[tuple[str, str]]:
        """Yield the id and the lines of each request; raise `LogsUnreadable`."""
        for group in self.groups:
            streams: dict[str, list[str]] = {}
            for event in self._events(group, since_ms):
                lines = streams.setdefault(event.get("logStreamName", ""), [])
                lines += event["message"].splitlines()
            for lines in streams.values():
                yield from invocations(lines)

    def _events(self, group: str, since_ms: int) -> Iterator[Any]:
        """Yield the events of a log group; all of them, so that none goes unseen.

        A metric line holds no request id, and a stray line may hold nothing at all:
        a filter by id would not find them.
        """
        more: dict[str, Any] = {}
        while True:
            try:
                reply = self.client.filter_log_events(
                    logGroupName=group, startTime=since_ms, **more
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    # A group is made with a function's first line at the latest.
                    return
                raise LogsUnreadable(str(error)) from None
            except AWS_ERRORS as error:
                raise LogsUnreadable(str(error)) from None
            yield from reply["events"]
            if not reply.get("nextToken"):
                return
            more = {"nextToken": reply["nextToken"]}


def invocations(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the lines of each request in one sandbox's log, with the request's id.

    A sandbox takes one request at a time. Lambda marks where each begins; where nothing
    does, a metric line is the last of its request.
    """
    marked = any(line.startswith("START ") for line in lines)
    chunk: list[str] = []
    for line in lines:
        if marked and line.startswith("START "):
            yield from _told(chunk)
            chunk = []
        chunk.append(line)
        if not marked and "_aws" in _event(line):
            yield from _told(chunk)
            chunk = []
    yield from _told(chunk)


def _told(chunk: list[str]) -> Iterator[tuple[str, str]]:
    """Yield a request's lines, where they are all there."""
    events = [_event(line) for line in chunk]
    whole = any("_aws" in event for event in events)
    for event in events:
        if whole and event.get("event") == "request" and "requestId" in event:
            yield str(event["requestId"]), "\n".join(chunk)
            return


def _event(line: str) -> dict[str, Any]:
    try:
        event = json_of(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
