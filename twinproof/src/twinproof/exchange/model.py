"""An exchange: one request, what was answered, and what it left behind. Immutable."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Headers = tuple[tuple[str, str], ...]
DEEPEST = 100
# By RFC 9110, section 9.2.1, none of them asks for a change.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OBJECT = "object"
"""The kind of everything in a bucket."""


@dataclass(frozen=True)
class Request:
    """A request, octet for octet as it goes out."""

    method: str
    path: str
    """As sent: percent-encoded, or raw where the case says so."""
    query: str = ""
    """What follows the question mark, without it."""
    headers: Headers = ()
    body: bytes | None = None
    event_patch: Mapping[str, Any] = field(default_factory=dict)
    """RFC 7396 patch of the event; only a Lambda target can carry it."""

    def header(self, name: str) -> str | None:
        """Return a header's values joined by commas, or None."""
        return joined(self.headers, name)


@dataclass(frozen=True)
class Response:
    """What was answered."""

    status: int
    headers: Headers = ()
    """Names in lower case, in the order they came."""
    body: bytes = b""
    log: str | None = None
    """The end of the invocation's log, where the driver shows it."""
    request_id: str = ""
    """The id the gateway gave the request, where the driver knows it."""
    by_name: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """By name in lower case, a header's values joined by commas."""

    def __post_init__(self) -> None:
        """Join headers that came several times; every check looks at them."""
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
        """Return the body as JSON, or None where it is none.

        Every check looks at it, so it is read once: nobody changes it.
        """
        return self._read[0]

    def json(self) -> Any:
        """Return the body as JSON; raise `ValueError` where it is none."""
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
    """Where an item or object is: its store, by the contract's name, and its key.

    `kind` and `label` follow from these two, so two keys are equal without them; who
    knows the service makes the key, and the first one made stays in every mapping.
    """

    table: str
    name: str
    kind: str = field(default="", compare=False)
    """A kind of [records] or [companions] of twinproof.toml, or OBJECT."""
    label: str = field(default="", compare=False)
    """What reports call it, short enough to read."""

    @property
    def is_object(self) -> bool:
        """Say whether an object is there, and no item."""
        return self.kind == OBJECT


Item = Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request and everything that came of it."""

    operation: str
    request: Request
    response: Response
    sent_ms: int
    """Wall clock, epoch milliseconds, rounded down."""
    received_ms: int
    """Rounded up."""
    duration_us: int
    before: Mapping[Key, Item | None] = field(default_factory=dict)
    """What was stored at the keys the exchange could touch; None: nothing."""
    stored: Mapping[Key, Item | None] = field(default_factory=dict)
    """What is stored there now."""
    earlier: frozenset[str] = frozenset()
    """Ids of records that this exchange cannot have created."""
    events: tuple[Mapping[str, Any], ...] = ()
    """The log events that were read."""
    implementation: str | None = None
    """What the target's file says answered; None where it does not say."""
    namespace: str | None = None
    """The metrics' namespace by the target's stack; None where no stack says it."""

    @property
    def succeeded(self) -> bool:
        """Say whether the operation did what it was asked for."""
        return self.response.status < 300

    @property
    def created(self) -> bool:
        """Say whether a record was created, or found under its Idempotency-Key."""
        return self.response.status == 201

    def json(self) -> Any:
        """Return the response's body as JSON, or None where it is none."""
        return self.response.parsed


def created_key(
    exchange: Exchange, shown: Callable[[Mapping[str, Any]], Key | None]
) -> Key | None:
    """Return where the record is stored that an exchange says it created.

    `shown` says where the record of a body is stored.
    """
    body = exchange.json()
    return shown(body) if exchange.created and isinstance(body, dict) else None


def text_of(body: bytes) -> str:
    """Return a body as text; an octet that is no UTF-8 is shown by its number."""
    return body.decode("utf-8", "backslashreplace")


def joined(headers: Headers, name: str) -> str | None:
    """Return the values of one header, in any case of its name, joined by commas."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    return ",".join(values) if values else None


def json_of(text: str) -> Any:
    """Return what a JSON text of a target's holds; raise `ValueError`.

    Also where it is JSON that no report could hold: a number beyond a double, and more
    than `DEEPEST` levels, on which Python's own recursion ends.
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
