"""CloudWatch Logs' FilterLogEvents over the logs of the local functions.

Source: Amazon CloudWatch Logs API reference, action FilterLogEvents, in the protocol
AWS JSON 1.1; "Filter pattern syntax" for terms. A request that uses an unsupported
part of the API is refused. `local.lambda_.endpoint` passes only signed requests to it.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from local.http.messages import Request, Response
from local.lambda_.invocation import compact
from local.lambda_.log_events import LogEvent, LogEvents, UnknownGroupError

TARGET = "x-amz-target"
FILTER = "Logs_20140328.FilterLogEvents"
MAX_LIMIT = 10_000

# The supported fields of a request, with the type of each.
MEMBERS = {
    "logGroupName": str,
    "filterPattern": str,
    "startTime": int,
    "endTime": int,
    "limit": int,
    "nextToken": str,
}
# A message must contain every term. A term is quoted, or of letters, digits and `_`.
TERM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)')
TOKEN = re.compile(r"after-(\d{1,18})")


class LogsError(Exception):
    """CloudWatch Logs refuses a request, with AWS's code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def response(self, status: int = 400) -> Response:
        """Return the API's response for the error."""
        return _response(status, {"__type": self.code, "message": self.message})


@dataclass(frozen=True, slots=True)
class Query:
    """A FilterLogEvents request; both times are epoch milliseconds and inclusive."""

    group: str
    terms: tuple[str, ...]
    start: int
    end: int | None
    limit: int
    after: int

    def wants(self, event: LogEvent) -> bool:
        """Return whether an event matches the query."""
        return (
            event.timestamp >= self.start
            and (self.end is None or event.timestamp <= self.end)
            and all(term in event.message for term in self.terms)
        )


class LogsApi:
    """Answers requests to CloudWatch Logs."""

    def __init__(self, events: LogEvents) -> None:
        self._events = events

    async def answer(self, request: Request) -> Response:
        """Answer one request that names its action in `x-amz-target`."""
        try:
            return _response(200, self._filter(_query(request)))
        except LogsError as error:
            return error.response()

    def _filter(self, query: Query) -> dict[str, Any]:
        try:
            found = self._events.find(query.group, query.wants, query.after)
        except UnknownGroupError as error:
            raise LogsError(
                "ResourceNotFoundException", "The specified log group does not exist."
            ) from error
        page = list(itertools.islice(found, query.limit))
        document: dict[str, Any] = {
            "events": [_described(event) for event in page],
            "searchedLogStreams": [],
        }
        if next(found, None) is not None:
            document["nextToken"] = f"after-{page[-1].number}"
        return document


def _described(event: LogEvent) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.timestamp,
        "eventId": f"{event.number:056d}",
    }


def _query(request: Request) -> Query:
    if request.header(TARGET) != FILTER:
        raise LogsError("UnknownOperationException", f"Only {FILTER} is supported")
    given = _members(request.body)
    limit = given.get("limit", MAX_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise _invalid(f"limit must be between 1 and {MAX_LIMIT}")
    if "logGroupName" not in given:
        raise _invalid("logGroupName is missing")
    return Query(
        group=given["logGroupName"],
        terms=_terms(given.get("filterPattern", "")),
        start=given.get("startTime", 0),
        end=given.get("endTime"),
        limit=limit,
        after=_after(given.get("nextToken")),
    )


def _members(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LogsError("SerializationException", "The body is not JSON") from error
    if not isinstance(given, dict):
        raise LogsError("SerializationException", "The body is not a JSON object")
    for name, value in given.items():
        if name not in MEMBERS:
            raise _invalid(f"the local stack does not support {name}")
        if type(value) is not MEMBERS[name]:
            raise _invalid(f"{name} has the wrong type")
    return given


def _terms(pattern: str) -> tuple[str, ...]:
    """Return the terms of a filter pattern; refuse every other form of pattern."""
    terms = []
    rest = pattern.strip()
    while rest:
        match = TERM.match(rest)
        if match is None:
            raise _invalid("Invalid filter pattern: only terms are supported")
        quoted, bare = match.groups()
        terms.append(bare or re.sub(r"\\(.)", r"\1", quoted))
        rest = rest[match.end() :].strip()
    return tuple(terms)


def _after(token: str | None) -> int:
    if token is None:
        return 0
    match = TOKEN.fullmatch(token)
    if match is None:
        raise _invalid("The specified nextToken is invalid.")
    return int(match[1])


def _invalid(message: str) -> LogsError:
    return LogsError("InvalidParameterException", message)


def _response(status: int, document: dict[str, Any]) -> Response:
    headers = (
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-requestid", str(uuid4())),
    )
    return Response(status, headers, compact(document))
