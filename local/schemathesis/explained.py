"""Explains findings that are the API's rules but not identified by their status.

Findings that the status identifies are in schemathesis.toml.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from local.deploy.omissions import LOCAL_PARAMETERS

# Schemathesis never gives a code another meaning.
UNFIT_TAKEN = "ST201"
FITTING_REFUSED = "ST202"
METHOD_ANSWERED = "ST204"
TOO_NEAR = [{"pointer": "/expiresAt", "code": "minimum"}]
TOO_FAR = [{"pointer": "/expiresAt", "code": "maximum"}]
SHORTEST_LIFE_MS = 1000 * int(LOCAL_PARAMETERS["MinUserLifetimeSeconds"])
LONGEST_LIFE_MS = 315_360_000_000
# The function read its clock at most this long ago: `request-timeout`.
ANSWERED_WITHIN_MS = 30_000
NO_ROUTE = {"message": "Not Found"}

# `Any`: Schemathesis has an environment of its own, so its types are not known here.
Finding = Any
Case = Any
Response = Any


def explanation(failure: Finding, case: Case, response: Response) -> str | None:
    """Return the name of the explanation of a finding, None if there is none.

    `failure`, `case` and `response` are the arguments of `filter_failure`.
    """
    return next(
        (name for name, fits in EXPLANATIONS.items() if fits(failure, case, response)),
        None,
    )


def _no_route(failure: Finding, _: Case, response: Response) -> bool:
    """Return whether the gateway has no such route: never 405 (rules.md#gateway).

    Schemathesis tries methods that openapi.yaml does not have, such as TRACE.
    """
    unrouted = response.status_code == 404 and _body(response) == NO_ROUTE
    return bool(unrouted) and failure.code == METHOD_ANSWERED


def _no_id(failure: Finding, case: Case, response: Response) -> bool:
    """Return whether the case itself declares that the id in its path is no ULID.

    Such an id is 404, whatever else the request has (rules.md#order-of-checks).
    """
    path = case.meta.components.get("path")
    unfit = path is not None and path.mode.is_negative
    return bool(unfit) and failure.code == UNFIT_TAKEN and response.status_code == 404


def _no_cursor(failure: Finding, case: Case, response: Response) -> bool:
    """Return whether a string that is no cursor was refused (rules.md#cursors).

    The schema's pattern gives only the characters of a cursor, not which strings are
    one.
    """
    if not _refused(failure, response, "invalid-cursor"):
        return False
    sent = (case.query or {}).get("cursor")
    return isinstance(sent, str) and not _is_cursor(sent)


def _is_cursor(text: str) -> bool:
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return False
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        return False
    created, _, record_id = data.decode("latin-1").partition(".")
    return created == _time_of_id(record_id)


def _time_of_id(record_id: str) -> str:
    """Return the milliseconds in a ULID, "" of any other text.

    The tool, which has ULIDs too, is not installed where Schemathesis is.
    """
    if not re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", record_id):
        return ""
    # Crockford's digits leave out I, L, O and U; Python's of base 32 do not.
    digits = str.maketrans("JKMNPQRSTVWXYZ", "IJKLMNOPQRSTUV")
    return str(int(record_id[:10].translate(digits), 32))


def _moving_bound(failure: Finding, case: Case, response: Response) -> bool:
    """Return whether only expiresAt is too near or too far (rules.md#faults-of-a-body).

    Its bounds move with the clock, so that no schema has them.
    """
    if not _refused(failure, response, "validation-failed"):
        return False
    sent = case.body.get("expiresAt") if isinstance(case.body, dict) else None
    if not isinstance(sent, int | float):
        return False
    errors, now = _body(response).get("errors"), _now_ms()
    if errors == TOO_NEAR:
        return sent < now + SHORTEST_LIFE_MS
    return errors == TOO_FAR and sent > now - ANSWERED_WITHIN_MS + LONGEST_LIFE_MS


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _records_decide(failure: Finding, case: Case, response: Response) -> bool:
    """Return whether a fitting request is refused for what is stored.

    No schema can express these reasons: no record has the id, another user has the
    email, the asset is not uploaded, or an ETag is not this version's, or is. A lost
    race is not a reason, because there is one client. Another check verifies that the
    operation documents the status.
    """
    if failure.code != FITTING_REFUSED:
        return False
    match response.status_code:
        case 404:
            # Each creation has a key of its own, so it repeats none.
            return bool(case.path_parameters)
        case 409:
            return _body(response).get("type") != "urn:problem:conflict"
        case 412:
            return "if-match" in case.headers
        case 304:
            return "if-none-match" in case.headers
        case _:
            return False


def _refused(failure: Finding, response: Response, name: str) -> bool:
    if failure.code != FITTING_REFUSED or response.status_code != 400:
        return False
    return _body(response).get("type") == f"urn:problem:{name}"


def _body(response: Response) -> dict[str, object]:
    """Return the JSON object of a response, or an empty one."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


EXPLANATIONS: Mapping[str, Callable[[Finding, Case, Response], bool]] = {
    "no route": _no_route,
    "no id": _no_id,
    "no cursor": _no_cursor,
    "moving bound": _moving_bound,
    "records decide": _records_decide,
}
