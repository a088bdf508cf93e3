"""Removes from a list's page what depends on the records of others."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from contract.plugin.keys import OBJECTS
from twinproof.plugin import (
    END,
    OWN_ONLY,
    WINDOW_FIRST,
    Config,
    Exchange,
    Item,
    Key,
    PlanStep,
    compact_json,
)


def visible(
    step: PlanStep, exchange: Exchange, owned: Set[str], config: Config
) -> Exchange:
    """Return a list's exchange without what depends on the records of others.

    - A page that may show any records keeps status, headers and names of its fields.
    - A page of the window keeps the sequence's own records. It keeps its cursor only if
      one of these follows, that is, not once it shows a record that ends the window.
    - A page of an own address is returned whole, and so is a response that is no list.
    """
    items = _items(step, exchange, config)
    if items is None or step.shows == OWN_ONLY:
        return exchange
    if step.shows != WINDOW_FIRST:
        return _with_body(exchange, {config.lists.items: []})
    mine = [item for item in items if config.id_of(item) in owned]
    kept: dict[str, Any] = {**exchange.json(), config.lists.items: mine}
    if len(mine) < len(items) or any(map(_ends, mine)):
        kept.pop(config.lists.next, None)
    return _with_body(exchange, kept)


def is_disturbed(
    step: PlanStep, exchange: Exchange, owned: Set[str], config: Config
) -> bool:
    """Say whether a page shows records of others before the window's end.

    Another sequence may have a record there, because windows are at random past times.
    """
    items = _items(step, exchange, config)
    if items is None or step.shows != WINDOW_FIRST:
        return False
    within = itertools.takewhile(lambda item: not _ends(item), items)
    return any(config.id_of(item) not in owned for item in within)


def reads_may_write(known: Mapping[Key, Item | None]) -> bool:
    """Say whether a read may find an upload, which it then writes to the record.

    It may if an object is stored and an asset is still pending.
    """
    has_object = any(item for key, item in known.items() if key.table == OBJECTS)
    return has_object and any(
        item.get("status") == "pending" for item in known.values() if item
    )


def _items(step: PlanStep, exchange: Exchange, config: Config) -> list[Any] | None:
    body = exchange.json()
    if not step.operation.startswith("list"):
        return None
    if not exchange.succeeded or not isinstance(body, dict):
        return None
    items = body.get(config.lists.items)
    return items if isinstance(items, list) else None


def _ends(item: Any) -> bool:
    """Say whether an item is one of the records that end a window."""
    is_record = isinstance(item, dict)
    return is_record and item.get("name", item.get("fileName")) == END


def _with_body(exchange: Exchange, body: dict[str, Any]) -> Exchange:
    # The content-length is that of the whole page.
    headers = exchange.response.headers
    kept = tuple(each for each in headers if each[0] != "content-length")
    response = replace(exchange.response, headers=kept, body=compact_json(body))
    return replace(exchange, response=response)
