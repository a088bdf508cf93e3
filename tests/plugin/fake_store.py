"""The store of the fake service: dictionaries instead of tables and a bucket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contract.plugin.keys import ID_OF, OBJECTS
from twinproof.exchange.model import Item, Key
from twinproof.stores.resources import Blob, Resources

RESOURCES = Resources(
    {"users": "users", "assets": "assets", "objects": "bucket"},
    {"list-shards": 4, "min-lifetime-seconds": 60},
)


class FakeStore:
    """A store in memory, with the methods of `twinproof.stores.aws.Store`."""

    def __init__(self) -> None:
        self.resources = RESOURCES
        self.items: dict[Key, Item] = {}
        self.bucket: dict[Key, Blob] = {}
        self.sticky: set[str] = set()
        """Names of items that no removal removes."""

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        return {key: self._at(key) for key in keys}

    def _at(self, key: Key) -> Item | None:
        if key.table != OBJECTS:
            return self.items.get(key)
        blob = self.bucket.get(key)
        return blob.item if blob else None

    def write(self, things: Mapping[Key, Item | Blob]) -> None:
        for key, value in things.items():
            if isinstance(value, Blob):
                self.bucket[key] = value
            else:
                self.items[key] = value

    def remove(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if key.table == OBJECTS:
                self.bucket.pop(key, None)
            elif key.name not in self.sticky:
                self.items.pop(key, None)

    def query(self, store: str, attribute: str, value: str) -> list[str]:
        return [
            str(item[ID_OF[store]])
            for key, item in self.items.items()
            if key.table == store and item.get(attribute) == value
        ]

    def traces(self, run: str) -> list[Key]:
        return [key for key, item in self.items.items() if run in repr(item)]
