"""Helpers for the texts of a page: invisible characters, anchors, counts."""

from __future__ import annotations

import re
import unicodedata

# A tag, or a character that may be invisible. Text cannot look like a tag, because
# htpy escapes it.
_TAG_OR_SUSPECT = re.compile("<[^>]*>|[^\n\t\x20-\x7e]")
# Controls, formats (bidi, zero width), surrogates, unusual spaces and unassigned code
# points: a reader cannot see or distinguish them.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})


def visible(markup: str) -> str:
    """Return markup in which each invisible character is replaced by its code point.

    In text it is in a box, in an attribute in brackets.
    """
    return _TAG_OR_SUSPECT.sub(_named, markup)


def _named(found: re.Match[str]) -> str:
    part = found[0]
    if len(part) == 1:
        return f'<span class="unseen">{_name(part)}</span>' if _hidden(part) else part
    return "".join(f"[{_name(sign)}]" if _hidden(sign) else sign for sign in part)


def _hidden(sign: str) -> bool:
    return sign not in " \n\t" and unicodedata.category(sign) in _UNSEEN


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def anchor(*names: str) -> str:
    """Return an HTML id made of names, such as those of a case and a target."""
    return re.sub("[^A-Za-z0-9-]+", "-", "-".join(names))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
