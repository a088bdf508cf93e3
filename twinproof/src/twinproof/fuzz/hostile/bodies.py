"""Bodies that are invalid, or valid in an unusual way, by the name of their class.

A maker takes a valid body (names and values, plain or expressions) and returns the
part of `when` that sends the changed body.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from twinproof.fuzz.hostile import texts, wrong
from twinproof.fuzz.hostile.members import Member, valid_value
from twinproof.fuzz.hostile.texts import Raw, source

Body = Mapping[str, Any]
Maker = Callable[["Random", tuple[Member, ...], Body], dict[str, Any]]


def written(members: list[tuple[Raw, Raw]], before: str = "", after: str = "") -> Any:
    """Return the source text of an object as an expression."""
    parts: Raw = [before + "{"]
    for number, (name, value) in enumerate(members):
        parts += ["," if number else "", *name, ":", *value]
    return {"text": joined([*parts, "}" + after])}


def joined(parts: Raw) -> Any:
    """Return parts as one text; plain neighbours are joined."""
    merged: Raw = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged[0] if len(merged) == 1 else {"concat": merged}


def sources(body: Body) -> list[tuple[Raw, Raw]]:
    """Return the members of a body as JSON source text."""
    return [(source(name), source(value)) for name, value in body.items()]


def _replaced(body: Body, name: str, raw: Raw) -> dict[str, Any]:
    """Return a body in which one member has this source text as value."""
    rest = {other: value for other, value in body.items() if other != name}
    return dict(written([*sources(rest), (source(name), raw)]))


def _any_type(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    value = rng.choice(wrong.JSON_VALUES)
    shown = {"literal": value} if isinstance(value, dict) else value
    return {"json": {**body, rng.choice(members).name: shown}}


def _top_level(rng: Random, _: tuple[Member, ...], __: Body) -> dict[str, Any]:
    raw = [json.dumps(value) for value in wrong.JSON_VALUES]
    return {"text": rng.choice((*raw, "1e400", "-0", '"\\u0000"', "  null\n"))}


def _length(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    member = rng.choice(_texts(members))
    low, high = member.lengths
    if "pattern" not in member.schema:
        return {"json": {**body, member.name: texts.stretched(rng, low, high)}}
    fill, at = rng.choice(texts.FILLS), rng.randrange(len(member.example))
    count = high - len(member.example) + rng.choice((-1, 0, 1, 2))
    text = member.example[:at] + fill * max(0, count) + member.example[at:]
    return {"json": {**body, member.name: _own(member, text)}}


def _edit(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    member = rng.choice(_texts(members))
    text = texts.edited(rng, member.example)
    return {"json": {**body, member.name: _own(member, text)}}


def _own(member: Member, text: str) -> Any:
    """Return a text with the target's own domain if it is the value of an own member.

    Otherwise both targets would get the same value, and the second would refuse it
    as taken.
    """
    if member.own and member.fits(text):
        return {"concat": [text, ".", {"domain": True}]}
    return text


def _control(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    sign = rng.choice(("\0", *texts.CONTROLS))
    text = rng.choice((sign, f"a{sign}", f"{sign}a", f"a{sign}b"))
    return {"json": {**body, rng.choice(_texts(members)).name: text}}


def _source_class(*classes: str) -> Maker:
    """Return a maker that gives one member one of these source texts."""

    def make(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
        return _replaced(body, rng.choice(members).name, [rng.choice(classes)])

    return make


def _bound(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    numbers = [member for member in members if "integer" in member.types]
    if not numbers:
        return _source_class(*texts.NUMBERS)(rng, members, body)
    member = rng.choice(numbers)
    if member.clock and rng.random() < 0.6:
        forms: tuple[Raw, ...] = (["", ".0"], ["", "e0"], ["", "0e-1"], ["", ".5"])
        time = {"now": rng.choice(member.clock.edges)}
        before, after = rng.choice(forms)
        return _replaced(body, member.name, [before, time, after])
    raw = [texts.bounded_number(rng, *member.bounds)]
    return _replaced(body, member.name, raw)


def _nesting(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    name = rng.choice((rng.choice(members).name, "unknown"))
    return _replaced(body, name, [texts.nested(rng)])


def _duplicate(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    member = rng.choice(members)
    other = [rng.choice(("null", "0", '""', "{}", '"\\ud800"', '"x"', "[1e400]"))]
    right = source(body.get(member.name, "x"))
    rest = sources({n: v for n, v in body.items() if n != member.name})
    spelt = rng.choice((source(member.name), [_escaped(member.name)]))
    twice = [(source(member.name), other), (spelt, right)]
    if rng.random() < 0.3:
        twice = [(source(member.name), right), (spelt, other)]
    return dict(written([*twice[:1], *rest, *twice[1:]]))


def _escaped(name: str) -> str:
    return f'"\\u{ord(name[0]):04x}{name[1:]}"'


def _missing(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    gone = {member.name for member in members if rng.random() < 0.5}
    return {"json": {name: v for name, v in body.items() if name not in gone}}


def _unknown(rng: Random, _: tuple[Member, ...], body: Body) -> dict[str, Any]:
    more = rng.sample(wrong.STRANGE_NAMES, rng.randrange(1, 5))
    value = rng.choice((1, None, "x", [1]))
    return dict(written(sources({**body, **dict.fromkeys(more, value)})))


def _many_faults(rng: Random, _: tuple[Member, ...], body: Body) -> dict[str, Any]:
    sign = rng.choice(("x", "é", "😀", "~"))
    names = [f"{sign}{n}" for n in range(rng.choice((98, 99, 100, 101, 150)))]
    rng.shuffle(names)
    return dict(written(sources({**body, **dict.fromkeys(names, 1)})))


def _broken(rng: Random, _: tuple[Member, ...], body: Body) -> dict[str, Any]:
    if rng.random() < 0.5:
        return {"text": rng.choice(wrong.BROKEN)}
    before, after = (
        rng.choice(("", " ", "\ufeff", "\x0b")),
        rng.choice((",", "}", "\0")),
    )
    return dict(written(sources(body), before, after))


def _spaced(rng: Random, _: tuple[Member, ...], body: Body) -> dict[str, Any]:
    inside = rng.choice((" ", "\n", "\r\n\t", "\x0c", "\xa0", "\u2003"))
    return dict(written(sources(body), inside, inside))


def _not_utf8(rng: Random, members: tuple[Member, ...], _: Body) -> dict[str, Any]:
    # The body lacks its required members, so it is refused even if it can be read:
    # it must not create a record under a value that is not the sequence's own.
    name = rng.choice(members).name.encode()
    data = b'{"%s":"%s"}' % (name, rng.choice(wrong.NOT_UTF8))
    if rng.random() < 0.3:
        data = rng.choice(("{}", '{"a":1}')).encode(rng.choice(wrong.OTHER_ENCODINGS))
    return {"base64": base64.b64encode(data).decode()}


def _texts(members: tuple[Member, ...]) -> list[Member]:
    return [member for member in members if "string" in member.types]


HOSTILE: dict[str, Maker] = {
    "type": _any_type,
    "top-level": _top_level,
    "length": _length,
    "edit": _edit,
    "control": _control,
    "lone-surrogate": _source_class(*texts.LONE_SURROGATES),
    "surrogate-pair": _source_class(*texts.PAIRS),
    "raw-control": _source_class(*texts.RAW_CONTROLS),
    "bad-string": _source_class(*texts.BAD_STRINGS),
    "number": _source_class(*texts.NUMBERS),
    "bad-number": _source_class(*texts.BAD_NUMBERS),
    "bound": _bound,
    "nesting": _nesting,
    "duplicate": _duplicate,
    "missing": _missing,
    "unknown": _unknown,
    "many-faults": _many_faults,
    "broken": _broken,
    "spaced": _spaced,
    "not-utf8": _not_utf8,
}


def valid_body(
    rng: Random, members: tuple[Member, ...], own: str, *, optional: float = 0.4
) -> dict[str, Any]:
    """Return a valid body; `own` is the expression of its own value, "": none.

    The generator draws nothing for a required member, and nothing for an own member
    that is left out: the sequences of a seed depend on this.
    """
    body: dict[str, Any] = {}
    for member in members:
        if member.own and not member.required and not own:
            continue
        if member.required or rng.random() < optional:
            value = {member.own: own} if member.own else valid_value(rng, member)
            body[member.name] = value
    return body
