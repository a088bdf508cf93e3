"""What a play has on the data side: laid down, created, read back, removed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract.suite.afters import object_item
from contract.suite.errors import SuiteError
from contract.suite.exchanges import Key
from contract.suite.items import (
    OBJECTS,
    USERS,
    Layout,
    guard_key,
    is_own,
    lay_out,
    object_key,
)
from contract.suite.matching import MISSING, Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contract.suite.exchanges import Item
    from contract.suite.expressions import Scope
    from contract.suite.store import Store

# Where there is no data side, nothing is laid down and the bucket has no name.
NO_LAYOUT = Layout("", "", "", 1)


@dataclass
class Shelf:
    """The items and objects of one play; without a store, none."""

    store: Store | None
    scope: Scope
    known: dict[Key, Item | None] = field(default_factory=dict)
    """What stood at each key when it was last read."""
    laid: set[Key] = field(default_factory=set)
    """Where something was laid down."""
    stale: bool = False
    """Whether something was sent since."""

    @property
    def layout(self) -> Layout:
        """Return what the data side is called."""
        return self.store.layout if self.store else NO_LAYOUT

    def lay(self, given: Mapping[str, Any]) -> None:
        """Lay down what a `given` describes, and bind its names."""
        laid = lay_out(given, self.scope, self.layout)
        if self.store is None or not (laid.items or laid.objects):
            return
        self.known.update(laid.items)
        self.known.update({k: object_item(v) for k, v in laid.objects.items()})
        self.laid.update(laid.items, laid.objects)
        self.store.write(laid.items)
        for key, value in laid.objects.items():
            self.store.write_object(key, value)

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
            if now[key] is None and _is_due(before[key])
        }
        return before, now | reaped

    def refresh(self) -> None:
        """Read all keys again, after steps that were not watched."""
        self.take(filter(None, map(object_key, self.known.values())))

    def read(self, keys: set[Key]) -> dict[Key, Item | None]:
        """Return what stands at keys, objects as their digests."""
        if self.store is None:
            return {}
        objects = {key for key in keys if key.table == OBJECTS}
        found = self.store.objects(objects)
        items = self.store.read(keys - objects)
        return {**items, **{key: object_item(found[key]) for key in objects}}

    def strangers(self) -> Iterator[Mismatch]:
        """Yield users of this play's addresses that no answer told of."""
        if self.store is None:
            return
        for address in sorted(self.scope.own["email"]):
            for user_id in self.store.users_with(address):
                if user_id not in self.scope.owned:
                    key = Key(USERS, user_id)
                    self.known.update(self.read({key}))
                    yield Mismatch(
                        f"user {user_id}", MISSING, {"email": address}, "left over"
                    )

    def clean(self) -> None:
        """Remove what is the play's own; raise `SuiteError` where something is left.

        A record of somebody else's may have been asked for by its id, and read back.
        """
        if self.store is None:
            return
        if self.stale:
            self.refresh()
        keys = {
            key
            for key, item in self.known.items()
            if item is not None and (key in self.laid or is_own(key, item, self.scope))
        }
        if not keys:
            return
        self.store.remove(keys)
        left = sorted(key for key, item in self.read(keys).items() if item is not None)
        if left:
            names = ", ".join(key.name for key in left)
            raise SuiteError(f"left behind: {names}")

    def _keys(self) -> set[Key]:
        """Return every key of the play, the guards of its addresses among them."""
        return {*self.known, *map(guard_key, self.scope.own["email"])}


def _is_due(item: Item | None) -> bool:
    """Say whether DynamoDB may reap an item: at any time after its `ttl`.

    See aws.yaml#dynamodb-ttl.
    """
    return item is not None and "ttl" in item and item["ttl"] <= time.time()
