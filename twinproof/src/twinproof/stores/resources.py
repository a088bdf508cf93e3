"""What stands behind a target: what its stores are called, and facts of its stack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from twinproof.contract.config import Config
from twinproof.exchange.model import Item


@dataclass(frozen=True)
class Resources:
    """What the stores of a target are called, and what its deployment set."""

    stores: Mapping[str, str] = field(default_factory=dict)
    """By the name the contract has for it, what the table or bucket is called."""
    outputs: Mapping[str, int | str] = field(default_factory=dict)
    """By the name the contract has for it, what the stack says."""

    @classmethod
    def sample(cls, config: Config) -> Resources:
        """Return those of rendered files, where no target is known."""
        outputs = {
            name: entry.default if entry.sample is None else entry.sample
            for name, entry in config.outputs.items()
        }
        return cls(
            {name: entry.sample or name for name, entry in config.stores.items()},
            {name: value for name, value in outputs.items() if value is not None},
        )

    def number(self, name: str) -> int:
        """Return a fact that is a number; raise `LookupError` where it is not known."""
        return int(self.outputs[name])


@dataclass(frozen=True)
class Blob:
    """An object in a bucket."""

    body: bytes
    content_type: str = "application/octet-stream"

    @property
    def item(self) -> Item:
        """Return it as it is read back: its digest, size and media type."""
        return {
            "sha256": hashlib.sha256(self.body).hexdigest(),
            "size": len(self.body),
            "contentType": self.content_type,
        }


def as_read(value: Item | Blob) -> Item:
    """Return what is laid down as it is read back."""
    return value.item if isinstance(value, Blob) else value
