"""One target's side of a sequence: its own names, what it sent, what it left."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contract.suite.errors import BadExpression, UnboundName
from contract.suite.exchanges import created_key
from contract.suite.expressions import Record, Scope, id_of
from contract.suite.files import compact_json
from contract.suite.fuzz.plans import (
    END,
    ETAG,
    OWN_ONLY,
    WINDOW,
    WINDOW_FIRST,
    Plan,
    Step,
)
from contract.suite.requesting import request_of
from contract.suite.resources import Blob, as_read
from contract.suite.sending import send
from contract.suite.sides import Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.suite.benches import Bench
    from contract.suite.domain import Domain
    from contract.suite.exchanges import Exchange, Item, Key, Request
    from contract.suite.openapi import Operation


@dataclass
class Lane:
    """What is known on one side while a sequence runs."""

    bench: Bench
    scope: Scope
    side: Side
    domain: Domain
    known: dict[Key, Item | None] = field(default_factory=dict)
    """What stood at each key when it was last read."""
    pending_objects: bool = False
    """Whether a read may find an upload and write that down."""

    @classmethod
    def open(cls, bench: Bench, scope: Scope, window_ms: int, domain: Domain) -> Lane:
        """Return a lane whose window begins at a time, the newest of it first.

        Both lanes of a sequence have the same distance from the scope's start to the
        window, for times are compared as distances; so the second one's start is a
        second earlier. They draw the same ids: lists order records of one millisecond
        by these, and shards go by them.
        """
        times = [window_ms - slot for slot in range(WINDOW)]
        scope.names["w"] = times
        scope.names["d"] = [each - scope.start_ms for each in times]
        return cls(bench, scope, Side.of(bench, scope), domain)

    def lay(self, plan: Plan) -> dict[Key, Item | Blob]:
        """Bind what a plan lays down, and return it; nothing is written yet."""
        assert self.bench.store is not None  # noqa: S101 - checked before the run
        resources = self.bench.store.resources
        laid = self.domain.records.lay(plan.given, self.scope, resources)
        self.known.update({key: as_read(value) for key, value in laid.items()})
        self.pending_objects = any(isinstance(each, Blob) for each in laid.values())
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

    def send(self, operation: Operation, request: Request, step: Step) -> Exchange:
        """Send a request; bind what the answer holds."""
        if request.method == "DELETE":
            # It may put something where nothing was, also where no answer comes.
            for key, item in list(self.known.items()):
                if item and key.name in request.path:
                    for there in self.domain.records.beside(item):
                        self.known.setdefault(there, None)
        exchange = send(self.bench, operation, request)
        # A cursor that depends on others' records is not bound: whether a step that
        # refers to it is sent must not change from run to run.
        self._bind(step, shown_page(step, exchange, self.scope.owned))
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
        self.domain.records.note(exchange, self.scope)
        key = created_key(exchange, self.domain.records.shown)
        if key is not None:
            self.scope.owned.add(key.name)
            self.side.names.setdefault(key.name, f"<{step.bind}>")

    def _touched(self, exchange: Exchange) -> Iterator[Key]:
        """Yield where an exchange may have left something."""
        records = self.domain.records
        yield from records.touched(None, self.scope)
        if made := created_key(exchange, records.shown):
            yield made
        yield from records.touched(exchange, self.scope)

    def watched(self, exchange: Exchange, now: dict[Key, Item | None]) -> Exchange:
        """Return an exchange with what stood at the lane's keys, and what stands."""
        before = dict(self.known)
        self.known.update(now)
        return replace(exchange, before=before, stored=dict(self.known))

    @property
    def pending(self) -> bool:
        """Say whether a read may write: an asset is pending, its object there."""
        return self.pending_objects and any(
            item.get("status") == "pending" for item in self.known.values() if item
        )


def shown_page(step: Step, exchange: Exchange, owned: set[str]) -> Exchange:
    """Return a list's exchange with only what its own records decide.

    Of a page that may show anybody's records nothing is compared but status, headers
    and the members' names. A page of the window is its own records; its cursor counts
    where a record of its own is beyond, so not once it shows one of those that end the
    window. A page of an own address is compared whole.
    """
    items = _items(exchange)
    if items is None or step.shows == OWN_ONLY:
        return exchange
    if step.shows != WINDOW_FIRST:
        return _with_body(exchange, {"items": []})
    mine = [item for item in items if id_of(item) in owned]
    kept: dict[str, Any] = {**exchange.json(), "items": mine}
    if len(mine) < len(items) or any(map(_ends, mine)):
        kept.pop("nextCursor", None)
    return _with_body(exchange, kept)


def is_disturbed(step: Step, exchange: Exchange, owned: set[str]) -> bool:
    """Say whether a page shows others' records before the window's end.

    Somebody's record may stand in it by chance: windows lie in the past at random.
    """
    items = _items(exchange)
    if items is None or step.shows != WINDOW_FIRST:
        return False
    within = itertools.takewhile(lambda item: not _ends(item), items)
    return any(id_of(item) not in owned for item in within)


def _items(exchange: Exchange) -> list[Any] | None:
    body = exchange.json()
    if not exchange.succeeded or not isinstance(body, dict):
        return None
    items = body.get("items")
    return items if isinstance(items, list) else None


def _ends(item: Any) -> bool:
    """Say whether an item is one of the records that end a window."""
    is_record = isinstance(item, dict)
    return is_record and item.get("name", item.get("fileName")) == END


def _with_body(exchange: Exchange, body: dict[str, Any]) -> Exchange:
    # The length is that of the whole page.
    headers = exchange.response.headers
    kept = tuple(each for each in headers if each[0] != "content-length")
    response = replace(exchange.response, headers=kept, body=compact_json(body))
    return replace(exchange, response=response)
