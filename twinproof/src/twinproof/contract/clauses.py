"""Resolves a case's clause: a JSON Pointer into a file, or a heading of rules.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from twinproof.contract.schemas import resolve_pointer
from twinproof.files import read_yaml


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


class Clauses:
    """The clauses that a case may cite; each file is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._documents: dict[str, Any] = {}
        self._headings: dict[str, set[str]] = {}

    def fault(self, clause: str) -> str:
        """Return what is wrong with a clause; "" if it resolves."""
        file_name, _, fragment = clause.partition("#")
        path = self._root / file_name
        if not path.is_file():
            return f"clause cites {file_name}, which is not a file"
        if path.suffix == ".md":
            known = fragment in self._slugs(path)
            return "" if known else f"{file_name} has no heading #{fragment}"
        try:
            resolve_pointer(self._document(path), fragment)
        except LookupError:
            return f"{file_name} has nothing at {fragment}"
        return ""

    def _slugs(self, path: Path) -> set[str]:
        if path.name not in self._headings:
            text = path.read_text(encoding="utf-8")
            headings = re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE)
            self._headings[path.name] = {slug(heading) for heading in headings}
        return self._headings[path.name]

    def _document(self, path: Path) -> Any:
        name = path.relative_to(self._root).as_posix()
        if name not in self._documents:
            text = path.read_text(encoding="utf-8")
            is_json = path.suffix == ".json"
            self._documents[name] = json.loads(text) if is_json else read_yaml(path)
        return self._documents[name]
