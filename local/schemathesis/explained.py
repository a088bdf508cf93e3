"""Findings that are the API's rules, where a status alone would excuse too much.

Those that a status tells are in schemathesis.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Schemathesis never gives a code another meaning.
FITTING_REFUSED = "ST202"
METHOD_ANSWERED = "ST204"
MOVING = (
    [{"pointer": "/expiresAt", "code": "minimum"}],
    [{"pointer": "/expiresAt", "code": "maximum"}],
)
NO_ROUTE = {"message": "Not Found"}

# `Any`: Schemathesis has an environment of its own, so its types are not known here.
Finding = Any
Case = Any
Response = Any


def explanation(failure: Finding, case: Case, response: Response) -> str | None:
    """Return the name of what explains a finding, None where nothing does.

    `failure`, `case` and `response` as Schemathesis hands them to `filter_failure`.
    """
    return next(
        (name for name, fits in EXPLANATIONS.items() if fits(failure, case, response)),
        None,
    )


def _no_route(failure: Finding, _: Case, response: Response) -> bool:
    """Return whether the gateway knows no such route: never 405 (rules.md#gateway).

    Schemathesis tries methods that openapi.yaml does not have, such as TRACE.
    """
    unrouted = response.status_code == 404 and _body(response) == NO_ROUTE
    return bool(unrouted) and failure.code == METHOD_ANSWERED


def _opaque_cursor(failure: Finding, _: Case, response: Response) -> bool:
    """Return whether a drawn cursor was refused (rules.md#cursors).

    No pattern says which strings are cursors: the one there is names their characters.
    """
    return _refused(failure, response, "invalid-cursor")


def _moving_bound(failure: Finding, _: Case, response: Response) -> bool:
    """Return whether only expiresAt is too near or too far (rules.md#faults-of-a-body).

    Its bounds move with the clock, so that no schema has them.
    """
    unfit = _refused(failure, response, "validation-failed")
    return unfit and _body(response).get("errors") in MOVING


def _header_past_its_pattern(failure: Finding, case: Case, response: Response) -> bool:
    """Return whether the case itself says that its header does not fit the pattern.

    In its coverage phase Schemathesis 4.32 makes headers of letters and digits only, so
    it finds no entity tag, for these have quotes. It then takes a header that does not
    fit, notes so, and still counts the case as one that fits.
    """
    header = case.meta.components.get("header")
    past = header is not None and header.mode.is_negative
    return bool(past) and _refused(failure, response, "malformed-request")


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
    "opaque cursor": _opaque_cursor,
    "moving bound": _moving_bound,
    "header past its pattern": _header_past_its_pattern,
}
