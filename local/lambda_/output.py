"""The output of a process, read from a pipe and kept in limited memory."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable

MAX_BYTES = 4 * 1024 * 1024
READ_BYTES = 65_536
# Together they empty a full pipe (at most 1 MiB: /proc/sys/fs/pipe-max-size). With
# no limit, a function that writes as fast as this reads would block the event loop.
READS = 16


def drain(pipe: int, keep: Callable[[bytes], object]) -> None:
    """Pass all bytes that are now in a non-blocking pipe to `keep`.

    At the end of the pipe, remove its reader from the event loop.
    """
    for _ in range(READS):
        try:
            data = os.read(pipe, READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(pipe)
            return
        keep(data)


class Output:
    """Keeps at least the last `MAX_BYTES`, and counts the bytes it dropped."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._kept = 0
        self._forgotten = 0

    def add(self, data: bytes) -> None:
        """Add output; drop the oldest pieces if there is too much."""
        self._pieces.append(data)
        self._kept += len(data)
        while self._kept - len(self._pieces[0]) >= MAX_BYTES:
            oldest = len(self._pieces.popleft())
            self._kept -= oldest
            self._forgotten += oldest

    def take(self) -> bytes:
        """Return and clear the kept output; a first line counts the dropped bytes."""
        data = b"".join(self._pieces)
        if self._forgotten:
            data = b"(%d bytes left out)\n" % self._forgotten + data
        self._pieces.clear()
        self._kept = self._forgotten = 0
        return data
