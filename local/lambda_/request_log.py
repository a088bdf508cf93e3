"""One readable line for each request, followed by the explanation of a failure.

From a request, the line shows only the method, the route and the ids. The message of
a fault, which the handlers show only to the developer, may quote more.
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

# Printed for one failure. Both ends of a traceback are more useful than its middle.
FIRST_LINES = 40
LAST_LINES = 60
MAX_CHARACTERS = 2_000


class RequestLog:
    """Prints the lines of one server, marked with `name`, through `print_line`."""

    def __init__(self, name: str, print_line: Callable[[str], None]) -> None:
        self._name = name
        self._print_line = print_line

    def answered(
        self, name: str, response: Response, seconds: float, log: bytes
    ) -> None:
        """Print the line of an HTTP request; after a 5xx, also explain it by `log`."""
        self._line(
            f"{response.status} {name}  {seconds * 1000:.1f} ms"
            f"  {len(response.body)} bytes"
        )
        if response.status >= 500:
            self._explain(log)

    def invoked(self, function: Function, outcome: Outcome) -> None:
        """Print the line of a direct invocation; explain one that failed.

        An invocation whose function returned a 500 did not fail, but it has a trace.
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
    """Return the text that shows the developer why an invocation failed.

    If the function printed no explanation, it ends with the platform's own error.
    """
    said = outcome.log + outcome.trace.encode()
    return said if telling(said) or not outcome.error else said + outcome.payload


def explained(log: bytes) -> list[str]:
    """Return the lines of a function's log that explain a failure, ready to print."""
    lines = telling(log)
    left_out = len(lines) - FIRST_LINES - LAST_LINES
    if left_out > 0:
        lines[FIRST_LINES:-LAST_LINES] = [f"... {left_out} lines left out here ..."]
    return [f"         | {_printable(line)}" for line in lines]


def _printable(line: str) -> str:
    """Return a line shortened, and without characters that steer the terminal."""
    shown = line[:MAX_CHARACTERS].expandtabs(4)
    more = "..." if len(line) > MAX_CHARACTERS else ""
    characters = (one if one.isprintable() else ascii(one)[1:-1] for one in shown)
    return "".join(characters) + more


def method_of(request: Request) -> str:
    """Return the method if HTTP defines it; any other is free text of the client."""
    return request.method if request.method in METHODS else "(other method)"


def name_of(match: Match) -> str:
    """Return a request's name: its route, with the ids in it if they are ULIDs."""
    name = match.route.key
    for parameter, value in match.parameters.items():
        if ULID.fullmatch(value):
            name = name.replace(f"{{{parameter}}}", value)
    return name


def telling(log: bytes) -> list[str]:
    """Return the lines of a function's log that explain a failure.

    The frame is left out, and so are the function's own JSON lines except faults.
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
