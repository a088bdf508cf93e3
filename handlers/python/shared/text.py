"""Text by ASCII rules: Python's methods follow Unicode, other languages do not."""

_LOWER_CASE = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_OPTIONAL_WHITESPACE = " \t"  # OWS of RFC 9110, section 5.6.3


def ascii_lower(text: str) -> str:
    """Return `text` with A to Z in lower case; all other characters are unchanged."""
    return text.translate(_LOWER_CASE)


def trim_whitespace(text: str) -> str:
    """Return `text` without spaces and tabs at its ends; other white space stays."""
    return text.strip(_OPTIONAL_WHITESPACE)


def in_byte_order(text: str) -> bytes:
    """Return the sort key that orders texts by their bytes in UTF-8."""
    return text.encode()
