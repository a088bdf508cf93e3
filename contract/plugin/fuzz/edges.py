"""Headers, queries and paths at the limits of what the contract accepts."""

from __future__ import annotations

from random import Random
from typing import Any

from twinproof.plugin import (
    JSON_TYPES,
    OTHER_TYPES,
    Headers,
    bad_tags,
    cased,
    content_type,
    good_tags,
)

__all__ = [
    "BAD_KEYS",
    "JSON_TYPES",
    "LIMITS",
    "NO_RECORD",
    "OTHER_TYPES",
    "STATUSES",
    "bad_key",
    "bad_tags",
    "cased",
    "content_type",
    "good_tags",
    "ignored",
    "raw_id",
    "raw_query",
]

# The suffix of the case and run adds 18 bytes, so the last but one has 256.
BAD_KEYS: tuple[str, ...] = (
    "a b",
    "a,b",
    "a\tb",
    "\x7f",
    "é",
    '"é"',
    "a ",
    "x" * 238,
    "k" * 300,
)
LIMITS: tuple[str, ...] = (
    "1",
    "2",
    "3",
    "100",
    "101",
    "999",
    "1000",
    "0",
    "00",
    "01",
    "-1",
    "+1",
    "1.0",
)
LIMITS += ("", " 1", "1 ", "1e1", "\uff11", "\u0661", "1\n", "0x1", "null", "1,2", "²")
STATUSES: tuple[str, ...] = (
    "pending",
    "uploaded",
    "Pending",
    "",
    "pending ",
    "pending,uploaded",
    "null",
)
RAW_QUERIES: tuple[str, ...] = (
    "%",
    "%z",
    "limit=%",
    "limit=%ff",
    "%ff=1",
    "limit=%C0%AF",
    "a=%ED%A0%80",
)
RAW_QUERIES += (
    "limit=1&limit=1",
    "limit=1,2",
    "limit",
    "=",
    "=1",
    "&",
    "&&",
    "limit=1&&",
)
RAW_QUERIES += ("%6cimit=1", "LIMIT=1", "limit=%31", "limit=1%00", "limit=1;a=2", "x=1")
RAW_QUERIES += (
    "limit=+1",
    "limit=1+",
    "limit=%2B1",
    "limit==1",
    "limit[]=1",
    "a=1&b=2",
)
RAW_QUERIES += ("limit=0&cursor=x", "cursor=&limit=1", "cursor=%", "limit=%25", "%26=1")
RAW_QUERIES += (
    "__proto__=1",
    "toString",
    "limit=1&__proto__=1",
    "%EF%BD%9E=1&%F0%9F%98%80=1",
)

PATH_IDS: tuple[str, ...] = (
    "x",
    "0",
    "%00",
    "%2e%2e",
    "..",
    ".",
    "%",
    "%zz",
    "%ff",
    "a%2Fb",
    "+",
    "null",
)
PATH_IDS += (
    "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "0123456789ABCDEFGHJKMNPQR",
    "email%23a%40b.cc",
)
PATH_IDS += ("01KHBX6VG0ZT9V3RX6C2W5QJDEX", "01KHBX6VG0ZT9V3RX6C2W5QJDU", "%ED%A0%80")
PATH_IDS += (
    "01KHBX6VG0ZT9V3RX6C2W5QJDE%0A",
    "%2001KHBX6VG0ZT9V3RX6C2W5QJDE",
    "%E2%84%AA",
)
NO_RECORD = "01KHBX6VG0ZT9V3RX6C2W5QJDE"


def bad_key(rng: Random) -> Headers:
    """Return an Idempotency-Key that is invalid or sent twice."""
    value: Any = {"key": rng.choice(BAD_KEYS)}
    if rng.random() < 0.2:
        value = rng.choice(("", " ", "\t"))
    elif rng.random() < 0.2:
        value = [{"key": "a"}, {"key": rng.choice("ab")}]
    return {cased(rng, "idempotency-key"): value}


def ignored(rng: Random) -> Headers:
    """Return a header that the operation does not read."""
    return rng.choice(
        (
            {"x-request-id": "mine"},
            {"accept": "text/html;q=0.5,*/*"},
            {"if-modified-since": "yesterday"},
            {"idempotency-key-x": ","},
            {"cookie": "a=1; a=2; é=3"},
            {"x-empty": ""},
            {"accept-encoding": "gzip"},
        )
    )


def raw_query(rng: Random) -> str:
    """Return a raw query, mostly an invalid one."""
    return rng.choice(RAW_QUERIES)


def raw_id(rng: Random, record_id: Any) -> Any:
    """Return a path segment that is not an id, or an id in an unusual spelling.

    ULIDs of this millennium begin with 0, which is %30.
    """
    if rng.random() < 0.5:
        return rng.choice(PATH_IDS)
    tail = {"slice": [record_id, 1, 26]}
    forms: tuple[list[Any], ...] = (
        ["%30", tail],
        ["O", tail],
        [{"lower": record_id}],
        [record_id, "%20"],
        ["%20", record_id],
        [record_id, "%00"],
        ["%2530", tail],
        [{"slice": [record_id, 0, 25]}],
        [record_id, "+"],
    )
    return {"concat": list(rng.choice(forms))}
