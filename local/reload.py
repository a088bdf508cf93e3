"""Notices saved source files, so that the next request runs them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Stamp = tuple[str, int, int, int]


class Sources:
    """Folders whose files matter; editors' and interpreters' own files do not."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = [str(folder) for folder in folders]
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether a file was saved, added or removed since the last call.

        About 0.2 ms for a hundred files: cheap enough to ask before every request,
        and it works on every platform and for editors that replace files.
        """
        now = self._look()
        changed, self._seen = now != self._seen, now
        return changed

    def forget(self) -> None:
        """Let the next look find a change, because the last one came to nothing."""
        self._seen = frozenset()

    def _look(self) -> frozenset[Stamp]:
        return frozenset(stamp for folder in self._folders for stamp in _stamps(folder))


def _stamps(folder: str) -> Iterator[Stamp]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(entry.path)
            continue
        try:
            status = entry.stat()
        except FileNotFoundError:  # removed between the two calls
            continue
        yield entry.path, status.st_mtime_ns, status.st_size, status.st_ino
