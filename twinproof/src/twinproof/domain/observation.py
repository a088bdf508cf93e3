"""An observation: one exchange with everything that checks need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, Item, Key, created_key
from twinproof.stores.resources import Resources
from twinproof.values.integers import is_integer


class RecordFinder(Protocol):
    """The part of `Records` that an observation uses."""

    def shown(self, document: Mapping[str, Any]) -> Key | None:
        """Return the key of the record in a body or an item."""

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return the key of the record of an id in an operation's path."""


class ChangeJudge(Protocol):
    """The part of `Effects` that an observation uses."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a read may make this change."""


class RecordsAndEffects(Protocol):
    """The part of `Domain` that an observation uses."""

    @property
    def records(self) -> RecordFinder:
        """Return the service's records."""

    @property
    def effects(self) -> ChangeJudge:
        """Return the service's effects."""


@dataclass(frozen=True)
class Observation:
    """An exchange that was read back, and one body, item or log event of it.

    Without `resources` the tables and buckets are unknown.
    """

    exchange: Exchange
    document: Mapping[str, Any]
    """The body at first; empty if it is not a JSON object."""
    key: Key | None
    """The key of the record in the document, or None."""
    requested_id: str | None
    """The id in the path as it was sent, decoded."""
    resources: Resources | None
    skew_ms: int
    """How far the target's clock may be from ours."""
    domain: RecordsAndEffects
    """The service's records and effects."""
    named: frozenset[Key] = frozenset()
    """The keys in the case's `after`, which says itself what is stored there."""
    label: str = "body"
    """The name of the document in reports."""
    member: str = ""
    """The path of the field; "" for the whole document."""
    added_headers: frozenset[str] = frozenset()
    """The headers that the gateway adds, not the service."""

    @classmethod
    def of(
        cls,
        exchange: Exchange,
        contract: Contract,
        domain: RecordsAndEffects,
        resources: Resources | None,
        skew_ms: int,
    ) -> Observation:
        """Return the observation of the body of an exchange."""
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
        """Return the observation of another document of the exchange."""
        return replace(self, document=document, key=key, label=label, member="")

    def within(self, path: str) -> Observation:
        """Return the observation of the field at a path."""
        return replace(self, member=path)

    @property
    def where(self) -> str:
        """Return the label of the field in reports."""
        between = "/" if " /" in self.label else " /"
        return f"{self.label}{between}{self.member}" if self.member else self.label

    @property
    def earlier(self) -> frozenset[str]:
        """Return the ids of records that existed before."""
        return self.exchange.earlier

    @property
    def requested(self) -> Key | None:
        """Return the key of the record in the request's path."""
        if self.requested_id is None:
            return None
        return self.domain.records.about(self.exchange.operation, self.requested_id)

    @property
    def record(self) -> Key | None:
        """Return the key of the record of the exchange."""
        if not self.exchange.created:
            return self.requested
        return created_key(self.exchange, self.domain.records.shown)

    @property
    def repeats(self) -> bool:
        """Say whether it repeated an earlier creation, and so wrote nothing."""
        record = self.record
        return (
            self.exchange.created and record is not None and record.name in self.earlier
        )

    @property
    def before(self) -> Item | None:
        """Return the document's item before the exchange, if known."""
        return self.exchange.before.get(self.key) if self.key else None

    @property
    def stored(self) -> Item | None:
        """Return the document's item after the exchange, if known."""
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
        """Expect a time between sending and receiving."""
        low = self.exchange.sent_ms - self.skew_ms
        high = self.exchange.received_ms + self.skew_ms
        within = is_integer(value) and low <= value <= high
        return "" if within else f"a time from {low} to {high}"
