"""What the operations of this service do to what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.suite.exchanges import Item


@dataclass(frozen=True)
class ServiceEffects:
    """Guards follow addresses, objects follow assets, keys follow creations."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a change is one that a read is allowed to make."""
        return arrived(before, now)


def arrived(before: Item | None, now: Item | None) -> bool:
    """Say whether an asset was found uploaded: the only write a read may do."""
    return bool(
        before
        and now
        and before.get("status") == "pending"
        and now.get("status") == "uploaded"
    )
