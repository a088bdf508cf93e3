"""What every page does with texts: show what cannot be seen, name places, count."""

from __future__ import annotations

import re
import unicodedata

# A tag, or a character that may not show. No text can look like a tag: htpy escapes.
_TAG_OR_SUSPECT = re.compile("<[^>]*>|[^\n\t\x20-\x7e]")
# Controls, formats (bidi, zero width), surrogates, spaces that look like another,
# and what no character is assigned to: none of them shows by itself.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})


def visible(markup: str) -> str:
    """Return markup with the name of each character that cannot be seen.

    It stands in a box where it is of a text, in brackets where it is of an attribute.
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
    """Return an id made of names, such as a case's and its target's."""
    return re.sub("[^A-Za-z0-9-]+", "-", "-".join(names))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
