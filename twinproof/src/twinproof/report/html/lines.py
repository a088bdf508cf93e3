"""Turns the parts of an exchange into lines that know what they show."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from twinproof.contract.schemas import escape_pointer

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_OPENING = {"{": "}", "[": "]"}
MOST_INDENT = 20
"""Levels of nesting; deeper lines are not indented further."""


@dataclass(frozen=True)
class Line:
    """One line of a part."""

    text: str
    pointer: str = ""
    """The JSON Pointer of its value in the part."""
    key: str = ""
    """Two lines with the same key form one row."""
    end: str = ""
    """A comma at the end, which is not compared."""


def text_lines(text: str) -> list[Line]:
    """Return the lines of a body: indented if it is JSON, else as they are.

    Every literal stays as it was sent: 1.0, 1e400, repeated members, escapes.
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return [Line(line, "", line) for line in text.split("\n")] if text else []
    return list(_Indenter().lines(text))


def value_lines(value: Any) -> list[Line]:
    """Return the lines of a value as JSON; a value that JSON does not know as text."""
    return text_lines(json.dumps(value, ensure_ascii=False, default=repr))


@dataclass
class _Level:
    """An object or array that is open."""

    opening: str
    pointer: str
    names: int = 0
    """Members or elements so far."""


@dataclass
class _Indenter:
    """Indents JSON token by token; the tokens stay as they were sent."""

    levels: list[_Level] = field(default_factory=list)
    pointer: str = ""
    """The pointer of the next value."""
    label: str = ""
    """The member name before the next value, with its colon."""
    pending: Line | None = None
    """The last line, until it is known whether a comma follows."""

    def lines(self, text: str) -> Iterator[Line]:
        """Yield the lines of a text that is JSON."""
        tokens = _TOKEN.findall(text)
        at = 0
        while at < len(tokens):
            sign = tokens[at]
            if sign == ",":
                self.pending = self.pending and replace(self.pending, end=",")
            elif sign in "}]":
                yield from self._put(*self._close(sign))
            elif self._names_member(tokens, at):
                self._enter(sign)
                at += 1
            else:
                if not self.label:
                    self._enter(None)
                at += yield from self._value(sign, tokens, at)
            at += 1
        if self.pending is not None:
            yield self.pending

    def _names_member(self, tokens: list[str], at: int) -> bool:
        return not self.label and at + 1 < len(tokens) and tokens[at + 1] == ":"

    def _enter(self, name: str | None) -> None:
        """Note that the next value is a member of that name, or an element."""
        if not self.levels:
            return
        level = self.levels[-1]
        part = json.loads(name) if name is not None else str(level.names)
        self.pointer = f"{level.pointer}/{escape_pointer(part)}"
        self.label = f"{name}: " if name is not None else ""
        level.names += 1

    def _value(
        self, sign: str, tokens: list[str], at: int
    ) -> Generator[Line, None, int]:
        """Yield the first line of a value; return how many more tokens it took."""
        label, self.label = self.label, ""
        closing = _OPENING.get(sign)
        empty = closing is not None and tokens[at + 1] == closing
        text = f"{label}{sign}{closing if empty else ''}"
        yield from self._put(text, self.pointer, "")
        if closing and not empty:
            self.levels.append(_Level(sign, self.pointer))
        return int(empty)

    def _close(self, sign: str) -> tuple[str, str, str]:
        level = self.levels.pop()
        return sign, level.pointer, "end"

    def _put(self, text: str, pointer: str, suffix: str) -> Iterator[Line]:
        indent = "  " * min(len(self.levels), MOST_INDENT)
        if self.pending is not None:
            yield self.pending
        self.pending = Line(f"{indent}{text}", pointer, f"{pointer} {suffix}")
