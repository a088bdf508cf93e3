"""The Makefile and its parts, with the lab's part if the lab exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILES = [ROOT / "Makefile", *ROOT.glob("mk/*.mk"), *ROOT.glob("lab/*.mk")]
TEXT = "".join(path.read_text("utf-8") for path in MAKEFILES)
TARGETS = set(re.findall(r"^\.PHONY: (.+)$", TEXT, re.MULTILINE))
VARIABLES: list[str] = re.findall(
    r"[A-Z_]+", re.findall(r"^VARIABLES := ((?:.*\\\n)*.*)$", TEXT, re.MULTILINE)[0]
)
