"""An exchange: one request, its response, and what it stored. Immutable."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Headers = tuple[tuple[str, str], ...]
DEEPEST = 100
# None of them asks for a change (RFC 9110, section 9.2.1).
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OBJECT = "object"
"""The kind of everything in a bucket."""


@dataclass(frozen=True)
class Request:
    """A request, byte for byte as it is sent."""

    method: str
    path: str
    """As sent: percent-encoded, or raw where the case says so."""
    query: str = ""
    """The part after the question mark."""
    headers: Headers = ()
    body: bytes | None = None
    event_patch: Mapping[str, Any] = field(default_factory=dict)
    """RFC 7396 patch of the event; only a Lambda target can carry it."""

    def header(self, name: str) -> str | None:
        """Return a header's values joined by commas, or None."""
        return joined(self.headers, name)


@dataclass(frozen=True)
class Response:
    """The response to a request."""

    status: int
    headers: Headers = ()
    """Names in lower case, in the order they came."""
    body: bytes = b""
    log: str | None = None
    """The end of the invocation's log, if the driver shows it."""
    request_id: str = ""
    """The gateway's id of the request, if the driver knows it."""
    by_name: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """By name in lower case: the values of a header, joined by commas."""

    def __post_init__(self) -> None:
        """Join repeated headers once, because every check reads them."""
        values: dict[str, list[str]] = {}
        for name, value in self.headers:
            values.setdefault(name.lower(), []).append(value)
        by_name = {name: ",".join(several) for name, several in values.items()}
        object.__setattr__(self, "by_name", by_name)

    def header(self, name: str) -> str | None:
        """Return a header's values joined by commas, or None."""
        return self.by_name.get(name.lower())

    @cached_property
    def parsed(self) -> Any:
        """Return the body as JSON, or None if it is not JSON.

        Every check reads it, so it is parsed once. Nobody changes it.
        """
        return self._read[0]

    def json(self) -> Any:
        """Return the body as JSON; raise `ValueError` if it is not JSON."""
        value, fault = self._read
        if fault is not None:
            raise ValueError(fault)
        return value

    @cached_property
    def _read(self) -> tuple[Any, str | None]:
        try:
            return json_of(self.body.decode("utf-8")), None
        except ValueError as error:
            return None, str(error)


@dataclass(frozen=True, order=True)
class Key:
    """The key of an item or object, and its store by the contract's name.

    `kind` and `label` follow from these two, so equality ignores them. The domain makes
    the keys; in a mapping the first of two equal keys stays.
    """

    table: str
    name: str
    kind: str = field(default="", compare=False)
    """A kind of [records] or [companions] of twinproof.toml, or OBJECT."""
    label: str = field(default="", compare=False)
    """Its short name in reports."""

    @property
    def is_object(self) -> bool:
        """Say whether it is the key of an object, not of an item."""
        return self.kind == OBJECT


Item = Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request and all of its results."""

    operation: str
    request: Request
    response: Response
    sent_ms: int
    """Wall clock, epoch milliseconds, rounded down."""
    received_ms: int
    """Rounded up."""
    duration_us: int
    before: Mapping[Key, Item | None] = field(default_factory=dict)
    """The values before, at the keys that the exchange could change; None: none."""
    stored: Mapping[Key, Item | None] = field(default_factory=dict)
    """The values there now."""
    earlier: frozenset[str] = frozenset()
    """The ids of records that existed before."""
    events: tuple[Mapping[str, Any], ...] = ()
    """Its log events, as far as they were read."""
    implementation: str | None = None
    """The implementation by the target's file; None if the file names none."""
    namespace: str | None = None
    """The metrics' namespace by the target's stack; None if unknown."""

    @property
    def succeeded(self) -> bool:
        """Say whether the operation succeeded."""
        return self.response.status < 300

    @property
    def created(self) -> bool:
        """Say whether it created a record, or repeated a creation by its key."""
        return self.response.status == 201

    def json(self) -> Any:
        """Return the response's body as JSON, or None if it is not JSON."""
        return self.response.parsed


def created_key(
    exchange: Exchange, shown: Callable[[Mapping[str, Any]], Key | None]
) -> Key | None:
    """Return the key of the record that an exchange created.

    `shown` returns the key of the record in a body.
    """
    body = exchange.json()
    return shown(body) if exchange.created and isinstance(body, dict) else None


def text_of(body: bytes) -> str:
    """Return a body as text; a byte that is not UTF-8 is shown by its number."""
    return body.decode("utf-8", "backslashreplace")


def joined(headers: Headers, name: str) -> str | None:
    """Return the values of one header, in any case of its name, joined by commas."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    return ",".join(values) if values else None


def json_of(text: str) -> Any:
    """Parse JSON from a target; raise `ValueError`.

    Also refuses JSON that no report could show: a number beyond a double, and more than
    `DEEPEST` levels, at which Python's own recursion ends.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    _check_depth(value)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259)")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is beyond a double")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise ValueError(f"it is nested deeper than {DEEPEST} levels")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
