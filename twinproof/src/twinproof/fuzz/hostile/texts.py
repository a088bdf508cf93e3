"""Texts and numbers that implementations read in different ways.

A value with several JSON notations is given as a `Raw`: the source text of one JSON
value in parts, and a part may be an expression.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from twinproof.cases.expressions import TOOL

Raw = list[Any]
"""Parts of a text: strings, and expressions that stand for strings or numbers."""

# One code point each, with one to four bytes in UTF-8. The last two are two UTF-16
# units each; U+0301 combines with the character before it.
FILLS: tuple[str, ...] = ("a", "é", "\u0301", "字", "\U0001d49c", "😀")
# Characters that trimming removes in some language (strip of Python, trim of JavaScript
# or Java), and U+200B, which none removes.
SPACES: tuple[str, ...] = (
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "\f",
    "\x1c",
    "\x85",
    "\xa0",
    "\u1680",
    "\u2028",
)
SPACES += ("\u2029", "\u202f", "\u3000", "\ufeff", "\u200b")
CONTROLS: tuple[str, ...] = (
    "\x01",
    "\x08",
    "\x1b",
    "\x1f",
    "\x7f",
    "\x80",
    "\x9f",
    "\ufffe",
    "\uffff",
)
# Characters whose case mapping changes the length or is ASCII (U+212A becomes k).
CASED: tuple[str, ...] = ("İ", "\u0131", "ß", "\u212a", "\u017f", "Σ", "ǅ", "\ufb01")
EDITS: tuple[str, ...] = (
    '"',
    "\\",
    "/",
    "%",
    "+",
    " ",
    "~",
    "'",
    ";",
    "=",
    "*",
    ":",
    "<",
    "ª",
    "\U0001f701",
    ".",
)

LONE_SURROGATES: tuple[str, ...] = (
    r'"\ud800"',
    r'"\udc00"',
    r'"a\ud83d"',
    r'"\udc00\ud800"',
)
LONE_SURROGATES += (r'"\ud83d\ud83d\ude00"', r'"\uDFFFz"', r'"\ud83d\u0041"')
PAIRS: tuple[str, ...] = (
    r'"\ud83d\ude00"',
    r'"\uD835\uDC9C\u0041"',
    r'"\u0041\u00e9"',
    r'"\/\b\f"',
)
RAW_CONTROLS: tuple[str, ...] = ('"a\x00"', '"\x1f"', '"a\nb"', '"\t"')
BAD_STRINGS: tuple[str, ...] = (
    '"\\x41"',
    '"\\u12"',
    '"\\u{41}"',
    "'a'",
    '"a',
    '"\\"',
    '"\\U0041"',
)

NUMBERS: tuple[str, ...] = (
    "1.0",
    "-0",
    "0",
    "-0.0",
    "0.0",
    "1e400",
    "-1e400",
    "1e-400",
    "1.5",
    "-1",
)
NUMBERS += ("9007199254740991", "9007199254740992", "9007199254740993", "1E+2", "1e3")
NUMBERS += ("-9007199254740993", "1" + "0" * 400, "10e-1", "0.01e2", "0e99", "0e-400")
NUMBERS += ("1e999999999", "-1e999999999", "1e-999999999", "0e99999999999999999999")
NUMBERS += ("18446744073709551616", "1.0000000000000000000000001", "-1.5e-3", "2e0")
BAD_NUMBERS: tuple[str, ...] = (
    "01",
    "-01",
    "+1",
    ".5",
    "1.",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
)
BAD_NUMBERS += ("1e", "--1", "1_000", "-", "\uff11", "1e1.5", "1n", "00", "-NaN")


def source(value: Any) -> Raw:
    """Return a plain value or an expression as the parts of its JSON source.

    Own values and the expressions of a plugin are texts. `literal` marks a plain object
    with one member.
    """
    if isinstance(value, dict) and len(value) == 1:
        [(name, argument)] = value.items()
        yields = TOOL[name].yields if name in TOOL else "text"
        if yields == "number":
            return [value]
        if yields == "text":
            return ['"', value, '"']
        value = argument if name == "literal" else value
    return [json.dumps(value, ensure_ascii=False, separators=(",", ":"))]


def stretched(rng: Random, low: int, high: int) -> dict[str, Any]:
    """Return a text with a length, in code points, at a bound or next to it."""
    lengths = (low - 1, low, low + 1, high // 2 + 1, high - 1, high, high + 1, 2 * high)
    return {"repeat": [rng.choice(FILLS), max(0, rng.choice(lengths))]}


def fitting(rng: Random, low: int, high: int) -> Any:
    """Return a text within the bounds, hostile or not."""
    kind = rng.randrange(6)
    if kind == 0:
        middle = max(low, high // 2 + 1)
        return {"repeat": [rng.choice(FILLS), rng.choice((low, middle, high))]}
    text = _short(rng, kind)
    return text if low <= len(text) <= high else (text * max(low, 1))[:high]


def _short(rng: Random, kind: int) -> str:
    if kind == 1:
        return rng.choice(CONTROLS + CASED + SPACES + ("\0", "a\0b", "\\u0000"))
    if kind == 2:
        return f"{rng.choice(SPACES)}x{rng.choice(SPACES)}"
    if kind == 3:
        return rng.choice(("e\u0301", "é", "Ada", "<b>&amp;", "__proto__", "null"))
    return rng.choice(
        ("Ada", "Grace Hopper", "Zoë", "O'Neil", "李", "\U0001f701 x", "#1 {}")
    )


def edited(rng: Random, text: str) -> str:
    """Return a text with one character inserted, removed or replaced."""
    at = rng.randrange(len(text) + 1)
    sign = rng.choice(EDITS + SPACES + CASED + CONTROLS)
    return rng.choice(
        (
            text[:at] + sign + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + sign + text[at + 1 :],
            text + rng.choice(("\n", " ", "\r\n", "\u2028", "\0")),
            rng.choice(SPACES) + text,
        )
    )


def bounded_number(rng: Random, low: int, high: int) -> str:
    """Return an integer at a bound or next to it, in one of its notations."""
    number = rng.choice((low - 1, low, low + 1, high - 1, high, high + 1))
    forms = (f"{number}", f"{number}.0", f"{number}e0", f"{number}0e-1", f"{number}.5")
    return rng.choice(forms)


def nested(rng: Random) -> str:
    """Return nested arrays and objects, about as deep as parsers allow."""
    depth = rng.choice((1, 2, 30, 31, 32, 33, 200, 5000))
    if rng.random() < 0.5:
        return "[" * depth + "]" * depth
    return '{"a":' * depth + "1" + "}" * depth
