"""Reads the log lines of functions from CloudWatch Logs, for HTTP targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twinproof.contract.config import Logs
from twinproof.errors import ToolError
from twinproof.exchange.aws_errors import AWS_ERRORS, ClientError
from twinproof.exchange.model import json_of


class LogsUnreadable(ToolError):
    """The log groups of a target cannot be read."""


class LogsClient(Protocol):
    """The part of boto3's client of CloudWatch Logs that is used."""

    # Any: boto3 takes and returns plain data.
    def filter_log_events(self, **arguments: Any) -> Any:
        """Return a page of a log group's events."""


@dataclass(frozen=True)
class LogReader:
    """The log groups behind a target."""

    client: LogsClient
    groups: Sequence[str]
    rules: Logs

    def read(self, since_ms: int) -> Iterator[tuple[str, str]]:
        """Yield the id and the lines of each request; raise `LogsUnreadable`."""
        for group in self.groups:
            streams: dict[str, list[str]] = {}
            for event in self._events(group, since_ms):
                lines = streams.setdefault(event.get("logStreamName", ""), [])
                lines += event["message"].splitlines()
            for lines in streams.values():
                yield from invocations(lines, self.rules)

    def _events(self, group: str, since_ms: int) -> Iterator[Any]:
        """Yield all events of a log group.

        A filter by request id would miss lines without one: metric lines and stray
        lines.
        """
        more: dict[str, Any] = {}
        while True:
            try:
                reply = self.client.filter_log_events(
                    logGroupName=group, startTime=since_ms, **more
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    # Lambda creates the group no later than the function's first line.
                    return
                raise LogsUnreadable(str(error)) from None
            except AWS_ERRORS as error:
                raise LogsUnreadable(str(error)) from None
            yield from reply["events"]
            if not reply.get("nextToken"):
                return
            more = {"nextToken": reply["nextToken"]}


def invocations(lines: Sequence[str], rules: Logs) -> Iterator[tuple[str, str]]:
    """Yield the id and the lines of each request in one sandbox's log.

    A sandbox takes one request at a time. Lambda marks where each begins. Without such
    marks, a request ends with the line that the contract names as the last.
    """
    last = rules.request if rules.request.last else rules.metric
    marked = any(line.startswith("START ") for line in lines)
    chunk: list[str] = []
    for line in lines:
        if marked and line.startswith("START "):
            yield from _events_of(chunk, rules)
            chunk = []
        chunk.append(line)
        if not marked and last.fits(_event(line)):
            yield from _events_of(chunk, rules)
            chunk = []
    yield from _events_of(chunk, rules)


def _events_of(chunk: list[str], rules: Logs) -> Iterator[tuple[str, str]]:
    """Yield a request's lines if all of them are there."""
    events = [_event(line) for line in chunk]
    whole = any(map(rules.metric.fits, events))
    for event in events:
        if whole and rules.request.fits(event) and rules.id in event:
            yield str(event[rules.id]), "\n".join(chunk)
            return


def _event(line: str) -> dict[str, Any]:
    try:
        event = json_of(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
