"""The Markdown pages of the project: their blocks, commands, headings and links."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.project_files import ROOT, project_files
from twinproof.contract.clauses import slug

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+)(?P<language>.*)$")
HEADING = re.compile(r"^#{1,6} +(.*?)(?: +#+)?$")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\]\(<?([^()\s>]*)>?(?: +\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^ *\[[^\]]+\]: +<?([^\s>]+)", re.MULTILINE)
ATTRIBUTE = re.compile(r"<[a-z]+ [^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
ANCHOR = re.compile(r"<[a-z]+ [^>]*?\b(?:id|name)=\"([^\"]+)\"")
QUOTED_OR_COMMENT = re.compile(r"""('[^']*'|"[^"]*")|(?:(?<=\s)|^)#.*$""", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One command as it stands in a page; `line` is its first, counted from 1."""

    page: str
    line: int
    pasted: str

    @property
    def text(self) -> str:
        """Return it in one line, without its comment."""
        joined = without_comments(self.pasted).replace("\\\n", " ")
        return " ".join(joined.replace("\n", "; ").replace(" do;", " do").split())

    @property
    def comments(self) -> list[str]:
        """Return its comments, each from its `#`."""
        found = QUOTED_OR_COMMENT.finditer(self.pasted)
        return [one[0] for one in found if one[1] is None]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Block:
    """What stands between two fences; `line` is that of the opening one."""

    line: int
    language: str
    heading: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """The `sh` blocks below one heading, which are pasted one after the other."""

    page: str
    heading: str
    commands: list[Command]

    def __str__(self) -> str:
        return f"{self.page}#{self.heading}"


@dataclass(frozen=True)
class Page:
    """A Markdown file; `name` is its path from the root of the checkout."""

    name: str
    text: str

    @cached_property
    def _parts(self) -> tuple[list[Block], list[str], list[str]]:
        """Return its blocks, the anchors of its headings and its lines of prose."""
        blocks: list[Block] = []
        anchors: list[str] = []
        prose: list[str] = []
        seen: Counter[str] = Counter()
        closing = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            fence = FENCE.match(line)
            if closing:
                if line.strip() == closing:
                    closing = ""
                else:
                    blocks[-1].lines.append(line)
            elif fence:
                closing = fence["fence"]
                heading = anchors[-1] if anchors else ""
                blocks.append(Block(number, fence["language"].strip(), heading))
            else:
                prose.append(line)
                if found := HEADING.match(line):
                    anchors.append(anchor(found[1], seen))
        return blocks, anchors, prose

    @property
    def blocks(self) -> list[Block]:
        return self._parts[0]

    @property
    def prose(self) -> str:
        return "\n".join(self._parts[2])

    @property
    def anchors(self) -> set[str]:
        """Return what a `#` in a link to this page may name."""
        return {*self._parts[1], *ANCHOR.findall(self.prose)}

    @property
    def links(self) -> list[str]:
        """Return the targets of its links and images."""
        prose = CODE.sub("", self.prose)
        kinds = (LINK, REFERENCE, ATTRIBUTE)
        return [target for kind in kinds for target in kind.findall(prose)]

    @property
    def code_spans(self) -> list[str]:
        """Return what stands between backticks in its prose, each in one line."""
        return [" ".join(found[2].split()) for found in CODE.finditer(self.prose)]

    @property
    def sections(self) -> list[Section]:
        """Return its sections that have commands, in order."""
        found: dict[str, list[Command]] = {}
        for block in self.blocks:
            if block.language == "sh":
                found.setdefault(block.heading, []).extend(self._commands(block))
        return [Section(self.name, heading, each) for heading, each in found.items()]

    def _commands(self, block: Block) -> Iterator[Command]:
        lines: list[str] = []
        for number, line in enumerate(block.lines, block.line + 1):
            lines.append(line)
            pasted = "\n".join(lines)
            if not complete(pasted):
                continue
            if without_comments(pasted).strip():
                yield Command(self.name, number - len(lines) + 1, pasted)
            lines = []


def pages() -> list[Page]:
    """Return every page of the checkout, those of the root first."""
    paths = (path for path in project_files() if path.suffix == ".md")
    found = [path.relative_to(ROOT).as_posix() for path in paths]
    found.sort(key=lambda name: (name.count("/"), name))
    return [Page(name, (ROOT / name).read_text("utf-8")) for name in found]


def anchor(heading: str, seen: Counter[str]) -> str:
    """Return the anchor that GitHub gives a heading, after those `seen` in its page."""
    shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    kept = slug(shown)
    seen[kept] += 1
    return kept if seen[kept] == 1 else f"{kept}-{seen[kept] - 1}"


def complete(pasted: str) -> bool:
    """Whether a shell would run this and not wait for another line."""
    try:
        words = shlex.split(without_comments(pasted))
    except ValueError:
        return False
    return words.count("do") == words.count("done") and not pasted.endswith("\\")


def without_comments(pasted: str) -> str:
    """Return commands without what a shell reads as comments."""
    return QUOTED_OR_COMMENT.sub(lambda found: found[1] or "", pasted)
