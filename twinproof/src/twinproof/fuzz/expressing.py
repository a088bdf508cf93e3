"""Turns what a target responded and stored into the expectations of a case.

A value of the target's own becomes an expression (`{ref: …}`, `{now: …}`, one of
`[own]`), a volatile field is left out (volatile.yaml), everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twinproof.cases.matching import MATCHERS, Free, free_at
from twinproof.checks.volatile import Volatile
from twinproof.contract.config import Config
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import escape_pointer
from twinproof.domain.names import Names
from twinproof.domain.protocol import Records
from twinproof.exchange.model import Exchange

# The times of a plan differ from its start by whole minutes.
MINUTE_MS = 60_000
DAYS_MS = 4_000 * 86_400_000


@dataclass(frozen=True)
class CaseWords:
    """The names of a target's own values in a saved case."""

    names: Names
    volatile: Volatile
    bound: Mapping[str, str]
    """By record id, the expression that refers to it."""
    records: Records

    def body(self, value: Any, schema: str) -> Any:
        """Return a body in the form of `then.json`."""
        return self._shown(value, self.volatile.free(schema), "")

    def _shown(self, value: Any, free: Free, pointer: str) -> Any:
        if isinstance(value, Mapping):
            left_out = free_at(free, pointer)
            shown = {
                name: self._shown(part, free, f"{pointer}/{escape_pointer(name)}")
                for name, part in value.items()
                if name not in left_out
            }
            looks = self._looks_like_more(shown)
            return {"literal": shown} if looks and pointer else shown
        if isinstance(value, list):
            return [
                self._shown(part, free, f"{pointer}/{number}")
                for number, part in enumerate(value)
            ]
        return self.plain(value)

    def _looks_like_more(self, shown: Mapping[str, Any]) -> bool:
        """Return whether a case would read a mapping as an expression or a matcher."""
        is_expression = self.names.language.is_expression(shown)
        return is_expression or (len(shown) == 1 and bool(MATCHERS & shown.keys()))

    def plain(self, value: Any) -> Any:
        """Return a text or number, as an expression if it is the target's own."""
        if isinstance(value, str):
            return self._text(value)
        is_time = isinstance(value, int) and not isinstance(value, bool)
        if is_time and abs(value - self.names.start_ms) < DAYS_MS:
            return {"now": value - self.names.start_ms}
        return value

    def _text(self, value: str) -> Any:
        if value in self.bound:
            return {"ref": self.bound[value]}
        for own in self.names.own:
            if value.endswith(own.ending):
                return {own.name: value.removesuffix(own.ending)}
        domain = next((each.domain for each in self.names.own if each.domain), "")
        if domain and domain in value:
            before, _, after = value.partition(domain)
            parts = [before, {"domain": True}, after]
            return {"concat": [part for part in parts if part]}
        return value

    def after(self, exchange: Exchange) -> dict[str, Any]:
        """Return what an exchange stored, in the form of `after`."""
        there: dict[str, Any] = {}
        gone: dict[str, list[Any]] = {}
        for key, item in sorted(exchange.stored.items()):
            named = self.records.entry(key, item, self)
            if named is not None:
                found = gone if item is None else there
                found.setdefault(named[0], []).append(named[1])
        return {**there, "gone": gone} if gone else there


def then_of(
    contract: Contract, words: CaseWords, exchange: Exchange, *, window: bool
) -> dict[str, Any]:
    """Return a target's response in the form of `then`."""
    response, body = exchange.response, exchange.json()
    operation = contract.operations[exchange.operation]
    gateway, items = contract.config.gateway, contract.config.lists.items
    if gateway and response.header(gateway.marker) is None:
        return {"status": response.status, "json": body, "gateway": True}
    if isinstance(body, dict) and str(body.get("type", "")).startswith("urn:problem:"):
        problem: dict[str, Any] = {"problem": body["type"].removeprefix("urn:problem:")}
        return {**problem, "errors": body["errors"]} if "errors" in body else problem
    then: dict[str, Any] = {"status": response.status}
    if response.body:
        schema = contract.body_schema(operation, response.status)
        then["json"] = words.body(body, schema)
    if isinstance(body, dict) and isinstance(body.get(items), list):
        then["json"] = _page(then["json"], contract.config, window=window)
    return then


def _page(page: Any, config: Config, *, window: bool) -> dict[str, Any]:
    """Return a page: its own records in order, and whether a page follows."""
    lists, name = config.lists, config.lists.parameter
    items: Any = {"own": page[lists.items]} if window else {"any": True}
    cursor: Any = {"match": name} if name in config.match else {"any": True}
    more = {lists.next: cursor} if lists.next in page else {}
    return {**page, lists.items: items} | more
