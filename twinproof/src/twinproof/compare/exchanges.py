"""Compares complete exchanges of two targets, volatile values by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.checks.checks import Checks
from twinproof.checks.volatile import HEADERS
from twinproof.compare.trees import Leaf, Tree, diff, tree_of
from twinproof.domain.kinds import as_is
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.exchange.model import Exchange, Item, Key, text_of
from twinproof.exchange.tails import read_log


@dataclass
class Rules:
    """What a comparison needs: the checks, and the names of both targets."""

    checks: Checks
    left: Names
    right: Names


def compare(
    left: Exchange, right: Exchange, rules: Rules, step: int | None = None
) -> list[Mismatch]:
    """Return every difference between two exchanges of the same request.

    `expected` of a mismatch is the left value, `got` the right one. Pass the
    exchanges of a sequence in order, with the same `rules` and the number of `step`.
    """
    begin = "" if step is None else f"step {step} "
    one = _ObservedExchange(rules.checks, left, rules.left, begin)
    other = _ObservedExchange(rules.checks, right, rules.right, begin)
    # Ids are named in the order in which they appear: in the response first.
    bodies = one.body(), other.body()
    found = list(_status(left, right))
    found += _headers(one, other)
    found += diff(*bodies, "body")
    found += _stored(one.stored(), other.stored())
    if left.response.log is not None and right.response.log is not None:
        found += diff(one.log(), other.log(), "log")
    return found


def _status(left: Exchange, right: Exchange) -> Iterator[Mismatch]:
    here, there = left.response.status, right.response.status
    yield from diff(Leaf(here, here), Leaf(there, there), "status")


def _headers(one: _ObservedExchange, other: _ObservedExchange) -> Iterator[Mismatch]:
    left, right = one.headers(), other.headers()
    for name in sorted(left.keys() | right.keys()):
        # A header that one target's gateway adds says nothing about implementations.
        added = [
            view.names.added
            for view, shown in ((one, left), (other, right))
            if name in shown
        ]
        if len(added) == 1 and name in added[0]:
            continue
        here, there = left.get(name, MISSING), right.get(name, MISSING)
        yield from diff(here, there, f"header {name}")


def _stored(left: Mapping[str, Tree], right: Mapping[str, Tree]) -> Iterator[Mismatch]:
    for name in sorted(left.keys() | right.keys()):
        yield from diff(left.get(name, MISSING), right.get(name, MISSING), name)


@dataclass
class _ObservedExchange:
    """One exchange by the names of its target: each part as a tree of leaves."""

    checks: Checks
    exchange: Exchange
    names: Names
    step: str
    """The prefix of its labels in a sequence; else ""."""

    def __post_init__(self) -> None:
        """Observe the exchange, and name the id in its path."""
        self._seen = Observation.of(
            self.exchange,
            self.checks.contract,
            self.checks.domain,
            self.names.resources,
            self.names.skew_ms,
        )
        if self._seen.requested_id is not None:
            self.names.name(self._seen.requested_id, f"{self.step}path")

    def _tree(self, schema: str, document: Any, key: Key | None, label: str) -> Tree:
        seen = self._seen.at(document, key, f"{self.step}{label}")
        return tree_of(self.checks.volatile, schema, seen, self.names)

    def body(self) -> Tree:
        """Return the body as JSON, else as text; MISSING if there is none."""
        response = self.exchange.response
        if not response.body:
            return MISSING
        try:
            body = response.json()
        except ValueError:
            text = text_of(response.body)
            return Leaf(text, self.names.text(text))
        shown = self.checks.domain.records.shown
        key = shown(body) if isinstance(body, dict) else None
        operation = self.checks.contract.operations.get(self.exchange.operation)
        schema = (
            self.checks.contract.body_schema(operation, response.status)
            if operation and isinstance(body, dict)
            else ""
        )
        return self._tree(schema, body, key or self._seen.requested, "body")

    def headers(self) -> dict[str, Leaf]:
        """Return each header once, with its values joined by commas."""
        kinds = self.checks.volatile.compared.get(HEADERS, {})
        leaves = {}
        for name, _ in self.exchange.response.headers:
            value = self.exchange.response.header(name)
            form = kinds[name].canonical if name in kinds else as_is
            leaves[name] = Leaf(value, form(value, self._seen, self.names))
        return leaves

    def stored(self) -> dict[str, Tree]:
        """Return what the exchange stored, by label."""
        trees = {}
        for key, item in sorted(self.exchange.stored.items()):
            if item is not None:
                if self.names.is_id(key.name):
                    self.names.name(key.name, f"{self.step}stored {key.kind}")
                trees[self.names.text(key.label)] = self._item(key, item)
        return trees

    def _item(self, key: Key, item: Item) -> Tree:
        if self.exchange.before.get(key) == item:
            return Leaf(dict(item), ("unchanged",))
        schema = self.checks.contract.config.schema_of(key.kind)
        return self._tree(schema, dict(item), key, f"stored {key.kind}")

    def log(self) -> list[Tree]:
        """Return the log events, followed by the other lines."""
        rules = self.checks.contract.config.logs
        events = [
            self._tree(
                rules.schema_of(event) if rules else "", dict(event), None, f"log {at}"
            )
            for at, event in enumerate(self.exchange.events)
        ]
        _, strays = read_log(self.exchange.response.log)
        return events + [Leaf(line, self.names.text(line)) for line in strays]
