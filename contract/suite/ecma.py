r"""Regular expressions with the meaning ECMA-262 (flag u) gives them, on Python's re.

The contract's patterns are written for ECMA-262, as JSON Schema says. Python's `$`
matches before a closing newline, its `\d`, `\w` and `\b` take all of Unicode, and its
`.` takes line separators: a suite that used them would pass what the contract refuses.
"""

from __future__ import annotations

import re
from functools import lru_cache

# ECMA-262 WhiteSpace and LineTerminator.
_SPACE = r"\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES = {
    "d": "0-9",
    "w": "A-Za-z0-9_",
    "s": _SPACE,
}
_LINE_ENDS = r"[^\n\r\u2028\u2029]"
# Python reads these in a class as (future) set operations.
_SET_SIGNS = frozenset("[&~|")
_UNICODE = re.compile(r"\\u(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{4}))")
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


@lru_cache(maxsize=1024)
def compile_ecma(pattern: str) -> re.Pattern[str]:
    r"""Return the pattern for Python; raise `re.error` where it is none.

    Covers what the contract's patterns use: groups, look-around, classes, escapes,
    `\u`; not `\p`, `\c` and back references by name.
    """
    return re.compile(_Translation(pattern).text(), re.ASCII)


def found(pattern: str, text: str) -> bool:
    """Say whether the pattern matches somewhere in the text, as JSON Schema asks."""
    return compile_ecma(pattern).search(text) is not None


class _Translation:
    """One walk over a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._out: list[str] = []

    def text(self) -> str:
        """Return the whole translated pattern."""
        while self._at < len(self._pattern):
            self._step()
        return "".join(self._out)

    def _step(self) -> None:
        sign = self._pattern[self._at]
        if sign == "\\":
            self._out.append(self._escape(in_class=False))
        elif sign == "[":
            self._out.append(self._class())
        elif self._pattern.startswith("(?<", self._at) and not (
            self._pattern.startswith(("(?<=", "(?<!"), self._at)
        ):
            self._out.append("(?P<")
            self._at += 3
        else:
            self._out.append({"$": r"\Z", ".": _LINE_ENDS}.get(sign, sign))
            self._at += 1

    def _escape(self, *, in_class: bool) -> str:
        unicode = _UNICODE.match(self._pattern, self._at)
        if unicode:
            return self._code_point(unicode)
        name = self._pattern[self._at + 1 : self._at + 2]
        self._at += 2
        if name in _CLASSES:
            return _CLASSES[name] if in_class else f"[{_CLASSES[name]}]"
        if name and name in "DWS":
            return self._complement(name.lower(), in_class=in_class)
        if name == "b" and not in_class:
            return r"\b"
        if name.isalnum():
            return f"\\{name}"
        return re.escape(name) if name else "\\"

    def _complement(self, name: str, *, in_class: bool) -> str:
        if not in_class:
            return f"[^{_CLASSES[name]}]"
        if name == "s":
            # Python has no nested classes; the contract needs none of these.
            raise re.error(r"\S inside a class is not supported", self._pattern)
        return f"\\{name.upper()}"

    def _code_point(self, first: re.Match[str]) -> str:
        self._at = first.end()
        point = int(first[1] or first[2], 16)
        second = _UNICODE.match(self._pattern, self._at)
        if point in _HIGH and second and int(second[1] or second[2], 16) in _LOW:
            self._at = second.end()
            low = int(second[1] or second[2], 16)
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
        return re.escape(chr(point))

    def _class(self) -> str:
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        parts: list[str] = []
        while not self._pattern.startswith("]", self._at):
            if self._at >= len(self._pattern):
                raise re.error("a class is not closed", self._pattern)
            sign = self._pattern[self._at]
            if sign == "\\":
                parts.append(self._escape(in_class=True))
            else:
                parts.append(f"\\{sign}" if sign in _SET_SIGNS else sign)
                self._at += 1
        self._at += 1
        if not parts:
            return r"[\s\S]" if negated else "(?!)"
        return f"[{'^' if negated else ''}{''.join(parts)}]"
