"""Read JSON strictly by RFC 8259, with the same result in every language."""

import json
import re
from typing import NoReturn, TypeAlias

from shared.errors import MalformedRequest
from shared.json_number import read_number

JsonValue: TypeAlias = (
    "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
)

MAX_DEPTH = 32  # the outermost array or object is level 1

# Both have an alternative for every character, so they never backtrack.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\[\s\S])*"?|[\[\]{}]')
_ESCAPE_OR_TEXT = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|[\s\S])|[^\\]+")


def read_json(data: bytes) -> JsonValue:
    """Return the JSON value in `data`; raises `MalformedRequest`.

    Integers are `int`, other numbers `NO_INTEGER`; of repeated members the last counts.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedRequest from None
    # Checked before parsing: json recurses once for each level, and drops repeated
    # members.
    if _is_too_deep(text) or _has_lone_surrogate(text):
        raise MalformedRequest
    try:
        value: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError:
        raise MalformedRequest from None
    return value


def _refuse_constant(_name: str) -> NoReturn:
    """Refuse NaN, Infinity and -Infinity, which Python would accept."""
    raise MalformedRequest


_DECODER = json.JSONDecoder(
    parse_int=read_number, parse_float=read_number, parse_constant=_refuse_constant
)


def _is_too_deep(text: str) -> bool:
    """Return whether any value in `text` is nested deeper than `MAX_DEPTH`.

    For text that is not JSON, either result is possible; it is refused later.
    """
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        bracket = token[0]
        if bracket in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif bracket in ("}", "]"):
            depth -= 1
    return False


def _has_lone_surrogate(text: str) -> bool:
    r"""Return whether a string has a lone surrogate after its escapes are decoded.

    Only `\u` escapes can produce one, and in JSON they occur only in strings.
    """
    if "\\u" not in text:
        return False
    high = False  # the last part was the first half of a pair
    for part in _ESCAPE_OR_TEXT.finditer(text):
        unit = int(part[1] or "0", 16)
        low = 0xDC00 <= unit <= 0xDFFF
        if high != low:
            return True
        high = 0xD800 <= unit <= 0xDBFF
    return high
