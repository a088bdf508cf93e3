"""What volatile values are compared by: one small function for each kind.

A normal form is equal on both targets exactly where the values say the same. Of a value
that does not keep its rule the normal form is the value itself, so that it differs.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contract.suite import rules
from contract.suite.expressions import position
from contract.suite.items import is_integer, record_key
from contract.suite.observation import Observation

if TYPE_CHECKING:
    from contract.suite.rules import Rule
    from contract.suite.sides import Side

# Any: what a normal form is matters to nobody; two of them are equal or they are not.
Normal = Callable[[Any, Observation, "Side"], Any]


@dataclass(frozen=True, eq=False)
class Moment:
    """A time that a case says as it is, or relative to its start."""

    value_ms: int
    offset_ms: int

    def __eq__(self, other: object) -> bool:
        """Say whether two times can come of the same words."""
        return isinstance(other, Moment) and (
            self.value_ms == other.value_ms or self.offset_ms == other.offset_ms
        )

    # What is equal by either of two things has no one hash.
    __hash__ = None  # type: ignore[assignment]


def plain(value: Any, _: Observation | None, side: Side) -> Any:
    """Return a value by itself, kind and all: True, 1 and 1.0 are three values."""
    if isinstance(value, str):
        return side.text(value)
    return ("json", side.text(json.dumps(value, sort_keys=True, default=repr)))


def by_rule(rule: Rule) -> Normal:
    """Return the normal form of what its rule fixes: that the rule holds."""
    name = rule.__name__.replace("_", "-")

    def normal(value: Any, seen: Observation, side: Side) -> Any:
        return plain(value, seen, side) if rule(value, seen) else (name,)

    return normal


def identity(value: Any, seen: Observation, side: Side) -> Any:
    """Return an id by its name: the same record has the same name on both sides."""
    return (side.name(value),) if side.is_id(value) else plain(value, seen, side)


def below(_: Any, __: Observation, ___: Side) -> Any:
    """Stand for a value whose members are compared one by one."""
    return None


def time_of_write(value: Any, seen: Observation, side: Side) -> Any:
    """Return a time that the exchange wrote, or left, as just that."""
    if not seen.written and seen.before is None:
        # The rule leaves it open: the two sides read the same record.
        return moment(value, seen, side)
    return by_rule(rules.time_of_write)(value, seen, side)


def moment(value: Any, seen: Observation, side: Side) -> Any:
    """Return a time that a client chose, relative to the start of the case."""
    if not is_integer(value):
        return plain(value, seen, side)
    return Moment(value, value - side.start_ms)


def cursor(value: Any, seen: Observation, side: Side) -> Any:
    """Return a cursor by the record it stands behind."""
    place = _decoded(value)
    if place is None:
        return plain(value, seen, side)
    items = seen.document.get("items")
    last = items[-1] if isinstance(items, list) and items else None
    # The last of a page may be another's record.
    if isinstance(last, dict) and record_key(last) and place == _position(last):
        return ("behind the last of the page",)
    time, _, record_id = place.partition(".")
    return ("behind", moment_text(time, side), side.text(record_id))


def _position(record: Mapping[str, Any]) -> str:
    return "{}.{}".format(*position(record))


def _decoded(value: Any) -> str | None:
    """Return a cursor's text; None where it is not base64url without padding."""
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z0-9_-]+", value):
        return None
    try:
        return base64.urlsafe_b64decode(f"{value}{-len(value) % 4 * '='}").decode()
    except ValueError:
        return None


def moment_text(digits: str, side: Side) -> str:
    """Return a time in digits, relative to the start of the case."""
    known = digits.isascii() and digits.isdigit()
    return f"start{int(digits) - side.start_ms:+d}" if known else digits


def signed_url(rule: Rule) -> Normal:
    """Return the normal form of a presigned URL: its parts, encoded as they came."""

    def normal(value: Any, seen: Observation, side: Side) -> Any:
        if not isinstance(value, str) or rule(value, seen):
            return plain(value, seen, side)
        parts = urlsplit(value)
        host, path = parts.netloc, side.text(parts.path)
        if side.layout:
            bucket = side.layout.assets_bucket
            host, path = (part.replace(bucket, "<bucket>", 1) for part in (host, path))
        # The order of parameters means nothing: a signature covers them sorted.
        query = sorted(_parameter(part, side) for part in parts.query.split("&"))
        return (parts.scheme, host, path, parts.fragment, query)

    return normal


# What role, clock and key make of a parameter, and what follows that.
_SIGNING = {
    # The URL's rule holds the time of signing.
    "X-Amz-Date": re.compile("[0-9]{8}T[0-9]{6}Z()"),
    "X-Amz-Signature": re.compile("[0-9a-f]{64}()"),
    "X-Amz-Security-Token": re.compile("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+()"),
    "X-Amz-Credential": re.compile("[A-Za-z0-9]+%2F[0-9]{8}(%2F.*)"),
}


def _parameter(part: str, side: Side) -> str:
    name, equals, value = part.partition("=")
    form = _SIGNING.get(name)
    found = form.fullmatch(value) if form else None
    if found:
        return f"{name}=<signing>{found[1]}"
    return side.text(f"{name}{equals}{value}")


def during(value: Any, seen: Observation, side: Side) -> Any:
    """Return a time that lies within the exchange as just that."""
    held = not seen.in_time(value)
    return ("during the exchange",) if held else plain(value, seen, side)


def request_id(value: Any, seen: Observation, side: Side) -> Any:
    """Return the id that the gateway gave the request as just that."""
    response = seen.exchange.response
    given = response.request_id or response.header("apigw-requestid")
    given = given or response.header("x-request-id")
    held = isinstance(value, str) and value == given
    return ("the request's id",) if held else plain(value, seen, side)


def http_date(value: Any, seen: Observation, side: Side) -> Any:
    """Return a Date header (RFC 9110, section 6.6.1) within the exchange as that."""
    try:
        at_ms = int(parsedate_to_datetime(value).timestamp() * 1000)
    except ValueError:
        return plain(value, seen, side)
    # Whole seconds: the one in which the request went out counts.
    low = seen.exchange.sent_ms - 1_000
    late = seen.in_time(max(at_ms, seen.exchange.sent_ms))
    held = at_ms > low - seen.skew_ms and not late
    return ("during the exchange",) if held else plain(value, seen, side)


def length_of_body(value: Any, seen: Observation, side: Side) -> Any:
    """Return the number of the body's octets as just that."""
    held = str(value) == str(len(seen.exchange.response.body))
    return ("octets of the body",) if held else plain(value, seen, side)


def duration(value: Any, seen: Observation, side: Side) -> Any:
    """Return microseconds that are no longer than the exchange as just that."""
    held = is_integer(value) and 0 <= value <= seen.exchange.duration_us
    return ("a duration",) if held else plain(value, seen, side)


def cold_start(value: Any, seen: Observation, side: Side) -> Any:
    """Return whether it was a sandbox's first event as just that."""
    held = value in (0, 1)
    return ("whether cold", type(value)) if held else plain(value, seen, side)


def implementation(value: Any, seen: Observation, side: Side) -> Any:
    """Return the implementation's name, where it is its own, as just that."""
    known = seen.exchange.implementation
    held = isinstance(value, str) and value == (known or value)
    return ("its own name",) if held else plain(value, seen, side)


def metrics_namespace(value: Any, seen: Observation, side: Side) -> Any:
    """Return a namespace, where it is the one that the stack says, as just that."""
    known = seen.exchange.namespace
    held = isinstance(value, str) and value == (known or value)
    return ("its own namespace",) if held else plain(value, seen, side)


def own_text(value: Any, seen: Observation, side: Side) -> Any:
    """Return text, or a list of it, whose words are the implementation's own."""
    texts = value if isinstance(value, list) else [value]
    held = bool(texts) and all(isinstance(text, str) and text for text in texts)
    return ("own words", type(value)) if held else plain(value, seen, side)


def of_the_gateway(_: Any, __: Observation, ___: Side) -> Any:
    """Return what is said of the connection, and by the gateway, as just that."""
    return ("of the gateway",)
