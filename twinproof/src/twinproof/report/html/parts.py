"""Splits an exchange into parts: request, headers, body, status, items, log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from twinproof.cases.matching import Mismatch
from twinproof.exchange.model import Exchange, Headers, Key, text_of
from twinproof.report.html.lines import Line, text_lines, value_lines
from twinproof.report.html.markup import counted


@dataclass(frozen=True)
class Part:
    """One part of an exchange."""

    title: str
    kind: str
    """The first word of a mismatch's label; "": nothing is checked there."""
    lines: list[Line] = field(default_factory=list)
    note: str = ""
    """What is shown if there are no lines."""
    size: str = ""


def parts_of(exchange: Exchange, stored: Sequence[Key | None]) -> list[Part]:
    """Return the parts of an exchange, with the stored items at these keys."""
    return [
        *_request(exchange),
        *_response(exchange),
        *(_stored(exchange, key) for key in stored),
        *_log(exchange),
    ]


def _request(exchange: Exchange) -> Iterator[Part]:
    request = exchange.request
    query = f"?{request.query}" if request.query else ""
    line = f"{request.method} {request.path}{query}"
    yield Part("request", "", [Line(line, "", "line")])
    yield _headers("request headers", "", request.headers)
    yield _body("request body", "", request.body)


def _response(exchange: Exchange) -> Iterator[Part]:
    response = exchange.response
    yield Part("status", "status", [Line(str(response.status), "", "status")])
    yield _headers("response headers", "header", response.headers)
    yield _body("response body", "body", response.body)


def _headers(title: str, kind: str, headers: Headers) -> Part:
    # Two targets may send headers in any order.
    lines = [
        Line(f"{name}: {value}", f"/{name.lower()}", name.lower())
        for name, value in sorted(headers, key=lambda pair: pair[0].lower())
    ]
    return Part(title, kind, lines, "none")


def _body(title: str, kind: str, body: bytes | None) -> Part:
    text = text_of(body or b"")
    size = counted(len(body), "byte") if body else ""
    return Part(title, kind, text_lines(text), "none", size)


def _stored(exchange: Exchange, key: Key | None) -> Part:
    if key is None:
        return Part("stored", "", note="not read")
    item, kind = exchange.stored.get(key), key.kind
    title = f"stored {kind}"
    shown = Line(key.label.partition(" ")[2], "", "name")
    if item is None:
        return Part(title, kind, [shown, Line("nothing", "", "none")])
    if exchange.before.get(key) == item:
        title = f"{title}, as before"
    return Part(title, kind, [shown, *value_lines(dict(item))])


def _log(exchange: Exchange) -> Iterator[Part]:
    for number, event in enumerate(exchange.events):
        base = f"/{number}"
        lines = [
            replace(line, pointer=f"{base}{line.pointer}")
            for line in value_lines(dict(event))
        ]
        kind = "metric" if "_aws" in event else str(event.get("event", "event"))
        yield Part(f"log: {kind}", "log", lines)


def shared_keys(
    one: Exchange, other: Exchange | None
) -> tuple[list[Key | None], list[Key | None]]:
    """Return the stored keys of two exchanges, those of the same kind side by side."""
    left, right = _by_kind(one), _by_kind(other)
    rows = [
        row
        for kind in sorted(left.keys() | right.keys())
        for row in zip_longest(left.get(kind, []), right.get(kind, []))
    ]
    return [row[0] for row in rows], [row[1] for row in rows]


def _by_kind(exchange: Exchange | None) -> Mapping[str, list[Key]]:
    kinds: dict[str, list[Key]] = {}
    for key in sorted(exchange.stored) if exchange else []:
        kinds.setdefault(key.kind, []).append(key)
    return kinds


@dataclass(frozen=True)
class Marks:
    """The locations of mismatches, to mark the lines there."""

    locations: frozenset[tuple[str, str]] = frozenset()
    """Kind of part and JSON Pointer; `*` in it is any number."""

    @classmethod
    def of(cls, mismatches: Iterable[Mismatch]) -> Marks:
        """Return the marks of mismatches."""
        return cls(frozenset(_location(each.where) for each in mismatches))

    def cover(self, kind: str, pointer: str) -> bool:
        """Return whether a mismatch is at a pointer, or at a parent of it."""
        if not kind:
            return False
        steps = pointer.split("/")
        reached = ["/".join(steps[: end + 1]) for end in range(len(steps))]
        if kind == "log":
            reached += [
                f"/*{each[each.find('/', 1) :]}" for each in reached if "/" in each[1:]
            ]
        return any((kind, each) in self.locations for each in reached)


def _location(where: str) -> tuple[str, str]:
    """Return the kind and the pointer of a mismatch's label."""
    kind, _, rest = where.partition(" ")
    if kind not in ("body", "header", "log"):
        # The name of an id contains the pointer at which it first occurred.
        rest = re.sub("<[^<>]*>", "", rest)
    name, slash, path = rest.partition("/")
    pointer, name = f"{slash}{path}", name.strip()
    if kind == "header":
        return kind, f"/{name.lower()}"
    if kind == "log" and name:
        # `log 0 /x` counts events, `log request /x` names one.
        return kind, f"/{name if name.isdigit() else '*'}{pointer}"
    return kind, pointer
