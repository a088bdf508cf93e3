"""One exchange with what is known around it: what every check looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, Item, Key, created_key
from twinproof.stores.resources import Resources
from twinproof.values.integers import is_integer


class RecordFinder(Protocol):
    """What is asked of `Records` about an exchange."""

    def shown(self, document: Mapping[str, Any]) -> Key | None:
        """Return where the record is stored that a body or an item shows."""

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return where the record of an id in an operation's path is stored."""


class ChangeJudge(Protocol):
    """What is asked of `Effects` about an exchange."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a change is one that a read is allowed to make."""


class RecordsAndEffects(Protocol):
    """The part of `Domain` that an exchange is looked at by."""

    @property
    def records(self) -> RecordFinder:
        """Return what is said of stored things."""

    @property
    def effects(self) -> ChangeJudge:
        """Return what is said of changes."""


@dataclass(frozen=True)
class Observation:
    """An exchange, read back, and the body, item or log event of it that is looked at.

    Without `resources` the data side is not known.
    """

    exchange: Exchange
    document: Mapping[str, Any]
    """The body at first; empty where that is no JSON object."""
    key: Key | None
    """Where the record is stored that the document shows; None: it shows none."""
    requested_id: str | None
    """The id in the path as it was sent, decoded."""
    resources: Resources | None
    skew_ms: int
    """How far the target's clock may be from ours."""
    domain: RecordsAndEffects
    """What the service says of its records, and of what changes them."""
    named: frozenset[Key] = frozenset()
    """Keys that the case's `after` names: it says itself what stands there."""
    label: str = "body"
    """What reports call the part of the exchange that the document is."""
    member: str = ""
    """Path of the member that is looked at; "" for the whole document."""
    added_headers: frozenset[str] = frozenset()
    """Headers that are not the service's, but its gateway's."""

    @classmethod
    def of(
        cls,
        exchange: Exchange,
        contract: Contract,
        domain: RecordsAndEffects,
        resources: Resources | None,
        skew_ms: int,
    ) -> Observation:
        """Return an exchange, looked at by its body."""
        body = exchange.response.parsed
        document = body if isinstance(body, dict) else {}
        seen = cls(
            exchange,
            document,
            domain.records.shown(document),
            contract.requested_id(exchange.request.path),
            resources,
            skew_ms,
            domain,
        )
        return seen if seen.key else replace(seen, key=seen.requested)

    def at(
        self, document: Mapping[str, Any], key: Key | None, label: str
    ) -> Observation:
        """Return the same exchange, looking at another document of it."""
        return replace(self, document=document, key=key, label=label, member="")

    def within(self, path: str) -> Observation:
        """Return the same document, looking at the member at a path."""
        return replace(self, member=path)

    @property
    def where(self) -> str:
        """Return what reports call the place of the member."""
        between = "/" if " /" in self.label else " /"
        return f"{self.label}{between}{self.member}" if self.member else self.label

    @property
    def earlier(self) -> frozenset[str]:
        """Return ids of records that this exchange cannot have created."""
        return self.exchange.earlier

    @property
    def requested(self) -> Key | None:
        """Return where the record is stored that the request's path names."""
        if self.requested_id is None:
            return None
        return self.domain.records.about(self.exchange.operation, self.requested_id)

    @property
    def record(self) -> Key | None:
        """Return where the record of the exchange is stored."""
        if not self.exchange.created:
            return self.requested
        return created_key(self.exchange, self.domain.records.shown)

    @property
    def repeats(self) -> bool:
        """Say whether it answered what was created before, and so wrote nothing."""
        record = self.record
        return (
            self.exchange.created and record is not None and record.name in self.earlier
        )

    @property
    def before(self) -> Item | None:
        """Return the document's item as it was, where that is known."""
        return self.exchange.before.get(self.key) if self.key else None

    @property
    def stored(self) -> Item | None:
        """Return the document's item as it is now, where that is known."""
        return self.exchange.stored.get(self.key) if self.key else None

    @property
    def created(self) -> bool:
        """Say whether this exchange created the document's record."""
        return (
            self.exchange.created
            and self.key is not None
            and self.key.name not in self.earlier
        )

    @property
    def written(self) -> bool:
        """Say whether this exchange wrote the document's record."""
        changes = self.exchange.request.method in ("PUT", "PATCH")
        if self.created:
            return True
        if changes and self.exchange.succeeded:
            return self.key is not None and self.key.name == self.requested_id
        return self.domain.effects.read_may_write(self.before, self.stored)

    def in_time(self, value: Any) -> str:
        """Hold a time between sending and receiving."""
        low = self.exchange.sent_ms - self.skew_ms
        high = self.exchange.received_ms + self.skew_ms
        held = is_integer(value) and low <= value <= high
        return "" if held else f"a time from {low} to {high}"
