"""What a play has on the data side: laid down, created, read back, removed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from twinproof.cases.language import Scope
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.domain.protocol import Records
from twinproof.errors import ToolError
from twinproof.exchange.model import Exchange, Item, Key
from twinproof.stores.aws import Store
from twinproof.stores.resources import Resources, as_read


@dataclass
class Fixtures:
    """The items and objects of one play; without a store, none."""

    store: Store | None
    scope: Scope
    records: Records
    known: dict[Key, Item | None] = field(default_factory=dict)
    """What stood at each key when it was last read."""
    written: set[Key] = field(default_factory=set)
    """Where something was laid down."""
    stale: bool = False
    """Whether something was sent since."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """By store, the attribute after whose time an item may be reaped."""

    @property
    def resources(self) -> Resources:
        """Return what the data side is called; without one nothing has a name."""
        return self.store.resources if self.store else Resources()

    def set_up(self, given: Mapping[str, Any]) -> None:
        """Lay down what a `given` describes, and bind its names."""
        written = self.records.set_up(given, self.scope, self.resources)
        if self.store is None or not written:
            return
        self.known.update({key: as_read(value) for key, value in written.items()})
        self.written.update(written)
        self.store.write(written)

    def expect(self, key: Key) -> None:
        """Note a key at which a record is told to be."""
        self.known.setdefault(key, None)

    def take(
        self, more: Iterable[Key], named: Iterable[Key] = ()
    ) -> tuple[dict[Key, Item | None], dict[Key, Item | None]]:
        """Return what stood at all keys, `more` and `named` among them, and what does.

        What may have been reaped meanwhile stands as it was, for that is not the doing
        of an exchange; but not at a key that is `named`, for which a case says itself
        what stands there.
        """
        keys = self._keys().union(more, named)
        before = {key: self.known.get(key) for key in keys}
        now = self.read(keys)
        self.known.update(now)
        self.stale = False
        reaped = {
            key: before[key]
            for key in now.keys() - set(named)
            if now[key] is None and self._is_due(key, before[key])
        }
        return before, now | reaped

    def refresh(self) -> None:
        """Read all keys again, after steps that were not watched."""
        items = [item for item in self.known.values() if item]
        self.take(key for item in items for key in self.records.companions(item))

    def read(self, keys: set[Key]) -> dict[Key, Item | None]:
        """Return what stands at keys, objects as their digests."""
        return self.store.read(keys) if self.store else {}

    def strays(self, exchange: Exchange) -> Iterator[Mismatch]:
        """Yield records with own values of this play that no answer told of."""
        if self.store is None:
            return
        for key, values in self.records.strays(exchange, self.scope, self.store):
            self.known.update(self.read({key}))
            yield Mismatch(key.label, MISSING, dict(values), "left over")

    def clean(self) -> None:
        """Remove what is the play's own; raise `ToolError` where something is left.

        A record of somebody else's may have been asked for by its id, and read back.
        """
        if self.store is None:
            return
        if self.stale:
            self.refresh()
        keys = {
            key
            for key, item in self.known.items()
            if item is not None and self._is_own(key, item)
        }
        if not keys:
            return
        self.store.remove(keys)
        left = sorted(key for key, item in self.read(keys).items() if item is not None)
        if left:
            names = ", ".join(key.name for key in left)
            raise ToolError(f"left behind: {names}")

    def _is_own(self, key: Key, item: Item) -> bool:
        return key in self.written or self.records.is_own(key, item, self.scope)

    def _keys(self) -> set[Key]:
        """Return every key of the play, and where it may have left something."""
        return {*self.known, *self.records.touched(None, self.scope)}

    def _is_due(self, key: Key, item: Item | None) -> bool:
        """Say whether a store may reap an item: at any time after the end it has.

        See aws.yaml#dynamodb-ttl.
        """
        end = (item or {}).get(self.ends.get(key.table, ""))
        return isinstance(end, int | float) and end <= time.time()


def companions_of(
    record: Key, known: Mapping[Key, Item | None], records: Records
) -> Iterable[Key]:
    """Return the keys of what belongs to a record that is known, and is elsewhere."""
    item = known.get(record)
    return records.companions(item) if item else ()
