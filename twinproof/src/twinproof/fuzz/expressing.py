"""Turns what a target answered and stored into what a case expects: expressions.

What is the target's own goes by an expression (`{ref: …}`, `{now: …}`, one of `[own]`),
what is volatile is left to its rule (volatile.yaml), all else stands as it came.
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

# A time a plan gave is a whole number of these away from its start.
MINUTE_MS = 60_000
DAYS_MS = 4_000 * 86_400_000


@dataclass(frozen=True)
class CaseWords:
    """What a target's own values are called in a saved case."""

    names: Names
    volatile: Volatile
    bound: Mapping[str, str]
    """By id, the name of the record it is bound under."""
    records: Records

    def body(self, value: Any, schema: str) -> Any:
        """Return a body as `then.json` has it."""
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
        """Say whether a case would take a mapping for an expression or a matcher."""
        is_expression = self.names.language.is_expression(shown)
        return is_expression or (len(shown) == 1 and bool(MATCHERS & shown.keys()))

    def plain(self, value: Any) -> Any:
        """Return a text or number as an expression, where it is one's own."""
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
        """Return what an exchange left behind, as `after` has it."""
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
    """Return what a target answered, as `then` has it."""
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
    """Return a page: its own records in order, and whether there is a next one."""
    lists, name = config.lists, config.lists.parameter
    items: Any = {"own": page[lists.items]} if window else {"any": True}
    cursor: Any = {"match": name} if name in config.match else {"any": True}
    more = {lists.next: cursor} if lists.next in page else {}
    return {**page, lists.items: items} | more
