"""One target's part of a sequence: its names, its requests, its stored items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from twinproof.cases.language import Record, Scope
from twinproof.cases.requests import request_of
from twinproof.contract.openapi import Contract, Operation
from twinproof.domain.names import Names
from twinproof.domain.plans import ETAG, WINDOW, Plan, PlanStep
from twinproof.domain.protocol import Domain, Drawing
from twinproof.errors import BadExpression, UnboundName
from twinproof.exchange.model import Exchange, Item, Key, Request, created_key
from twinproof.run.fixtures import companions_of
from twinproof.stores.resources import Blob, as_read
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.sending import send


@dataclass
class Lane:
    """What is known about one target while a sequence runs."""

    prepared: PreparedTarget
    scope: Scope
    names: Names
    domain: Domain
    known: dict[Key, Item | None] = field(default_factory=dict)
    """The item at each key when it was last read."""

    @classmethod
    def open(
        cls, prepared: PreparedTarget, scope: Scope, window_ms: int, domain: Domain
    ) -> Lane:
        """Return a lane with a window of times, newest first, that begins at a time.

        Both lanes of a sequence have the same distance from the scope's start to the
        window, because times are compared as distances. The second lane's start is
        therefore a second earlier. Both draw the same ids: lists order records of one
        millisecond by id, and a service may shard by id.
        """
        times = [window_ms - slot for slot in range(WINDOW)]
        scope.names["w"] = times
        scope.names["d"] = [each - scope.start_ms for each in times]
        return cls(prepared, scope, Names.of(prepared, scope), domain)

    def set_up(self, plan: Plan) -> dict[Key, Item | Blob]:
        """Bind the fixtures of a plan and return them; nothing is written yet."""
        assert self.prepared.store is not None  # noqa: S101 - checked before the run
        resources = self.prepared.store.resources
        fixtures = self.domain.records.set_up(plan.given, self.scope, resources)
        self.known.update({key: as_read(value) for key, value in fixtures.items()})
        for name, value in list(self.scope.names.items()):
            if isinstance(value, Record):
                self.scope.names[f"{name}{ETAG}"] = f'"{value.item["version"]}"'
                self.names.names[value.record_id] = f"<{name}>"
        return fixtures

    def request(self, operation: Operation, step: PlanStep) -> Request | None:
        """Return the request of a step, or None if it refers to a missing value."""
        try:
            return request_of(operation, step.when, self.scope)
        except (UnboundName, BadExpression):
            # A slice or an encoding of a value that an earlier response did not have.
            return None

    def send(
        self, contract: Contract, request: Request, step: PlanStep, drawing: Drawing
    ) -> Exchange:
        """Send a request and bind the values of the response."""
        operation, records = contract.operations[step.operation], self.domain.records
        if (asked := contract.requested_id(request.path)) is not None:
            record = records.about(step.operation, asked)
            # A deletion may create an item, even if no response arrives. The record
            # itself is watched only if it is the lane's own, because everything that is
            # watched is removed in the end.
            for key in companions_of(record, self.known, records) if record else ():
                self.known.setdefault(key, None)
        exchange = send(self.prepared, operation, request, self.scope.owned)
        # A cursor that depends on records of others is not bound. Otherwise it would
        # change from run to run whether a step that refers to it is sent.
        self._bind(step, drawing.visible(step, exchange, self.scope.owned))
        for key in self._touched(exchange):
            self.known.setdefault(key, None)
        return exchange

    def _bind(self, step: PlanStep, exchange: Exchange) -> None:
        body = exchange.json()
        # A 304 has the ETag too.
        if exchange.response.status >= 400:
            return
        etag = exchange.response.header("etag")
        if step.about and etag:
            self.scope.names[f"{step.about}{ETAG}"] = etag
        if not isinstance(body, dict):
            return
        if step.bind and exchange.succeeded:
            self.scope.names[step.bind] = body
        self.domain.records.note(exchange, self.scope)
        key = created_key(exchange, self.domain.records.shown)
        if key is not None:
            self.scope.owned.add(key.name)
            if step.bind:
                self.names.names.setdefault(key.name, f"<{step.bind}>")

    def _touched(self, exchange: Exchange) -> Iterator[Key]:
        """Yield the keys at which an exchange may have stored an item."""
        records = self.domain.records
        yield from records.touched(None, self.scope)
        if made := created_key(exchange, records.shown):
            yield made
        yield from records.touched(exchange, self.scope)

    def watched(self, exchange: Exchange, now: dict[Key, Item | None]) -> Exchange:
        """Return an exchange with the items at the lane's keys before and after it."""
        before = dict(self.known)
        self.known.update(now)
        return replace(exchange, before=before, stored=dict(self.known))
