"""One case or journey, played on a target: lay down, call, read back, judge, clean."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contract.suite.afters import after_mismatches, named_keys, object_item
from contract.suite.answers import answer_mismatches
from contract.suite.cases import Call, case_hash
from contract.suite.conformance import gateway_mismatches, response_mismatches
from contract.suite.errors import SuiteError, UnboundName
from contract.suite.exchanges import Exchange, Item, Key, Request
from contract.suite.expressions import Scope, evaluate_members
from contract.suite.items import (
    ASSETS,
    OBJECTS,
    USERS,
    Layout,
    guard_key,
    idempotency_key,
    lay_out,
)
from contract.suite.logs import log_mismatches, read_log
from contract.suite.matching import MISSING, Mismatch
from contract.suite.requesting import request_of
from contract.suite.rules import Subject, record_key
from contract.suite.stored import Holding, stored_mismatches
from contract.suite.ulids import is_ulid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract.suite.benches import Bench
    from contract.suite.openapi import Contract, Operation
    from contract.suite.transports import Transport
    from contract.suite.volatile import Volatile

EVENTUALLY_SECONDS = 10.0
EVENTUALLY_PAUSE_SECONDS = 0.2
# Where there is no data side, nothing is laid down and the bucket has no name.
NO_LAYOUT = Layout("", "", "", 1)


@dataclass(frozen=True)
class Rulebook:
    """What every play is held to."""

    contract: Contract
    volatile: Volatile


@dataclass
class Play:
    """The state of one case or journey while it runs."""

    full_id: str
    run: str
    book: Rulebook
    bench: Bench
    """The data side is this target's; a call may go to another over the same data."""
    scope: Scope = field(init=False)
    known: dict[Key, Item | None] = field(default_factory=dict)
    """What stood at each key of this play when it was last read."""
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give the play names of its own."""
        self.scope = Scope(case_hash(self.full_id), self.run, now_ms())

    @property
    def layout(self) -> Layout:
        """Return what the data side is called."""
        return self.bench.store.layout if self.bench.store else NO_LAYOUT

    def lay(self, given: Mapping[str, Any]) -> None:
        """Lay down what a `given` describes."""
        laid = lay_out(given, self.scope, self.layout)
        store = self.bench.store
        if store is None or not (laid.items or laid.objects):
            return
        self.known.update(laid.items)
        self.known.update({k: object_item(v) for k, v in laid.objects.items()})
        store.write(laid.items)
        for key, value in laid.objects.items():
            store.write_object(key, value)

    def call(self, call: Call, bench: Bench | None = None) -> list[Mismatch]:
        """Make a call and return everything that is wrong with what came of it."""
        bench = bench or self.bench
        deadline = time.monotonic() + EVENTUALLY_SECONDS
        while True:
            found = self._call_once(call, bench)
            if not found or not call.eventually or time.monotonic() > deadline:
                return found
            time.sleep(EVENTUALLY_PAUSE_SECONDS)

    def _call_once(self, call: Call, bench: Bench) -> list[Mismatch]:
        operation = self.book.contract.operations[call.operation]
        request = request_of(operation, call.when, self.scope)
        path_id = self.path_id(call.when, self.scope)
        seen = frozenset(self.scope.owned)
        exchange = send(bench, operation, request)
        found = list(self.judge(call, exchange, bench, self.scope, path_id))
        exchange, named = self._read_back(call, exchange, path_id, found)
        self.exchanges.append(exchange)
        if self.bench.store is not None:
            holding = Holding(
                self.book.contract,
                self.book.volatile,
                exchange,
                self.layout,
                seen,
                path_id,
                bench.target.skew_ms,
                frozenset(named),
            )
            found += after_mismatches(
                named, exchange.stored, self.scope, self.book.volatile
            )
            found += stored_mismatches(holding)
        found += self._volatile(exchange, bench, seen, path_id)
        return unrepeated(found)

    def judge(
        self,
        call: Call,
        exchange: Exchange,
        bench: Bench,
        scope: Scope,
        path_id: str | None,
    ) -> Iterator[Mismatch]:
        """Yield what is wrong with an answer by itself."""
        contract = self.book.contract
        if call.then is not None:
            free = self.book.volatile.free(self._schema(exchange))
            yield from answer_mismatches(contract, call.then, exchange, scope, free)
        if call.gateway:
            # HEAD is answered without the body that GET would have.
            if exchange.request.method != "HEAD":
                yield from gateway_mismatches(contract, exchange)
            return
        headers = (
            bench.target.gateway_headers
            if not bench.target.is_lambda
            else frozenset[str]()
        )
        yield from response_mismatches(contract, exchange, headers)
        yield from log_mismatches(contract, exchange, scope.domain)

    def path_id(self, when: Mapping[str, Any], scope: Scope) -> str | None:
        """Return the id in a request's path, where it is one."""
        values = evaluate_members(when.get("path", {}), scope)
        return next((value for value in values.values() if is_ulid(value)), None)

    def note(self, exchange: Exchange) -> None:
        """Remember what an exchange created, to read it back and to remove it."""
        body = exchange.json()
        if exchange.response.status != 201 or not isinstance(body, dict):
            return
        key = record_key(body)
        if key is not None:
            self.scope.owned.add(key.name)
            self.known.setdefault(key, None)
        if isinstance(body.get("email"), str):
            self.scope.emails.add(body["email"])

    def _schema(self, exchange: Exchange) -> str:
        operation = self.book.contract.operations[exchange.operation]
        return self.book.contract.body_schema(operation, exchange.response.status)

    def _volatile(
        self,
        exchange: Exchange,
        bench: Bench,
        seen: frozenset[str],
        path_id: str | None,
    ) -> Iterator[Mismatch]:
        body = exchange.json()
        if not isinstance(body, dict):
            return
        key = record_key(body)
        if key is None and path_id is not None:
            table = ASSETS if exchange.operation.endswith("Asset") else USERS
            key = Key(table, path_id)
        layout = self.layout if self.bench.store else None
        subject = Subject(
            exchange, body, key, path_id, seen, layout, bench.target.skew_ms
        )
        yield from self.book.volatile.check(self._schema(exchange), subject, "body")

    def _read_back(
        self,
        call: Call,
        exchange: Exchange,
        path_id: str | None,
        found: list[Mismatch],
    ) -> tuple[Exchange, dict[Key, Any]]:
        """Return the exchange with what is stored now, and what `after` names."""
        self.note(exchange)
        try:
            named = named_keys(call.after, self.scope)
        except UnboundName:
            # The answer that was to bind the name has failed already.
            if not found:
                raise
            named = {}
        store = self.bench.store
        if store is None:
            return exchange, named
        keys = {*self.known, *named, *self._touched(exchange, path_id)}
        before = {key: self.known.get(key) for key in keys}
        stored = self.read(keys)
        self.known.update(stored)
        if exchange.operation == "createUser":
            found += self._leftovers(exchange)
        return replace(exchange, before=before, stored=stored), named

    def _touched(self, exchange: Exchange, path_id: str | None) -> Iterator[Key]:
        yield from map(guard_key, self.scope.emails)
        key = exchange.request.header("idempotency-key")
        # Longer keys cannot be stored, so nothing can be there.
        if key and exchange.request.method == "POST" and len(key) <= 255:
            yield idempotency_key(exchange.operation, key)
        if path_id is not None:
            table = ASSETS if exchange.operation.endswith("Asset") else USERS
            yield Key(table, path_id)

    def read(self, keys: set[Key]) -> dict[Key, Item | None]:
        """Return what stands at keys, objects as their digests."""
        store = self.bench.store
        if store is None:
            return {}
        objects = {key for key in keys if key.table == OBJECTS}
        stored = store.read(keys - objects)
        found = store.objects(objects)
        return {**stored, **{key: object_item(found[key]) for key in objects}}

    def _leftovers(self, exchange: Exchange) -> Iterator[Mismatch]:
        """Yield users of this play's addresses that no answer told of."""
        store = self.bench.store
        if store is None:
            return
        for address in sorted(self.scope.emails):
            for user_id in store.users_with(address):
                if user_id not in self.scope.owned:
                    self.known[Key(USERS, user_id)] = {}
                    yield Mismatch(
                        f"user {user_id}",
                        MISSING,
                        {"email": address},
                        "no record is left",
                    )

    def refresh(self) -> None:
        """Read again what is stored at every key, after steps that were not watched."""
        for item in list(self.known.values()):
            if item and "s3Key" in item:
                self.known.setdefault(Key(OBJECTS, str(item["s3Key"])), None)
        keys = {*self.known, *map(guard_key, self.scope.emails)}
        self.known.update(self.read(keys))

    def after(self, after: Mapping[str, Any]) -> list[Mismatch]:
        """Compare what is stored with an `after`, outside of a call."""
        named = named_keys(after, self.scope)
        stored = self.read(set(named))
        return after_mismatches(named, stored, self.scope, self.book.volatile)

    def clean(self) -> None:
        """Remove everything this play laid down or created, and check that it is gone.

        Raises `SuiteError` where something is left.
        """
        store = self.bench.store
        keys = {*self.known, *map(guard_key, self.scope.emails)}
        if store is None or not keys:
            return
        stored = self.read(keys)
        keys = {
            key for key, item in {**self.known, **stored}.items() if item is not None
        }
        for item in stored.values():
            if item and "s3Key" in item:
                keys.add(Key(OBJECTS, str(item["s3Key"])))
            if item and "email" in item:
                keys.add(guard_key(str(item["email"])))
        store.remove(keys)
        left = [key for key, item in self.read(keys).items() if item is not None]
        if left:
            raise SuiteError(
                f"left behind: {', '.join(key.name for key in sorted(left))}"
            )


def send(bench: Bench, operation: Operation, request: Request) -> Exchange:
    """Send a request to a target and return the bare exchange."""
    return send_to(bench.transport, operation.operation_id, request)


def send_to(transport: Transport, operation: str, request: Request) -> Exchange:
    """Send a request and return the bare exchange: nothing is read back yet."""
    sent_ms, start = now_ms(), time.perf_counter_ns()
    response = transport.send(request)
    duration_us = (time.perf_counter_ns() - start) // 1000
    events, _ = read_log(response.log)
    return Exchange(
        operation=operation,
        request=request,
        response=response,
        sent_ms=sent_ms,
        received_ms=-(-time.time_ns() // 1_000_000),
        duration_us=duration_us,
        events=events,
    )


def now_ms() -> int:
    """Return the wall clock, epoch milliseconds, rounded down."""
    return time.time_ns() // 1_000_000


def unrepeated(found: list[Mismatch]) -> list[Mismatch]:
    """Return mismatches without those of a place and value already named."""
    kept: list[Mismatch] = []
    places: set[tuple[str, str]] = set()
    for mismatch in found:
        seen = (mismatch.where, repr(mismatch.got))
        if seen not in places:
            places.add(seen)
            kept.append(mismatch)
    return kept
