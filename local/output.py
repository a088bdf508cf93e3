"""The latest octets that a process wrote; the memory they take is bounded."""

from __future__ import annotations

from collections import deque

MAX_OCTETS = 4 * 1024 * 1024


class Output:
    """Keeps at least the last `MAX_OCTETS`, and counts what it had to forget."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._kept = 0
        self._forgotten = 0

    def add(self, octets: bytes) -> None:
        """Keep what was written; the oldest pieces go when there is too much."""
        self._pieces.append(octets)
        self._kept += len(octets)
        while self._kept - len(self._pieces[0]) >= MAX_OCTETS:
            oldest = len(self._pieces.popleft())
            self._kept -= oldest
            self._forgotten += oldest

    def take(self) -> bytes:
        """Return what is kept, and begin anew; a line says what is left out."""
        octets = b"".join(self._pieces)
        if self._forgotten:
            octets = b"(%d octets left out)\n" % self._forgotten + octets
        self._pieces.clear()
        self._kept = self._forgotten = 0
        return octets
