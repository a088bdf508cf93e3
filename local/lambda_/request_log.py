"""One readable line for each request, and for a failure what explains it.

Of what a client sends only the method, the route and the ids in it are shown; but a
fault's message, which the handlers show the developer alone, may quote more.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from http import HTTPMethod

from local.http.messages import Request, Response
from local.http.routes import Match
from local.lambda_.invocation import Outcome
from local.model import Function

ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
FRAME = ("START RequestId", "END RequestId", "REPORT RequestId")

METHODS = frozenset(HTTPMethod)

# What is printed of one failure; a traceback says most at its ends.
FIRST_LINES = 40
LAST_LINES = 60
MAX_CHARACTERS = 2_000


class RequestLog:
    """Prints the log lines of one server, each with the `name` of the server."""

    def __init__(self, name: str, print_line: Callable[[str], None]) -> None:
        self._name = name
        self._print_line = print_line

    def answered(
        self, name: str, response: Response, seconds: float, log: bytes
    ) -> None:
        """Report an answered HTTP request; for a 5xx with the function's words."""
        self._line(
            f"{response.status} {name}  {seconds * 1000:.1f} ms"
            f"  {len(response.body)} bytes"
        )
        if response.status >= 500:
            self._explain(log)

    def invoked(self, function: Function, outcome: Outcome) -> None:
        """Report a direct invocation; for a failed one with the function's words.

        One that answered 500 has not failed as an invocation, but has a trace.
        """
        result = outcome.error or "ok"
        self._line(f"invoke {function.logical_id} {result}")
        if outcome.error or outcome.trace:
            self._explain(explanation_of(outcome))

    def _line(self, text: str) -> None:
        self._print_line(f"{time.strftime('%H:%M:%S')} {self._name} {text}")

    def _explain(self, log: bytes) -> None:
        for line in explained(log):
            self._print_line(line)


def explanation_of(outcome: Outcome) -> bytes:
    """Return what shows the developer why an invocation failed.

    The platform's own word for it, where the function printed nothing of the kind.
    """
    said = outcome.log + outcome.trace.encode()
    return said if telling(said) or not outcome.error else said + outcome.payload


def explained(log: bytes) -> list[str]:
    """Return lines to print of a function's log that explain a failure."""
    lines = telling(log)
    left_out = len(lines) - FIRST_LINES - LAST_LINES
    if left_out > 0:
        lines[FIRST_LINES:-LAST_LINES] = [f"... {left_out} lines left out here ..."]
    return [f"         | {_printable(line)}" for line in lines]


def _printable(line: str) -> str:
    """Return a line that moves no cursor and fits the screen."""
    shown = line[:MAX_CHARACTERS].expandtabs(4)
    more = "..." if len(line) > MAX_CHARACTERS else ""
    characters = (one if one.isprintable() else ascii(one)[1:-1] for one in shown)
    return "".join(characters) + more


def method_of(request: Request) -> str:
    """Return a method that HTTP defines; another one is the client's own text."""
    return request.method if request.method in METHODS else "(other method)"


def name_of(match: Match) -> str:
    """Return a request's name: its route, with the ids in it that are ULIDs."""
    name = match.route.key
    for parameter, value in match.parameters.items():
        if ULID.fullmatch(value):
            name = name.replace(f"{{{parameter}}}", value)
    return name


def telling(log: bytes) -> list[str]:
    """Return the lines of a function's log that explain a failure.

    Not the frame, and of the function's own JSON lines only its faults.
    """
    lines = log.decode("utf-8", "replace").replace("\r", "\n").splitlines()
    return [
        line
        for line in lines
        if line.strip() and not line.startswith(FRAME) and not _is_routine(line)
    ]


def _is_routine(line: str) -> bool:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("event") != "fault"
