"""One case or journey, played on a target: lay down, call, read back, judge, clean."""

from __future__ import annotations

import secrets
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contract.suite.afters import after_mismatches, named_keys
from contract.suite.answers import answer_mismatches
from contract.suite.cases import Call, case_hash
from contract.suite.conformance import gateway_mismatches, response_mismatches
from contract.suite.errors import UnboundName
from contract.suite.exchanges import Exchange, Key
from contract.suite.expressions import Scope, evaluate_members
from contract.suite.ids import is_id
from contract.suite.items import (
    LONGEST_KEY,
    created_key,
    idempotency_key,
    object_key,
    record_key,
    table_of,
)
from contract.suite.language import unlogged
from contract.suite.logs import log_mismatches
from contract.suite.observation import Observation
from contract.suite.requesting import request_of
from contract.suite.sending import now_ms, send
from contract.suite.shelf import Shelf
from contract.suite.stored import stored_mismatches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from contract.suite.afters import Stored
    from contract.suite.benches import Bench
    from contract.suite.expressions import Chance, Value
    from contract.suite.matching import Mismatch
    from contract.suite.rulebook import Rulebook


@dataclass
class Play:
    """The state of one case or journey while it runs."""

    full_id: str
    run: str
    book: Rulebook
    bench: Bench
    """The data side is this target's; a call may go to another over the same data."""
    chance: Chance = secrets.randbits
    """What the ids of records laid down are drawn by."""
    scope: Scope = field(init=False)
    shelf: Shelf = field(init=False)
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give the play names of its own."""
        store = self.bench.store
        self.scope = Scope(
            self.book.language,
            case_hash(self.full_id),
            self.run,
            now_ms(),
            self.chance,
            outputs=store.layout.outputs if store else {},
        )
        self.shelf = Shelf(store, self.scope)

    def call(self, call: Call, bench: Bench | None = None) -> list[Mismatch]:
        """Make a call and return everything that is wrong with what came of it."""
        bench = bench or self.bench
        timing = self.book.timing
        deadline = time.monotonic() + timing.eventually
        while True:
            found = self._call_once(call, bench)
            if not found or not call.eventually or time.monotonic() > deadline:
                return found
            time.sleep(timing.eventually_pause)

    def _call_once(self, call: Call, bench: Bench) -> list[Mismatch]:
        operation = self.book.contract.operations[call.operation]
        request = request_of(operation, call.when, self.scope)
        path_id = self.path_id(call.when, self.scope)
        earlier = frozenset(self.scope.owned)
        self.shelf.stale = True
        exchange = send(bench, operation, request)
        found = list(self.judge(call, exchange, bench, self.scope, path_id))
        exchange, named = self._read_back(call, exchange, path_id, found)
        self.exchanges.append(exchange)
        observed = self.observe(exchange, bench, earlier, path_id, frozenset(named))
        if self.bench.store is not None:
            found += self._after(named, exchange.stored, failed=bool(found))
            found += stored_mismatches(self.book, observed)
        found += self.hold(observed)
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
            # HEAD is answered without the body that GET would have, a preflight by 204.
            if exchange.request.method != "HEAD" and exchange.response.status != 204:
                yield from gateway_mismatches(contract, exchange)
            return
        headers = (
            bench.target.gateway_headers
            if not bench.target.is_lambda
            else frozenset[str]()
        )
        yield from response_mismatches(contract, exchange, headers)
        yield from log_mismatches(contract, exchange, unlogged(scope.own_texts))

    def path_id(self, when: Mapping[str, Any], scope: Scope) -> str | None:
        """Return the id in a request's path, where it is one."""
        values = evaluate_members(when.get("path", {}), scope).values()
        notations = scope.language.notations
        return next((value for value in values if is_id(value, notations)), None)

    def note(self, exchange: Exchange) -> None:
        """Remember what an exchange created, to read it back and to remove it."""
        key = created_key(exchange)
        if key is None:
            return
        self.scope.owned.add(key.name)
        self.shelf.expect(key)
        email = exchange.json().get("email")
        if isinstance(email, str):
            self.scope.own["email"].add(email)

    def _schema(self, exchange: Exchange) -> str:
        operation = self.book.contract.operations[exchange.operation]
        return self.book.contract.body_schema(operation, exchange.response.status)

    def observe(
        self,
        exchange: Exchange,
        bench: Bench,
        earlier: frozenset[str],
        requested_id: str | None,
        named: frozenset[Key] = frozenset(),
    ) -> Observation:
        """Return an exchange with what this play knows around it."""
        body = exchange.json()
        document = body if isinstance(body, dict) else {}
        layout = self.shelf.layout if self.bench.store else None
        seen = Observation(
            exchange,
            document,
            record_key(document),
            requested_id,
            earlier,
            layout,
            bench.target.skew_ms,
            named,
        )
        return seen if seen.key else replace(seen, key=seen.requested)

    def hold(self, seen: Observation) -> Iterator[Mismatch]:
        """Yield where the volatile members of a body do not keep their rules."""
        yield from self.book.volatile.check(self._schema(seen.exchange), seen, "body")

    def _read_back(
        self,
        call: Call,
        exchange: Exchange,
        path_id: str | None,
        found: list[Mismatch],
    ) -> tuple[Exchange, dict[Key, Any]]:
        """Return the exchange with what is stored now, and what `after` names."""
        self.note(exchange)
        named = self._named(call.after, failed=bool(found))
        if self.bench.store is None:
            return exchange, named
        touched = self._touched(exchange, path_id)
        before, stored = self.shelf.take(touched, named)
        if exchange.operation == "createUser":
            found += self.shelf.strangers()
        return replace(exchange, before=before, stored=stored), named

    def _touched(self, exchange: Exchange, path_id: str | None) -> Iterator[Key]:
        key = exchange.request.header("idempotency-key")
        # Longer keys cannot be stored, so nothing can be there.
        if key and exchange.request.method == "POST" and len(key) <= LONGEST_KEY:
            yield idempotency_key(exchange.operation, key)
        if path_id is not None:
            record = Key(table_of(exchange.operation), path_id)
            yield record
            # A deletion may put an empty object where none was.
            if there := object_key(self.shelf.known.get(record)):
                yield there

    def after(self, after: Mapping[str, Any], *, failed: bool) -> list[Mismatch]:
        """Compare what is stored with an `after`, outside of a call.

        `failed`: the step has failed already, and may have left names unbound.
        """
        named = self._named(after, failed=failed)
        return self._after(named, self.shelf.read(set(named)), failed=failed)

    def _named(self, after: Mapping[str, Any], *, failed: bool) -> dict[Key, Value]:
        with _names_of(failed=failed):
            return named_keys(after, self.scope)
        return {}

    def _after(
        self, named: Mapping[Key, Value], stored: Stored, *, failed: bool
    ) -> list[Mismatch]:
        with _names_of(failed=failed):
            return after_mismatches(named, stored, self.scope, self.book.volatile)
        return []


def _names_of(*, failed: bool) -> AbstractContextManager[bool | None]:
    """Let a name stay unbound where the answer that was to bind it has failed."""
    return suppress(UnboundName) if failed else nullcontext()


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
