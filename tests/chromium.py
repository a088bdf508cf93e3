"""The Chromium that tests open pages in: found in one place."""

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


def chromium_command() -> list[str]:
    """Return the command that starts it without a window.

    Where it is not installed the test is skipped; in CI it fails, as a test that never
    runs there proves nothing.
    """
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser")))
    if path := next(found, None):
        return [path, *FLAGS]
    missing = "chromium is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
