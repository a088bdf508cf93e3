"""Bodies at this service's own limits: its size limit and its addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from twinproof.plugin import HOSTILE as TOOLS
from twinproof.plugin import Body, Maker, Member, Raw, joined, sources, written

MAX_BYTES = 65_536
# The domain of a case's own address has this length in every run.
OWN_BYTES = len("@01234567.01234567.example")


def _size(rng: Random, _: tuple[Member, ...], body: Body) -> dict[str, Any]:
    """Return a body near the size limit, padded with spaces."""
    if "email" in body:
        body = {"email": {"email": "size"}, "name": "x"}
    plain = {"email": f"size{'x' * (OWN_BYTES)}"} if "email" in body else {}
    least = json.dumps({**body, **plain}, ensure_ascii=False, separators=(",", ":"))
    room = MAX_BYTES - len(least.encode()) + rng.choice((-1, 0, 1, 2, 40_000))
    return dict(written(sources(body), "", "")) | {
        "text": joined([{"repeat": [" ", room]}, *_parts(written(sources(body)))])
    }


def _parts(text: Mapping[str, Any]) -> Raw:
    value = text["text"]
    return list(value["concat"]) if isinstance(value, dict) else [value]


def _address(rng: Random, members: tuple[Member, ...], body: Body) -> dict[str, Any]:
    """Return a body with an address at the edge of its pattern, in its own domain."""
    if "email" not in {member.name for member in members}:
        return TOOLS["edit"](rng, members, body)
    own = {"domain": True}
    local = rng.choice(
        ("a.b", "a..b", ".a", "a.", "", "ä", "a b", "A+B", "\u212a", "İ", "a@b")
    )
    host = rng.choice(("", "-a.", "a-.", "a_.", "x" * 63 + ".", "x" * 64 + ".", "é."))
    end = rng.choice(("", "", ".", "\n", " ", "\u2028", "-"))
    room = rng.choice((228, 229, 227))
    long: list[Any] = [{"repeat": ["a", room]}, "@", own]
    parts = rng.choice((long, [local, "@", host, own, end], ["a@", host, own]))
    return {"json": {**body, "email": {"concat": parts}}}


# The order decides what a seed draws, so the tool's own classes come first.
HOSTILE: dict[str, Maker] = {**TOOLS, "size": _size, "address": _address}
