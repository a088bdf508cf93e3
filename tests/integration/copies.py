"""Copies this checkout: every file under version control."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.integration.stacks import LINKED, ROOT


def copy_tracked(folder: Path) -> Path:
    """Return a copy in which all commands run: environments by link, no builds."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        # A deleted file is listed until the deletion is committed.
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder
