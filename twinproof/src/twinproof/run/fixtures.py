"""The stored records of one play: set up, created, read back, removed."""

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
    """The items and objects of one play; none without a store."""

    store: Store | None
    scope: Scope
    records: Records
    known: dict[Key, Item | None] = field(default_factory=dict)
    """The value of each key when it was last read."""
    written: set[Key] = field(default_factory=set)
    """The keys that were set up."""
    stale: bool = False
    """Whether a request was sent since then."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """By store: the attribute with the time after which an item may be deleted."""

    @property
    def resources(self) -> Resources:
        """Return the names of tables and buckets; without a store there are none."""
        return self.store.resources if self.store else Resources()

    def set_up(self, given: Mapping[str, Any]) -> None:
        """Write what a `given` describes, and bind its names."""
        written = self.records.set_up(given, self.scope, self.resources)
        if self.store is None or not written:
            return
        self.known.update({key: as_read(value) for key, value in written.items()})
        self.written.update(written)
        self.store.write(written)

    def expect(self, key: Key) -> None:
        """Note a key at which a record should be."""
        self.known.setdefault(key, None)

    def take(
        self, more: Iterable[Key], named: Iterable[Key] = ()
    ) -> tuple[dict[Key, Item | None], dict[Key, Item | None]]:
        """Return the values at all keys, with `more` and `named`, before and now.

        An item that DynamoDB may have expired counts as unchanged, because no exchange
        did it. At a `named` key the case says what is stored, so nothing is assumed.
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
        """Read all keys again, after steps whose effects were not read."""
        items = [item for item in self.known.values() if item]
        self.take(key for item in items for key in self.records.companions(item))

    def read(self, keys: set[Key]) -> dict[Key, Item | None]:
        """Return the values at keys; objects as their digests."""
        return self.store.read(keys) if self.store else {}

    def strays(self, exchange: Exchange) -> Iterator[Mismatch]:
        """Yield records with this play's own values that no response named."""
        if self.store is None:
            return
        for key, values in self.records.strays(exchange, self.scope, self.store):
            self.known.update(self.read({key}))
            yield Mismatch(key.label, MISSING, dict(values), "left over")

    def clean(self) -> None:
        """Remove the play's own records; raise `ToolError` if something is left.

        A play may have asked for a record of another play by its id: that one stays.
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
        """Return every key of the play, also those where it may have left something."""
        return {*self.known, *self.records.touched(None, self.scope)}

    def _is_due(self, key: Key, item: Item | None) -> bool:
        """Say whether a store may delete an item: at any time after its time to live.

        See aws.yaml#dynamodb-ttl.
        """
        end = (item or {}).get(self.ends.get(key.table, ""))
        return isinstance(end, int | float) and end <= time.time()


def companions_of(
    record: Key, known: Mapping[Key, Item | None], records: Records
) -> Iterable[Key]:
    """Return the keys of what belongs to a known record and is stored elsewhere."""
    item = known.get(record)
    return records.companions(item) if item else ()
