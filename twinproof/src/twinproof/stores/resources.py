"""The names of the tables and buckets behind a target, and facts of its stack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from twinproof.contract.config import Config
from twinproof.exchange.model import Item


@dataclass(frozen=True)
class Resources:
    """The names of a target's stores, and the parameters of its deployment."""

    stores: Mapping[str, str] = field(default_factory=dict)
    """By the contract's name: the name of the table or bucket."""
    outputs: Mapping[str, int | str] = field(default_factory=dict)
    """By the contract's name: the value of the stack's Output."""

    @classmethod
    def sample(cls, config: Config) -> Resources:
        """Return sample names, for files that are rendered without a target."""
        outputs = {
            name: entry.default if entry.sample is None else entry.sample
            for name, entry in config.outputs.items()
        }
        return cls(
            {name: entry.sample or name for name, entry in config.stores.items()},
            {name: value for name, value in outputs.items() if value is not None},
        )

    def number(self, name: str) -> int:
        """Return a fact that is a number; raise `LookupError` if it is unknown."""
        return int(self.outputs[name])


@dataclass(frozen=True)
class Blob:
    """An object in a bucket."""

    body: bytes
    content_type: str = "application/octet-stream"

    @property
    def item(self) -> Item:
        """Return it as it is read back: digest, size and media type."""
        return {
            "sha256": hashlib.sha256(self.body).hexdigest(),
            "size": len(self.body),
            "contentType": self.content_type,
        }


def as_read(value: Item | Blob) -> Item:
    """Return a written value as it is read back."""
    return value.item if isinstance(value, Blob) else value
