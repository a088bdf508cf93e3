"""The Chromium that opens pages in tests and for `make pictures`."""

from __future__ import annotations

import os
import shutil

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed_chromium() -> list[str] | None:
    """Return the command that starts it without a window, or None."""
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser")))
    path = next(found, None)
    return [path, *FLAGS] if path else None


def chromium_command() -> list[str]:
    """Return the command for a test.

    Where it is not installed the test is skipped; in CI it fails, as a test that never
    runs there proves nothing.
    """
    if command := installed_chromium():
        return command
    missing = "chromium is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
