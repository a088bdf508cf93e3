"""The domain of a contract without a plugin: twinproof.toml alone.

A case's `given` is `{STORE: [item]}`. An item may have `bind`, a name for it, and
`times`, how many there are. Its `after` is `{STORE: [item], gone: {STORE: [key]}}`.
Every record has one item, responses show the whole item, and nothing else is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from twinproof.cases.expressions import evaluate, evaluate_members, id_named
from twinproof.cases.language import Expression, Record, Scope, Value
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.cases.model import Case
from twinproof.contract.config import Config, RecordEntry
from twinproof.domain.kinds import Kind
from twinproof.domain.observation import Observation
from twinproof.domain.protocol import After, Creators, Drawing, Given, Words
from twinproof.errors import BadExpression, FileFinding
from twinproof.exchange.model import SAFE, Exchange, Item, Key, created_key
from twinproof.stores.aws import Store
from twinproof.stores.resources import Blob, Resources
from twinproof.values.ids import new_id

SET_UP = frozenset({"bind", "times"})
"""Fields of an entry of `given` that are not stored."""


@dataclass(frozen=True)
class PlainRecords:
    """The records of `[records]`; each is one item of its store."""

    config: Config

    def set_up(
        self, given: Given, scope: Scope, _: Resources
    ) -> dict[Key, Item | Blob]:
        """Return the items of a `given`; bind their names in the scope."""
        written: dict[Key, Item | Blob] = {}
        for store, entries in given.items():
            record = self._record_in(store)
            for entry in entries:
                scopes = _scopes(entry, scope)
                made = [self._made(record, entry, each) for each in scopes]
                for each in made:
                    written[self._key(record, each.record_id)] = each.item
                    scope.owned.add(each.record_id)
                if "bind" in entry:
                    scope.names[entry["bind"]] = made if "times" in entry else made[0]
        return written

    def named(self, after: After, scope: Scope) -> dict[Key, Value]:
        """Return each key of an `after` with its item; MISSING if it is gone."""
        named: dict[Key, Value] = {}
        for store, entries in after.items():
            if store != "gone":
                record = self._record_in(store)
                for entry in entries:
                    record_id = evaluate(entry[record.id], scope)
                    key = self._key(record, str(record_id))
                    named[key] = {**entry, record.id: record_id}
        for store, values in after.get("gone", {}).items():
            record = self._record_in(store)
            for value in values:
                named[self._key(record, id_named(value, record.id, scope))] = MISSING
        return named

    def entry(
        self, key: Key, item: Item | None, words: Words
    ) -> tuple[str, Value] | None:
        """Return the `after` entry of an item; None if it is gone and has no name."""
        name = words.plain(key.name)
        if item is None:
            return (key.table, name) if key.name in words.bound else None
        shown = words.body(dict(item), self.config.schema_of(key.kind))
        return key.table, {**shown, self._record_in(key.table).id: name}

    def shown(self, document: Mapping[str, Value]) -> Key | None:
        """Return the key of the record in a body or an item, by its id."""
        record = self.config.record_in(document)
        return self._key(record, document[record.id]) if record else None

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return the key of the record of an id in a path, by the operation."""
        record = self.config.record_of(operation)
        return self._key(record, requested_id) if record else None

    def note(self, exchange: Exchange, scope: Scope) -> None:
        """Do nothing: records in a response are found by their id."""

    def touched(self, _: Exchange | None, __: Scope) -> Iterable[Key]:
        """Yield nothing: a record has no other items."""
        return ()

    def companions(self, _: Item) -> Iterable[Key]:
        """Yield nothing: a record has no other items."""
        return ()

    def is_own(self, key: Key, item: Item, scope: Scope) -> bool:
        """Say whether an item has an id or an own value of the play."""
        own = self.config.stores[key.table].own
        values = [str(item.get(attribute, "")) for attribute in own]
        return key.name in scope.owned or any(
            scope.run in value and scope.case_hash in value for value in values
        )

    def strays(
        self, _: Exchange, __: Scope, ___: Store
    ) -> Iterator[tuple[Key, Mapping[str, Value]]]:
        """Yield nothing: a file cannot say which responses show their records."""
        return iter(())

    def _record_in(self, store: str) -> RecordEntry:
        """Return the kind of record in a store; raise `BadExpression`."""
        for record in self.config.records:
            if record.store == store:
                return record
        raise BadExpression(f"no record of twinproof.toml is in a store {store!r}")

    def _made(
        self, record: RecordEntry, entry: Mapping[str, Value], scope: Scope
    ) -> Record:
        """Return the record of an entry; one without an id gets one."""
        fields = {name: value for name, value in entry.items() if name not in SET_UP}
        item = evaluate_members(fields, scope)
        item.setdefault(
            record.id, new_id(self.config.notations, scope.start_ms, scope.chance)
        )
        return Record(record.store, str(item[record.id]), item, item)

    def _key(self, record: RecordEntry, record_id: str) -> Key:
        label = f"{record.name} {record_id}"
        return Key(record.store, record_id, record.name, label)


@dataclass(frozen=True)
class PlainEffects:
    """A write changes the requested or created record and nothing else."""

    config: Config

    def read_may_write(self, _: Item | None, __: Item | None) -> bool:
        """Return False: no read may change anything."""
        return False

    def may_change(self, seen: Observation) -> Set[Key]:
        """Return the key of the record of a write."""
        writes = seen.exchange.request.method not in SAFE
        if not writes or not seen.exchange.succeeded or seen.record is None:
            return frozenset()
        return frozenset() if seen.repeats else frozenset({seen.record})

    def check(self, _: Observation) -> Iterator[Mismatch]:
        """Yield nothing: a record has no companions."""
        return iter(())

    def creators(self, exchanges: Sequence[Exchange], _: int) -> Creators:
        """Return the first exchange with each id; others must be repeats of it.

        Only a request under the same Idempotency-Key is a repeat.
        """
        by_id: dict[str, Exchange] = {}
        found = []
        for exchange in sorted(exchanges, key=lambda each: each.sent_ms):
            key = created_key(exchange, PlainRecords(self.config).shown)
            if key is None:
                continue
            first = by_id.setdefault(key.name, exchange)
            if first is not exchange and not self._repeats(first, exchange):
                record = self.config.record_in(exchange.json())
                where = f"body /{record.id}" if record else "body"
                found.append(Mismatch(where, "an id of its own", key.name))
        return Creators(by_id, found)

    def _repeats(self, first: Exchange, other: Exchange) -> bool:
        rule = self.config.idempotency
        sent = first.request.header(rule.header) if rule else None
        return bool(
            rule and sent is not None and sent == other.request.header(rule.header)
        )


@dataclass(frozen=True)
class PlainDomain:
    """The domain of a contract without a plugin."""

    records: PlainRecords
    effects: PlainEffects
    drawing: Drawing | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    expressions: Mapping[str, Expression] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config) -> PlainDomain:
        """Return the domain that a contract's config describes."""
        return cls(PlainRecords(config), PlainEffects(config))

    def lint(self, _: Case) -> Iterator[str]:
        """Yield nothing: the formats check all of a case."""
        return iter(())

    def conventions(self, _: Set[str]) -> Iterator[FileFinding]:
        """Yield nothing: the tool's own checks are enough for the documents."""
        return iter(())


def _scopes(entry: Mapping[str, Value], scope: Scope) -> list[Scope]:
    if "times" not in entry:
        return [scope]
    return [scope.turn(index) for index in range(entry["times"])]
