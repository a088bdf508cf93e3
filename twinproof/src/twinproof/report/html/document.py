"""The page around its sections: head, style, headline, navigation."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from twinproof.report.html.markup import Html, anchor, join, tag

STYLE = Path(__file__).with_name("style.css")


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading."""

    title: str
    content: Html
    lead: str = ""

    @property
    def id(self) -> str:
        """Return the section's anchor."""
        return anchor(self.title)


@dataclass(frozen=True)
class Headline:
    """What a reader sees first."""

    title: str
    """What was done: `twinproof check`."""
    well: bool
    told: str
    """How it went, in a few words."""
    line: str
    """The run's closing line."""


def document(headline: Headline, sections: list[Section]) -> str:
    """Return the whole page."""
    style = STYLE.read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("title", f"{headline.title}: {headline.told}"),
        # The project's own file: no text of a run is in it.
        Html(f"<style>{style}</style>"),
    )
    links = (tag("li", tag("a", s.title, href=f"#{s.id}")) for s in sections)
    nav = tag("nav", tag("ul", links), aria_label="sections")
    body = tag(
        "body",
        tag("a", "to the content", href="#content", class_="skip"),
        _header(headline),
        nav,
        tag("main", (_section(each) for each in sections), id="content"),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en').text}\n"


def _policy(style: str) -> str:
    """Return a policy by which nothing is loaded or run, but for the one style."""
    digest = hashlib.sha256(style.encode()).digest()
    own = f"'sha256-{base64.b64encode(digest).decode()}'"
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {own}; {rest}"


def _header(headline: Headline) -> Html:
    return tag(
        "header",
        tag("p", headline.title, class_="what"),
        tag("h1", f"{'✓' if headline.well else '✗'} {headline.told}"),
        tag("p", headline.line),
        class_="well" if headline.well else "unwell",
    )


def _section(section: Section) -> Html:
    lead = tag("p", section.lead, class_="lead") if section.lead else None
    heading = tag("h2", section.title, id=f"{section.id}-heading")
    return tag(
        "section",
        join(heading, lead, section.content),
        id=section.id,
        aria_labelledby=f"{section.id}-heading",
    )
