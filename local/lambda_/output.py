"""What a process writes into a pipe; the memory it takes is bounded."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable

MAX_BYTES = 4 * 1024 * 1024
READ_BYTES = 65_536
# More than a pipe holds (1 MiB at most: Linux's /proc/sys/fs/pipe-max-size). Without a
# limit a function that writes as fast as this reads would keep all else waiting.
READS = 16


def drain(pipe: int, keep: Callable[[bytes], object]) -> None:
    """Hand what stands in a non-blocking pipe now to `keep`, to the last byte.

    At its end the event loop is told that nothing more will come.
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
    """Keeps at least the last `MAX_BYTES`, and counts what it had to forget."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._kept = 0
        self._forgotten = 0

    def add(self, data: bytes) -> None:
        """Keep what was written; the oldest pieces go when there is too much."""
        self._pieces.append(data)
        self._kept += len(data)
        while self._kept - len(self._pieces[0]) >= MAX_BYTES:
            oldest = len(self._pieces.popleft())
            self._kept -= oldest
            self._forgotten += oldest

    def take(self) -> bytes:
        """Return what is kept, and begin anew; a line says what is left out."""
        data = b"".join(self._pieces)
        if self._forgotten:
            data = b"(%d bytes left out)\n" % self._forgotten + data
        self._pieces.clear()
        self._kept = self._forgotten = 0
        return data
