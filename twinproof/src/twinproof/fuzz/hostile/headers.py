"""Headers at the limits of HTTP: media types, entity tags, case of names."""

from __future__ import annotations

from random import Random
from typing import Any

Headers = dict[str, Any]

JSON_TYPES: tuple[str, ...] = (
    "application/json",
    "APPLICATION/Json",
    "application/json; charset=utf-8",
)
JSON_TYPES += (
    'application/json;charset="UTF-8"',
    "application/json ;",
    " application/json",
)
JSON_TYPES += ('application/json; a=b; charset=utf-8; c="d\\"e"', "application/json;;")
JSON_TYPES += ('application/json;charset="\\utf-8"', "application/json; CHARSET=Utf-8")
OTHER_TYPES: tuple[str, ...] = (
    "text/plain",
    "application/jsonx",
    "application/json+x",
    "application",
)
OTHER_TYPES += (
    "application/json; charset=latin1",
    "application/json, text/plain",
    "*/*",
)
OTHER_TYPES += (
    "application/json; charset",
    "application/json; =x",
    "application/ json",
)
OTHER_TYPES += (
    'application/json; a="b,c"',
    'application/json; a="b',
    "application/json x",
)
OTHER_TYPES += (
    "application/json; charset=utf8",
    "application/json; charset=",
    ",",
    "é/é",
)
OTHER_TYPES += ("application/merge-patch+json", "application/json; charset='utf-8'")

BAD_TAGS: tuple[str, ...] = (
    "",
    " ",
    "1",
    '"1',
    '1"',
    'w/"1"',
    'W/ "1"',
    '"1" "2"',
    '*, "1"',
    "**",
)
BAD_TAGS += (",", ", ,", '"a b"', '"é"', '"\x7f"', "'1'", '"1";', "W/*", '""1"', "*,")
OTHER_TAGS: tuple[str, ...] = (
    '"0"',
    '"99"',
    '""',
    '"01"',
    '"1 "',
    'W/"99"',
    '"a","b"',
    '"1,2"',
    '"-1"',
)


def content_type(rng: Random, *, patch: bool) -> Headers:
    """Return a content type, valid or not; its name may be in upper case."""
    value: Any = rng.choice(JSON_TYPES + OTHER_TYPES + (None,))
    if rng.random() < 0.1:
        value = [rng.choice(JSON_TYPES), rng.choice(JSON_TYPES + OTHER_TYPES)]
    if patch and rng.random() < 0.3:
        value = rng.choice(
            ("application/merge-patch+json", "Application/Merge-Patch+JSON")
        )
    return {cased(rng, "content-type"): value}


def bad_tags(rng: Random, name: str) -> Headers:
    """Return an If-Match or If-None-Match that is malformed."""
    value: Any = rng.choice(BAD_TAGS)
    if rng.random() < 0.2:
        value = ["*", '"1"']
    return {cased(rng, name): value}


def good_tags(rng: Random, name: str, etag: Any) -> Headers:
    """Return well-formed conditions: current, stale, weak, lists, `*`."""
    forms: tuple[Any, ...] = (
        etag,
        etag,
        {"concat": ["W/", etag]},
        {"concat": ['"x" ,\t', etag]},
        {"concat": [" , ", etag, ",, "]},
        "*",
        " * ",
        ['"x"', etag],
        rng.choice(OTHER_TAGS),
        rng.choice(OTHER_TAGS),
    )
    return {cased(rng, name): rng.choice(forms)}


def cased(rng: Random, name: str) -> str:
    """Return the name of a header in lower, title or upper case."""
    return rng.choice((name, name, name.title(), name.upper()))
