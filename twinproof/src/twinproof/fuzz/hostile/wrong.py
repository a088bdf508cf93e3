"""Values, names and whole bodies that are invalid or look invalid."""

from __future__ import annotations

from typing import Any

JSON_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1.5,
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    [[]],
    "\0",
)
STRANGE_NAMES: tuple[str, ...] = (
    "__proto__",
    "constructor",
    "toString",
    "",
    "~",
    "/",
    "a/b~c",
    "é",
)
STRANGE_NAMES += (
    "\uff5e",
    "😀",
    "Name",
    "name ",
    "hasOwnProperty",
    "\0",
    "length",
    "0",
)
BROKEN: tuple[str, ...] = (
    "",
    " ",
    "{",
    "}",
    "[1,]",
    '{"a":1,}',
    "{'a':1}",
    "{a:1}",
    "1 2",
    "{} {}",
)
BROKEN += (
    "/**/{}",
    "{}//",
    "nul",
    "True",
    "undefined",
    '{"a"}',
    "{,}",
    "\x00",
    "{}\x00",
)
BROKEN += (
    "\ufeff{}",
    "{}\ufeff",
    "\xa0{}",
    "\f{}",
    "{}\v",
    "\u2028{}",
    '{"a":1 "b":2}',
)
NOT_UTF8: tuple[bytes, ...] = (
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
)
NOT_UTF8 += (b"\x80", b"\xf8\x88\x80\x80\x80", b"\xc3")
OTHER_ENCODINGS: tuple[str, ...] = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-8-sig",
)
