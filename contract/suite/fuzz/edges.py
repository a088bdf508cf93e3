"""Headers, queries and paths at the edges of what the contract reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

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

# What makes a key one's own adds 18 octets: the last but one has 256.
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


def content_type(rng: Random, *, patch: bool) -> Headers:
    """Return a content type that may or may not be read, in any case of its name."""
    value: Any = rng.choice(JSON_TYPES + OTHER_TYPES + (None,))
    if rng.random() < 0.1:
        value = [rng.choice(JSON_TYPES), rng.choice(JSON_TYPES + OTHER_TYPES)]
    if patch and rng.random() < 0.3:
        value = rng.choice(
            ("application/merge-patch+json", "Application/Merge-Patch+JSON")
        )
    return {cased(rng, "content-type"): value}


def bad_key(rng: Random) -> Headers:
    """Return an Idempotency-Key that cannot be read, or is two."""
    value: Any = {"key": rng.choice(BAD_KEYS)}
    if rng.random() < 0.2:
        value = rng.choice(("", " ", "\t"))
    elif rng.random() < 0.2:
        value = [{"key": "a"}, {"key": rng.choice("ab")}]
    return {cased(rng, "idempotency-key"): value}


def bad_tags(rng: Random, name: str) -> Headers:
    """Return an If-Match or If-None-Match that cannot be read."""
    value: Any = rng.choice(BAD_TAGS)
    if rng.random() < 0.2:
        value = ["*", '"1"']
    return {cased(rng, name): value}


def good_tags(rng: Random, name: str, etag: Any) -> Headers:
    """Return conditions that can be read: right, stale, weak, lists, `*`."""
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
    """Return a header's name in some case."""
    return rng.choice((name, name, name.title(), name.upper()))


def ignored(rng: Random) -> Headers:
    """Return a header that no operation reads, or not this one."""
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
    """Return a query as it goes out, mostly one that does not fit."""
    return rng.choice(RAW_QUERIES)


def raw_id(rng: Random, record_id: Any) -> Any:
    """Return a path segment that is no id, or an id in an unusual spelling.

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
