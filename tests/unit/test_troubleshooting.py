"""The messages in docs/troubleshooting.md are those that the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
SOURCES = (
    *ROOT.glob("handlers/packaging/*.py"),
    *ROOT.glob("local/**/*.py"),
    *ROOT.glob("twinproof/src/**/*.py"),
    *ROOT.glob("mk/*.mk"),
    ROOT / "Makefile",
)
# Messages of AWS, boto3 and the system, and a name that the code has in a constant.
OTHERS = (
    "An error occurred",
    "Connection refused",
    "Internal Server Error",
    "Stack with id",
    "Unable to locate credentials",
    "does not exist",
    "twinproof.toml",
)


def said() -> str:
    """Return the sources with each text that goes over several lines in one."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    return re.sub(r'"\s*\n\s*f?"', "", text)


SAID = said()


@pytest.mark.parametrize("message", re.findall(r"\*\*`([^`]+)`\*\*", PAGE))
def test_message_is_in_the_code(message: str) -> None:
    for words in re.split(f"[…:;]|{'|'.join(OTHERS)}", message):
        assert words.strip(" ,().") in SAID
