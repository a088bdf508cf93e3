"""One case or journey on a target: set up, call, read back, check, clean up."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from twinproof.cases.language import Scope, Value, unlogged
from twinproof.cases.matching import Mismatch
from twinproof.cases.model import Call, case_hash
from twinproof.cases.requests import request_of
from twinproof.checks.after import Stored, after_mismatches
from twinproof.checks.answer import answer_mismatches
from twinproof.checks.checks import Checks
from twinproof.checks.documented import gateway_mismatches, response_mismatches
from twinproof.checks.log_lines import log_mismatches
from twinproof.checks.stored import stored_mismatches
from twinproof.domain.observation import Observation
from twinproof.errors import UnboundName
from twinproof.exchange.model import Exchange, Key, created_key
from twinproof.run.fixtures import Fixtures, companions_of
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.sending import now_ms, send
from twinproof.values.ids import Chance


@dataclass
class Play:
    """The state of one case or journey while it runs."""

    full_id: str
    run: str
    checks: Checks
    prepared: PreparedTarget
    """Its store is read; a call may go to another target over the same data."""
    chance: Chance = secrets.randbits
    """The source of random bits for the ids of fixtures."""
    scope: Scope = field(init=False)
    fixtures: Fixtures = field(init=False)
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give the play names of its own."""
        store = self.prepared.store
        self.scope = Scope(
            self.checks.language,
            case_hash(self.full_id),
            self.run,
            now_ms(),
            self.chance,
            outputs=store.resources.outputs if store else {},
        )
        ends = self.checks.contract.config.ends
        self.fixtures = Fixtures(
            store, self.scope, self.checks.domain.records, ends=ends
        )

    def call(
        self, call: Call, prepared: PreparedTarget | None = None
    ) -> list[Mismatch]:
        """Make a call and return everything that is wrong with its result."""
        prepared = prepared or self.prepared
        timing = self.checks.timing
        deadline = time.monotonic() + timing.eventually
        while True:
            found = self._call_once(call, prepared)
            if not found or not call.eventually or time.monotonic() > deadline:
                return found
            time.sleep(timing.eventually_pause)

    def _call_once(self, call: Call, prepared: PreparedTarget) -> list[Mismatch]:
        seen = self._send(call, prepared)
        # The response is checked first: it binds names that `after` refers to.
        found = list(self.judge(call, seen, self.scope))
        named = self._named(call.after, failed=bool(found))
        if self.prepared.store is not None:
            seen = self._read_back(seen, named)
        self.exchanges.append(seen.exchange)
        if self.prepared.store is not None:
            found += self.fixtures.strays(seen.exchange)
            found += self._after(named, seen.exchange.stored, failed=bool(found))
            found += stored_mismatches(self.checks, seen)
        return unrepeated([*found, *self.check(seen)])

    def _send(self, call: Call, prepared: PreparedTarget) -> Observation:
        operation = self.checks.contract.operations[call.operation]
        request = request_of(operation, call.when, self.scope)
        self.fixtures.stale = True
        skew_ms, added = prepared.target.skew_ms, prepared.target.added_headers
        exchange = send(prepared, operation, request, self.scope.owned)
        if exchange.created:
            self.note(exchange)
        return self._observed(exchange, prepared, skew_ms, added)

    def observed(self, exchange: Exchange, prepared: PreparedTarget) -> Observation:
        """Return an exchange with a target, before anything is read back."""
        target = prepared.target
        return self._observed(exchange, prepared, target.skew_ms, target.added_headers)

    def _observed(
        self,
        exchange: Exchange,
        prepared: PreparedTarget,
        skew_ms: int,
        added: frozenset[str],
    ) -> Observation:
        checks, store = self.checks, prepared.store
        resources = store.resources if store else None
        seen = Observation.of(
            exchange, checks.contract, checks.domain, resources, skew_ms
        )
        return replace(seen, added_headers=added)

    def _read_back(self, seen: Observation, named: Mapping[Key, Value]) -> Observation:
        """Return an observation with the values at its keys before and now."""
        before, stored = self.fixtures.take(self._touched(seen), named)
        exchange = replace(seen.exchange, before=before, stored=stored)
        return replace(seen, exchange=exchange, named=frozenset(named))

    def judge(self, call: Call, seen: Observation, scope: Scope) -> Iterator[Mismatch]:
        """Yield what is wrong with a response, without what is stored."""
        contract, exchange = self.checks.contract, seen.exchange
        if call.then is not None:
            free = self.checks.volatile.free(self._schema(exchange))
            yield from answer_mismatches(contract, call.then, exchange, scope, free)
        if (call.then or {}).get("gateway"):
            # HEAD is answered without the body that GET would have, a preflight by 204.
            if exchange.request.method != "HEAD" and exchange.response.status != 204:
                yield from gateway_mismatches(contract, exchange)
            return
        yield from response_mismatches(contract, exchange, seen.added_headers)
        if exchange.response.log is not None:
            yield from log_mismatches(contract, exchange, unlogged(scope.own_texts))

    def note(self, exchange: Exchange) -> None:
        """Remember what an exchange created, to read it back and to remove it."""
        records = self.checks.domain.records
        key = created_key(exchange, records.shown)
        if key is None:
            return
        self.scope.owned.add(key.name)
        self.fixtures.expect(key)
        records.note(exchange, self.scope)

    def _schema(self, exchange: Exchange) -> str:
        operation = self.checks.contract.operations[exchange.operation]
        documented = operation.responses.get(exchange.response.status)
        return documented.body if documented else ""

    def check(self, seen: Observation) -> Iterator[Mismatch]:
        """Yield where a volatile field of a body is not of its kind."""
        yield from self.checks.volatile.check(self._schema(seen.exchange), seen, "body")

    def _touched(self, seen: Observation) -> Iterator[Key]:
        records, record = self.checks.domain.records, seen.requested
        yield from records.touched(seen.exchange, self.scope)
        if record is not None:
            yield record
            # A deletion may write an item where none was.
            yield from companions_of(record, self.fixtures.known, records)

    def after(self, after: Mapping[str, Any], *, failed: bool) -> list[Mismatch]:
        """Compare what is stored with an `after`, after all calls.

        `failed`: the step has failed already, and may have left names unbound.
        """
        named = self._named(after, failed=failed)
        return self._after(named, self.fixtures.read(set(named)), failed=failed)

    def _named(self, after: Mapping[str, Any], *, failed: bool) -> dict[Key, Value]:
        with _names_of(failed=failed):
            return self.checks.domain.records.named(after, self.scope)
        return {}

    def _after(
        self, named: Mapping[Key, Value], stored: Stored, *, failed: bool
    ) -> list[Mismatch]:
        with _names_of(failed=failed):
            return after_mismatches(named, stored, self.scope, self.checks)
        return []


def _names_of(*, failed: bool) -> AbstractContextManager[bool | None]:
    """Allow an unbound name where the response that should bind it failed."""
    return suppress(UnboundName) if failed else nullcontext()


def unrepeated(found: list[Mismatch]) -> list[Mismatch]:
    """Return mismatches without repeats of the same label and value."""
    kept: list[Mismatch] = []
    places: set[tuple[str, str]] = set()
    for mismatch in found:
        seen = (mismatch.where, repr(mismatch.got))
        if seen not in places:
            places.add(seen)
            kept.append(mismatch)
    return kept
