"""Makes HTML in which every text is escaped: what is not `Html` cannot be markup."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# HTML's elements without content, and so without an end tag.
_VOID = frozenset({"col", "meta"})
_SUSPECT = re.compile("[^\n\t\x20-\x7e]")
# Controls, formats (bidi, zero width), surrogates, spaces that look like another,
# and what no character is assigned to: none of them shows by itself.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"})


@dataclass(frozen=True)
class Html:
    """Markup that is done: escaped, and whole elements only."""

    text: str


Node = Html | str | int | None
"""A child of an element: markup, or a text to be escaped; None: nothing."""


def tag(
    name: str, /, *children: Node | Iterable[Node], **attributes: str | int
) -> Html:
    """Return an element.

    Underscores in an attribute's name stand for hyphens, one at the end for nothing;
    an attribute whose value is empty is left out.
    """
    start = f"<{name}{''.join(_attribute(*each) for each in attributes.items())}>"
    if name in _VOID:
        return Html(start)
    return Html(f"{start}{join(*children).text}</{name}>")


def join(*children: Node | Iterable[Node]) -> Html:
    """Return children in a row."""
    return Html("".join(_markup(child) for child in children))


def _markup(child: Node | Iterable[Node]) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child.text
    if isinstance(child, str | int):
        return escaped(str(child))
    return join(*child).text


def _attribute(name: str, value: str | int) -> str:
    if value == "":
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f' {name}="{html.escape(seen(str(value)))}"'


def escaped(text: str) -> str:
    """Return a text as markup; each character that cannot be seen as a boxed name."""
    return _SUSPECT.sub(_boxed, html.escape(text))


def seen(text: str) -> str:
    """Return a text with the names of characters that cannot be seen in brackets."""
    return _SUSPECT.sub(
        lambda found: f"[{_name(found[0])}]" if _hidden(found[0]) else found[0], text
    )


def _boxed(found: re.Match[str]) -> str:
    sign = found[0]
    return f'<span class="unseen">{_name(sign)}</span>' if _hidden(sign) else sign


def _hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSEEN


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X}"


def anchor(*names: str) -> str:
    """Return an id made of names, such as a case's and its target's."""
    return re.sub("[^A-Za-z0-9-]+", "-", "-".join(names))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
