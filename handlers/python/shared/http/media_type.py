"""The Content-Type of a request (RFC 9110, section 8.3)."""

import re
from typing import TypeAlias

from shared.text import ascii_lower, trim_whitespace

MediaTypes: TypeAlias = tuple[str, ...]
NO_BODY: MediaTypes = ()
JSON_ONLY: MediaTypes = ("application/json",)
MERGE_PATCH: MediaTypes = ("application/json", "application/merge-patch+json")

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - a token of RFC 9110
# All characters but controls and, if not escaped, the quote and the backslash. The
# class is negated, because one that goes up to the end of Unicode takes 9 ms to
# compile.
_NO_TEXT = r"\x00-\x08\x0A-\x1F\x7F"
_QUOTED = rf'"(?:[^"\\{_NO_TEXT}]|\\[^{_NO_TEXT}])*"'
_PARAMETER = rf"({_TOKEN})=({_TOKEN}|{_QUOTED})"
# White space can match only before a semicolon or before a parameter, never both at one
# position. So a long value that does not match is refused in linear time.
_MEDIA_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})((?:[ \t]*;(?:[ \t]*{_PARAMETER})?)*)")
_PARAMETERS = re.compile(rf";[ \t]*{_PARAMETER}")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


def is_supported(value: str | None, supported: MediaTypes) -> bool:
    """Return whether a Content-Type is one of `supported`, in UTF-8.

    A comma means that two headers were joined; such a value is refused.
    """
    if value is None or "," in value:
        return False
    if value in supported:
        return True  # the usual spelling, without parsing
    parts = _MEDIA_TYPE.fullmatch(trim_whitespace(value))
    if parts is None or ascii_lower(parts[1]) not in supported:
        return False
    return all(
        ascii_lower(_unquoted(parameter[2])) == "utf-8"
        for parameter in _PARAMETERS.finditer(parts[2])
        if ascii_lower(parameter[1]) == "charset"
    )


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    return _QUOTED_PAIR.sub(r"\1", value[1:-1])
