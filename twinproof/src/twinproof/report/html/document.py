"""The frame of a page: head, style, headline, navigation, sections."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import htpy as h
from markupsafe import Markup

from twinproof.report.html.markup import anchor, visible

STYLE = Path(__file__).with_name("style.css")


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading."""

    title: str
    content: h.Node
    lead: str = ""

    @property
    def id(self) -> str:
        """Return the section's anchor."""
        return anchor(self.title)


@dataclass(frozen=True)
class Headline:
    """The top of a page."""

    title: str
    """The command: `twinproof check`."""
    passed: bool
    summary: str
    """The result in a few words."""
    line: str
    """The run's closing line."""


def document(headline: Headline, sections: list[Section]) -> str:
    """Return the whole page."""
    style = STYLE.read_text(encoding="utf-8")
    head = h.head[
        h.meta(charset="utf-8"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="color-scheme", content="light dark"),
        h.meta(http_equiv="Content-Security-Policy", content=_policy(style)),
        h.title[f"{headline.title}: {headline.summary}"],
        h.style[Markup(style)],  # noqa: S704 # a file of the tool, without text of a run
    ]
    links = (h.li[h.a(href=f"#{s.id}")[s.title]] for s in sections)
    nav = h.nav(aria_label="sections")[h.ul[links]]
    body = h.body[
        h.a(".skip", href="#content")["Skip to content"],
        _header(headline),
        nav,
        h.main(id="content")[(_section(each) for each in sections)],
    ]
    return visible(f"{h.html(lang='en')[head, body]}\n")


def _policy(style: str) -> str:
    """Return a Content-Security-Policy that allows nothing but this one style."""
    digest = hashlib.sha256(style.encode()).digest()
    own = f"'sha256-{base64.b64encode(digest).decode()}'"
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {own}; {rest}"


def _header(headline: Headline) -> h.Element:
    return h.header(class_="ok" if headline.passed else "not-ok")[
        h.p(".what")[headline.title],
        h.h1[f"{'✓' if headline.passed else '✗'} {headline.summary}"],
        h.p[headline.line],
    ]


def _section(section: Section) -> h.Element:
    heading = f"{section.id}-heading"
    return h.section(id=section.id, aria_labelledby=heading)[
        h.h2(id=heading)[section.title],
        section.lead and h.p(".lead")[section.lead],
        section.content,
    ]
