"""Removes the items of sequences, many at a time, and checks that they are gone."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from twinproof.exchange.model import Key
from twinproof.fuzz.lanes import Lane
from twinproof.targets.prepared import PreparedTarget

# Removing takes four calls and reading takes one, so more items at once need fewer.
AT_ONCE = 100


@dataclass
class Sweeper:
    """The items to remove, by target."""

    left: list[str] = field(default_factory=list)
    """The names of items that still existed after their removal."""
    _waiting: dict[int, tuple[PreparedTarget, set[Key]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, lane: Lane) -> None:
        """Take over the items that a lane may have left."""
        with self._lock:
            _, keys = self._waiting.setdefault(
                id(lane.prepared), (lane.prepared, set())
            )
            keys.update(lane.known)
            if len(keys) < AT_ONCE:
                return
            del self._waiting[id(lane.prepared)]
        self._remove(lane.prepared, keys)

    def finish(self) -> None:
        """Remove all items that are still waiting."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for prepared, keys in waiting.values():
            self._remove(prepared, keys)

    def _remove(self, prepared: PreparedTarget, keys: set[Key]) -> None:
        store = prepared.store
        if store is None:
            return
        store.remove(keys)
        found = store.read(keys)
        self.left += [key.name for key, item in found.items() if item is not None]
