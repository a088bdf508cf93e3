"""docs/proving.md counts what is there. `twinproof lint` checks its table of traps."""

from __future__ import annotations

import re

from tests.unit.contract.conftest import CONTRACT

ROOT = CONTRACT.parent


def test_mutants_are_counted_as_they_are() -> None:
    folder = ROOT / "tests" / "integration" / "mutants"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))]
    count = sum(len(re.findall(r"^  - name: ", text, re.MULTILINE)) for text in texts)
    document = (ROOT / "docs" / "proving.md").read_text("utf-8")
    assert f"{count} real handlers" in document
