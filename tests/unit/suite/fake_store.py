"""The data side of the fake service: dictionaries in place of tables and bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.suite.items import OBJECTS, USERS, Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contract.suite.exchanges import Item, Key
    from contract.suite.items import Object

LAYOUT = Layout("users", "assets", "bucket", 4)


class FakeStore:
    """What `contract.suite.store.Store` asks for, in memory."""

    def __init__(self) -> None:
        self.layout = LAYOUT
        self.items: dict[Key, Item] = {}
        self.bucket: dict[Key, Object] = {}
        self.sticky: set[str] = set()
        """Names of items that no removal removes."""

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        return {key: self.items.get(key) for key in keys}

    def write(self, items: Mapping[Key, Item]) -> None:
        self.items.update(items)

    def remove(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if key.table == OBJECTS:
                self.bucket.pop(key, None)
            elif key.name not in self.sticky:
                self.items.pop(key, None)

    def users_with(self, address: str) -> list[str]:
        return [
            key.name
            for key, item in self.items.items()
            if key.table == USERS and item.get("email") == address
        ]

    def objects(self, keys: Iterable[Key]) -> dict[Key, Object | None]:
        return {key: self.bucket.get(key) for key in keys}

    def write_object(self, key: Key, value: Object) -> None:
        self.bucket[key] = value

    def traces(self, run: str) -> list[Key]:
        return [key for key, item in self.items.items() if run in repr(item)]
