"""One target's side of a sequence: its own names, what it sent, what it left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contract.suite.afters import object_item
from contract.suite.cases import case_hash
from contract.suite.errors import BadExpression, UnboundName
from contract.suite.expressions import Record, Scope
from contract.suite.fuzz.plans import ETAG, WINDOW, Plan, Step
from contract.suite.items import (
    LONGEST_KEY,
    OBJECTS,
    created_key,
    guard_key,
    idempotency_key,
    lay_out,
    object_key,
)
from contract.suite.requesting import request_of
from contract.suite.sending import send
from contract.suite.sides import Side

if TYPE_CHECKING:
    from contract.suite.benches import Bench
    from contract.suite.domain import Drawing
    from contract.suite.exchanges import Exchange, Item, Key, Request
    from contract.suite.items import Laid
    from contract.suite.openapi import Operation
    from contract.suite.ulids import Chance


@dataclass(frozen=True)
class Place:
    """Where in time a lane is: what it takes for now, and its window.

    Both lanes of a sequence have the same distance between the two, for times are
    compared as distances; so the second one's now is a second earlier.
    """

    start_ms: int
    window_ms: int


@dataclass
class Lane:
    """What is known on one side while a sequence runs."""

    bench: Bench
    scope: Scope
    side: Side
    known: dict[Key, Item | None] = field(default_factory=dict)
    """What stood at each key when it was last read."""

    @classmethod
    def open(
        cls, bench: Bench, name: str, run: str, place: Place, chance: Chance
    ) -> Lane:
        """Return a lane; `name` makes its addresses and keys its own.

        `chance` draws the ids laid down, alike on both sides: lists order records of
        one millisecond by it, and a service may spread them by it.
        """
        scope = Scope(case_hash(name), run, place.start_ms, chance)
        times = [place.window_ms - slot for slot in range(WINDOW)]
        scope.names["w"] = times
        scope.names["d"] = [each - scope.start_ms for each in times]
        return cls(bench, scope, Side.of(bench, scope))

    def lay(self, plan: Plan) -> Laid:
        """Bind what a plan lays down, and return it; nothing is written yet."""
        assert self.bench.store is not None  # noqa: S101 - checked before the run
        laid = lay_out(plan.given, self.scope, self.bench.store.layout)
        self.known.update(laid.items)
        self.known.update({k: object_item(v) for k, v in laid.objects.items()})
        for name, value in list(self.scope.names.items()):
            if isinstance(value, Record):
                self.scope.names[f"{name}{ETAG}"] = f'"{value.item["version"]}"'
                self.side.names[value.record_id] = f"<{name}>"
        return laid

    def request(self, operation: Operation, step: Step) -> Request | None:
        """Return what a step sends here, None where it refers to nothing."""
        try:
            return request_of(operation, step.when, self.scope)
        except (UnboundName, BadExpression):
            # A slice or an encoding of what an earlier answer did not hold.
            return None

    def send(
        self, operation: Operation, request: Request, step: Step, drawing: Drawing
    ) -> Exchange:
        """Send a request; bind what the answer holds."""
        if request.method == "DELETE":
            # It may put an empty object where none was, also where no answer comes.
            for key, item in list(self.known.items()):
                if key.name in request.path and (there := object_key(item)):
                    self.known.setdefault(there, None)
        exchange = send(self.bench, operation, request)
        # A cursor that depends on others' records is not bound: whether a step that
        # refers to it is sent must not change from run to run.
        self._bind(step, drawing.visible(step, exchange, self.scope.owned))
        for key in self._touched(exchange):
            self.known.setdefault(key, None)
        return exchange

    def _bind(self, step: Step, exchange: Exchange) -> None:
        body = exchange.json()
        # A 304 says the Etag too.
        if exchange.response.status >= 400:
            return
        etag = exchange.response.header("etag")
        if step.about and etag:
            self.scope.names[f"{step.about}{ETAG}"] = etag
        if not isinstance(body, dict):
            return
        if step.bind and exchange.succeeded:
            self.scope.names[step.bind] = body
        if isinstance(body.get("email"), str):
            self.scope.emails.add(body["email"])
        key = created_key(exchange)
        if key is not None:
            self.scope.owned.add(key.name)
            self.side.names.setdefault(key.name, f"<{step.bind}>")

    def _touched(self, exchange: Exchange) -> list[Key]:
        """Return where an exchange may have left something."""
        keys = [guard_key(address) for address in self.scope.emails]
        made = created_key(exchange)
        keys += [made] if made else []
        sent = exchange.request.header("idempotency-key")
        if sent and exchange.request.method == "POST":
            # Of two headers an implementation may wrongly take one.
            known = {sent, *(key for key in self.scope.keys if key in sent)}
            keys += [
                idempotency_key(exchange.operation, k) for k in known if _storable(k)
            ]
        return keys

    def watched(self, exchange: Exchange, now: dict[Key, Item | None]) -> Exchange:
        """Return an exchange with what stood at the lane's keys, and what stands."""
        before = dict(self.known)
        self.known.update(now)
        return replace(exchange, before=before, stored=dict(self.known))

    @property
    def rows(self) -> set[Key]:
        """Return the lane's keys in the tables."""
        return {key for key in self.known if key.table != OBJECTS}

    @property
    def objects(self) -> set[Key]:
        """Return the lane's keys in the bucket."""
        return {key for key in self.known if key.table == OBJECTS}


def _storable(key: str) -> bool:
    return len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
