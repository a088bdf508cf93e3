r"""Regular expressions of ECMA-262 (flag u), as JSON Schema has them; by `regress`.

Python's own would pass what the contract refuses: its `$` matches before a closing
newline, its `\d`, `\w` and `\b` take all of Unicode, its `.` takes line separators.
"""

from __future__ import annotations

from functools import lru_cache

from regress import Regex, RegressError

from twinproof.errors import ToolError


class NoPattern(ToolError):
    """The text is no regular expression of ECMA-262, for a reason."""

    def __init__(self, pattern: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{pattern!r} is no pattern: {reason}")


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Regex:
    """Return what a pattern is matched by; raise `NoPattern`."""
    try:
        return Regex(pattern, flags="u")
    except (RegressError, UnicodeEncodeError) as error:
        raise NoPattern(pattern, str(error)) from None


def found(pattern: str, text: str) -> bool:
    """Say whether the pattern matches somewhere in the text; raise `NoPattern`.

    A lone surrogate is no character (Unicode, D91), so a text that has one fits none.
    """
    matcher = compiled(pattern)
    try:
        return matcher.find(text) is not None
    except UnicodeEncodeError:
        return False


def is_whole(pattern: str, text: str) -> bool:
    """Say whether the pattern matches the whole text; raise `NoPattern`."""
    return found(f"^(?:{pattern})$", text)
