"""Draws sequences of requests about todos."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from random import Random
from typing import Any

from twinproof.plugin import (
    WINDOW_FIRST,
    Exchange,
    Item,
    Key,
    Plan,
    PlanStep,
    Value,
    compact_json,
)

HOUR_MS = 3_600_000
MAX_GIVEN, LENGTHS = 3, (3, 4, 4, 5, 6)
HOSTILE, BAD_QUERY = 0.25, 0.1
"""The share of invalid bodies and list queries, and of invalid other queries."""
WEIGHTS = {
    "createTodo": 3,
    "getTodo": 2,
    "replaceTodo": 4,
    "deleteTodo": 2,
    "listTodos": 2,
}
OF_ONE_TODO = ("getTodo", "replaceTodo", "deleteTodo")
TITLES = ("milk", " ", "é", "\U0001d49c", '"\\/<', "a\nb")
LAST_ID = "ffffffff-ffff-4fff-bfff-ffffffffffff"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
BAD_BODIES: Mapping[str, Mapping[str, Any]] = {
    "not-json": {"text": '{"title": "x",}'},
    "no-object": {"json": ["x"]},
    "missing": {"json": {"done": True}},
    "unknown": {"json": {"title": "x", "colour": "red"}},
    "type": {"json": {"title": 1, "done": None, "dueAt": "1"}},
    "short": {"json": {"title": ""}},
    "long": {"json": {"title": {"repeat": ["\U0001d49c", 81]}}},
    "past": {"json": {"title": "x", "dueAt": {"now": -HOUR_MS}}},
    "unsafe": {"json": {"title": "x", "dueAt": 2**53}},
    "integral": {"text": '{"title": "x", "dueAt": 9e15}'},
}
BAD_QUERIES = ("limit=0", "limit=51", "limit=1&limit=2", "cursor=x", "colour=red")


class TodoDrawing:
    """Sequences of a few requests, on todos that were set up or created before."""

    def plan(self, rng: Random) -> Plan:
        """Return the sequence that a generator draws."""
        names = [f"t{number}" for number in range(rng.randrange(MAX_GIVEN + 1))]
        given = [
            {"bind": name, "createdAt": {"ref": f"w.{number + 1}"}}
            for number, name in enumerate(names)
        ]
        steps: list[PlanStep] = []
        for _ in range(rng.choice(LENGTHS)):
            steps.append(_step(rng, names))
            if steps[-1].bind:
                names.append(steps[-1].bind)
        return Plan({"todos": given} if given else {}, tuple(steps))

    def kept(self, _: str) -> frozenset[str]:
        """Return the keys that name an entry and place it in the window."""
        return frozenset({"bind", "createdAt"})

    def selectors(self, _: PlanStep) -> frozenset[str]:
        """Return the parameter with which a list begins at the sequence's own todos."""
        return frozenset({"cursor"})

    def visible(self, _: PlanStep, exchange: Exchange, owned: Set[str]) -> Exchange:
        """Return a list's exchange with the sequence's own todos only.

        The cursor is left out, because todos of others decide whether a page follows.
        """
        page = exchange.json()
        items = page.get("items") if isinstance(page, dict) else None
        if not exchange.succeeded or not isinstance(items, list):
            return exchange
        mine = [todo for todo in items if todo.get("id") in owned]
        # The content length is that of the whole page.
        headers = tuple(
            each for each in exchange.response.headers if each[0] != "content-length"
        )
        body = compact_json({"items": mine})
        response = replace(exchange.response, headers=headers, body=body)
        return replace(exchange, response=response)

    def is_disturbed(self, _: PlanStep, __: Exchange, ___: Set[str]) -> bool:
        """Return False: nothing that depends on todos of others is compared."""
        return False

    def reads_may_write(self, _: Mapping[Key, Item | None]) -> bool:
        """Return False: no read writes."""
        return False


def _step(rng: Random, names: list[str]) -> PlanStep:
    operation = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    if operation == "listTodos":
        return _list(rng)
    when: dict[str, Value] = {}
    tags: list[str] = []
    about = ""
    if operation in OF_ONE_TODO:
        about = rng.choice(names) if names and rng.random() > 0.1 else ""
        when["path"] = {"id": {"ref": f"{about}.id"} if about else UNKNOWN_ID}
    if operation in ("createTodo", "replaceTodo"):
        when.update(_body(rng, tags))
    elif rng.random() < BAD_QUERY:
        when["rawQuery"] = "colour=red"
        tags.append("query")
    bind = "" if tags or operation != "createTodo" else f"t{len(names)}"
    return PlanStep(operation, when, bind=bind, about=about, tags=tuple(tags))


def _body(rng: Random, tags: list[str]) -> Mapping[str, Value]:
    if rng.random() < HOSTILE:
        tags.append(rng.choice(list(BAD_BODIES)))
        return BAD_BODIES[tags[-1]]
    body: dict[str, Value] = {"title": {"title": rng.choice(TITLES)}}
    if rng.random() < 0.5:
        body["done"] = rng.random() < 0.5
    if rng.random() < 0.5:
        body["dueAt"] = {"now": rng.choice((HOUR_MS, 24 * HOUR_MS))}
    return {"json": body}


def _list(rng: Random) -> PlanStep:
    if rng.random() < HOSTILE:
        bad = {"rawQuery": rng.choice(BAD_QUERIES)}
        return PlanStep("listTodos", bad, tags=("query",))
    cursor = {"concat": [{"ref": "w.0"}, ".", LAST_ID]}
    query = {"cursor": cursor, "limit": rng.choice((1, 2, 50))}
    return PlanStep("listTodos", {"query": query}, shows=WINDOW_FIRST)
