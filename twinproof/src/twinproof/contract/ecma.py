r"""Regular expressions of ECMA-262 (flag u), as in JSON Schema, by `regress`.

Python's own would accept what the contract refuses: its `$` matches before a final
newline, its `\d`, `\w` and `\b` match all of Unicode, its `.` matches line separators.
"""

from __future__ import annotations

from functools import lru_cache

from regress import Regex, RegressError

from twinproof.errors import ToolError


class NoPattern(ToolError):
    """The text is not a regular expression of ECMA-262; the message says why."""

    def __init__(self, pattern: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{pattern!r} is not a pattern: {reason}")


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Regex:
    """Compile a pattern; raise `NoPattern`."""
    try:
        return Regex(pattern, flags="u")
    except (RegressError, UnicodeEncodeError) as error:
        raise NoPattern(pattern, str(error)) from None


def found(pattern: str, text: str) -> bool:
    """Say whether the pattern matches anywhere in the text; raise `NoPattern`.

    A lone surrogate is not a character (Unicode, D91): a text with one never matches.
    """
    matcher = compiled(pattern)
    try:
        return matcher.find(text) is not None
    except UnicodeEncodeError:
        return False


def is_whole(pattern: str, text: str) -> bool:
    """Say whether the pattern matches the whole text; raise `NoPattern`."""
    return found(f"^(?:{pattern})$", text)
