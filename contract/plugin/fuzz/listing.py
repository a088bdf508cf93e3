"""Draws list steps: a page of the sequence's own window, or an invalid query."""

from __future__ import annotations

from typing import Any

from contract.plugin.fuzz import cursors, edges
from contract.plugin.fuzz.model import TAIL, Draft
from contract.plugin.keys import ASSETS, USERS
from contract.plugin.ulids import ALPHABET
from twinproof.plugin import OWN_ONLY, WINDOW_FIRST, PlanStep

HOSTILE = 0.3
TOP = (0, 11, 12)
"""Slots of the window at which a page may start: before all records or near the end."""


def list_step(draft: Draft, operation: str) -> None:
    """Add a list step, mostly with a valid query."""
    rng, table = draft.rng, USERS if operation == "listUsers" else ASSETS
    if rng.random() < HOSTILE:
        _refused(draft, operation, table)
    elif draft.listed == table:
        _windowed(draft, operation, table)
    elif table == USERS and draft.known(USERS):
        _by_email(draft, operation)
    else:
        # The page shows others' records: only status, headers and fields are compared.
        query = {"limit": rng.choice(("1", "2", "100"))}
        draft.steps.append(PlanStep(operation, {"query": query}, tags=("open",)))


def _by_email(draft: Draft, operation: str) -> None:
    rng, email = draft.rng, draft.rng.choice(draft.records).email or "x"
    query: dict[str, Any] = {"email": {"email": rng.choice((email, email.upper()))}}
    if rng.random() < 0.3:
        query["limit"] = rng.choice(("1", "2", "100"))
    draft.steps.append(PlanStep(operation, {"query": query}, shows=OWN_ONLY))


def _windowed(draft: Draft, operation: str, table: str) -> None:
    rng = draft.rng
    query: dict[str, Any] = {"cursor": _cursor(draft, table)}
    if rng.random() < 0.9:
        query["limit"] = str(rng.choice((1, 1, 2, 2, 3, 4, 5, 9)))
    if table == ASSETS and rng.random() < 0.5:
        query["status"] = rng.choice(("pending", "uploaded"))
    name = draft.fresh("p")
    draft.steps.append(PlanStep(operation, {"query": query}, name, shows=WINDOW_FIRST))
    draft.pages.append(name)


def _cursor(draft: Draft, table: str) -> Any:
    rng = draft.rng
    if draft.pages and rng.random() < 0.5:
        return {"ref": f"{rng.choice(draft.pages)}.nextCursor"}
    if rng.random() < 0.4:
        record = rng.choice([r for r in draft.records if r.table == table])
        return cursors.cursor_of(record.created, record.id)
    return _at(draft, rng.choice((0, 0, 0, *TOP, rng.randrange(12))))


def _at(draft: Draft, slot: int) -> Any:
    """Return the cursor of a position in the window, with or without a record."""
    tail = "".join(draft.rng.choices(ALPHABET, k=TAIL))
    return cursors.cursor_of(
        {"ref": f"w.{slot}"}, {"ulid": [{"ref": f"d.{slot}"}, tail]}
    )


def _refused(draft: Draft, operation: str, table: str) -> None:
    """Add a list step whose query is at the limit of what is valid."""
    rng = draft.rng
    when: dict[str, Any]
    kind = rng.choice(("query", "cursor", "parameter", "parameter", "repeated"))
    if kind == "query":
        when = {"rawQuery": edges.raw_query(rng)}
    elif kind == "cursor":
        when = {"query": {"cursor": _edited(draft, table)}}
    elif kind == "repeated":
        twice = [{"literal": rng.choice(edges.LIMITS[:4])} for _ in range(2)]
        when = {"query": {rng.choice(("limit", "email", "x")): twice}}
    else:
        when = {"query": _parameters(draft, operation)}
    draft.steps.append(PlanStep(operation, when, tags=(kind,)))


def _edited(draft: Draft, table: str) -> Any:
    pool = [record for record in draft.records if record.table == table]
    if not pool:
        return cursors.edited_cursor(draft.rng, {"now": 0}, edges.NO_RECORD)
    record = draft.rng.choice(pool)
    return cursors.edited_cursor(draft.rng, record.created, record.id)


def _parameters(draft: Draft, operation: str) -> dict[str, Any]:
    """Return some parameters, each valid or invalid."""
    rng, query = draft.rng, {}
    if rng.random() < 0.7:
        query["limit"] = rng.choice(edges.LIMITS)
    if rng.random() < 0.3:
        query[rng.choice(("Limit", "status", "email", "é", "~", "😀", "\uff5e"))] = "x"
    if operation == "listAssets" and rng.random() < 0.6:
        query["status"] = rng.choice(edges.STATUSES)
    if operation == "listUsers" and rng.random() < 0.6:
        query["email"] = rng.choice(
            ("", "a", "a@b.cc\n", "é@b.cc", "A" * 250 + "@b.cc")
        )
    if rng.random() < 0.3:
        query["cursor"] = "x"
    return query
