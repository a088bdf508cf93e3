"""Tables, and Markdown documents that a command writes in part.

A written part is between `<!-- NAME -->` and `<!-- /NAME -->`, each on a line of its
own. A remark may follow the name: `<!-- NAME: written by a command -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PART = re.compile(
    r"^(<!-- ([\w:-]+?)(?:: [^\n]*)? -->\n).*?^(<!-- /\2 -->)$",
    re.DOTALL | re.MULTILINE,
)


class MarksError(Exception):
    """A document's marks are not those of the parts to write; the text is one line."""


def fill(path: Path, parts: Mapping[str, str]) -> str:
    """Return a document's text with its marked parts replaced, by their names.

    Raises `MarksError` unless it has the marks of each part once, and no others.
    """
    text = path.read_text("utf-8")
    marked = [match[2] for match in PART.finditer(text)]
    if sorted(marked) != sorted(parts):
        wrong = sorted(set(marked) ^ set(parts)) or marked
        raise MarksError(f"{path.name}: marks and tables differ: {', '.join(wrong)}")
    return PART.sub(lambda match: f"{match[1]}{parts[match[2]]}\n{match[3]}", text)


def stale(wanted: Mapping[Path, str]) -> set[Path]:
    """Return the files that are missing or have another text."""
    return {
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text("utf-8") != text
    }


def table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """Return a Markdown table: `texts` columns of text, then columns of numbers."""
    rule = [*["---"] * texts, *["--:"] * (len(head) - texts)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
