"""JSON is read strictly by RFC 8259."""

from __future__ import annotations

import pytest

from shared.errors import MalformedRequest
from shared.json_number import NO_INTEGER
from shared.json_reader import MAX_DEPTH, JsonValue, read_json

LIMIT = 65_536


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b"[]", []),
        (b' \t\r\n{"a" : [1, 2.5]} \n', {"a": [1, NO_INTEGER]}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":{"b":1},"a":{}}', {"a": {}}),
        (b'{"":0}', {"": 0}),
        (b'"\\u0000\\n\\/\\""', '\0\n/"'),
        (b'"\x7f"', "\x7f"),
        ('"\U0001d49c\u2028\ufeff"'.encode(), "\U0001d49c\u2028\ufeff"),
        (b'"\\ud835\\udc9c"', "\U0001d49c"),
        (b'"\\uD835\\uDC9Cx\\ud835\\udc9c"', "\U0001d49cx\U0001d49c"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'"\\\\\\\\ud800\\u0041"', "\\\\ud800A"),
        (b'"\\uffff\\ue000"', "\uffff\ue000"),
        (b"123e-2", NO_INTEGER),
        (b"-0", 0),
    ],
)
def test_reads_valid_json(data: bytes, value: JsonValue) -> None:
    assert read_json(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b'"\xc0\x80"',  # an overlong form
        b'"\xed\xa0\x80"',  # an encoded surrogate
        b'"\xf4\x90\x80\x80"',  # above U+10FFFF
        b'"\xe2\x82"',
        "{}".encode("utf-16"),
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'{"a":NaN}',
        b"nul",
        b"True",
        b"01",
        b"-01",
        b"+1",
        b".5",
        b"1.",
        b"1e",
        b"-",
        b"0x10",
        b"1 2",
        b"{} x",
        b"[1,]",
        b'{"a":1,}',
        b"{a:1}",
        b"{'a':1}",
        b'{"a"}',
        b'"\n"',
        b'"\x00"',
        b'"\x1f"',
        b'"\\x41"',
        b'"\\u12"',
        b'"\\u12G4"',
        b'"\\',
        b'"abc',
        b"[1",
        b"/**/1",
        b"\x0b1",
        b"\x0c1",
        b"\xc2\xa01",
        b"\xe2\x80\xa81",
        "\uff11".encode(),  # a digit, but not of ASCII
    ],
)
def test_refuses_text_that_is_not_json(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_json(data)


@pytest.mark.parametrize(
    "data",
    [
        b'"\\ud800"',
        b'"\\uDBFF"',
        b'"\\udc00"',
        b'"\\uDFFF"',
        b'"\\udc9c\\ud835"',
        b'"\\ud835\\ud835\\udc9c"',
        b'"\\ud835x\\udc9c"',
        b'"\\ud835\\n\\udc9c"',
        b'"\\ud835\\\\udc9c"',
        b'["\\ud835","\\udc9c"]',
        b'{"\\ud800":1}',
        b'{"a":"\\ud800","a":1}',
        b'{"a":{"b":["\\ud800"]},"a":1}',
    ],
)
def test_refuses_a_lone_surrogate_anywhere(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_json(data)


@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_allows_32_levels_but_not_33(left: str, right: str) -> None:
    inner = "null" if left != "[" else ""
    read_json((left * MAX_DEPTH + inner + right * MAX_DEPTH).encode())
    with pytest.raises(MalformedRequest):
        read_json((left * 33 + inner + right * 33).encode())


def test_the_depth_of_siblings_is_not_added_up() -> None:
    deep = b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)
    read_json(b"[" + deep + b"," + deep + b"]")
    with pytest.raises(MalformedRequest):
        read_json(b"[[],[" + deep + b"]]")


def test_many_shallow_values_are_allowed() -> None:
    assert read_json(b"[" + b",".join([b"[]"] * 1000) + b"]") == [[]] * 1000


def test_brackets_in_strings_are_not_levels() -> None:
    text = b'"' + b"[{" * 40 + b'\\"' + b"[" * 40 + b'"'
    assert read_json(b"[" + text + b"]") == ["[{" * 40 + '"' + "[" * 40]


def test_a_repeated_member_cannot_hide_a_deep_value() -> None:
    deep = b"[" * 32 + b"]" * 32
    with pytest.raises(MalformedRequest):
        read_json(b'{"a":' + deep + b',"a":1}')


@pytest.mark.parametrize(
    "data",
    [
        b"[" * LIMIT,
        b'{"a":' * (LIMIT // 5),
        b'"' + b'\\"' * (LIMIT // 2 - 1),
        b'[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["' + b'\\"' * (LIMIT // 2 - 20),
        b"\\u" * (LIMIT // 2),
        b'"' + b"\\ud83d\\ude00" * (LIMIT // 12 - 1),
    ],
)
def test_hostile_text_is_refused_without_recursion(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read_json(data)


def test_a_number_may_fill_the_whole_body() -> None:
    assert read_json(b"9" * LIMIT) == 2**53
    assert read_json(b"1e" + b"9" * (LIMIT - 2)) == 2**53
