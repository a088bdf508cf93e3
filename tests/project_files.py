"""The files of the project: all of the checkout but those that .gitignore names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IGNORED = [".git", *(ROOT / ".gitignore").read_text("utf-8").split()]


def project_files() -> Iterator[Path]:
    """Yield each file of the project.

    Not by git: a copy of the project without its history has the same files.
    """
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not _is_ignored(Path(folder, name))]
        paths = (Path(folder, name) for name in names)
        yield from (path for path in paths if not _is_ignored(path))


def _is_ignored(path: Path) -> bool:
    """Return whether .gitignore names a file or folder, by its name or its path."""
    names = path.name, f"/{path.relative_to(ROOT)}"
    return any(
        fnmatch(name, pattern.rstrip("/")) for name in names for pattern in IGNORED
    )
