"""The machine that runs a measurement."""

from __future__ import annotations

import re
from pathlib import Path


def processor() -> str | None:
    """Return the name of this machine's processor, or None if Linux has no name."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return None
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else None
