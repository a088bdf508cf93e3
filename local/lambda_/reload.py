"""Notices saved source files, so that the next request runs them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from handlers.packaging.order import BuildError

Stamp = tuple[str, int, int, int]
LOOK_SECONDS = 0.02


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
    except OSError:  # not there, or no folder any more
        return
    for entry in entries:
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(entry.path)
            continue
        try:
            status = entry.stat()
        except OSError:  # removed between the two calls, or a link that leads nowhere
            continue
        yield entry.path, status.st_mtime_ns, status.st_size, status.st_ino


class Follower:
    """Brings the packages of one deployment up to its sources before a request.

    `refresh` does that (it may block), `renew` then replaces the sandboxes, `noticed`
    is told in one line.
    """

    def __init__(
        self,
        sources: Sources,
        refresh: Callable[[], None],
        renew: Callable[[], None],
        noticed: Callable[[str], None],
    ) -> None:
        self._sources = sources
        self._refresh = refresh
        self._renew = renew
        self._noticed = noticed
        self._refreshing = asyncio.Lock()
        self._looked = 0.0

    async def follow(self, *, busy: bool) -> None:
        """Return once the packages are what the sources are; `busy` under load."""
        saved = self._saved(busy=busy)
        if saved or self._refreshing.locked():
            await self._bring_up(saved=saved)

    def _saved(self, *, busy: bool) -> bool:
        """Whether a source was saved since the last look.

        A client that waits for each answer finds its save every time. Under load one
        look serves every request of the next moment: looking costs as much as all
        the rest that is done for a request here.
        """
        now = time.monotonic()
        if busy and now - self._looked < LOOK_SECONDS:
            return False
        self._looked = now
        return self._sources.changed()

    async def _bring_up(self, *, saved: bool) -> None:
        async with self._refreshing:
            if not saved:  # another request saw to it meanwhile
                return
            began = time.monotonic()
            try:
                await asyncio.to_thread(self._refresh)
            except (BuildError, OSError) as error:  # an editor is replacing a file, say
                self._sources.forget()
                self._noticed(f"sources changed, but cannot be taken yet: {error}")
                return
            except BaseException:
                self._sources.forget()
                raise
            self._renew()
            milliseconds = round((time.monotonic() - began) * 1000)
            self._noticed(f"sources changed, reloaded in {milliseconds} ms")
