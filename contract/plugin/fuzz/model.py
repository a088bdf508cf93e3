"""The records that a sequence probably has so far, so that its next step can use them.

The model only guides what is drawn; no response is checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from contract.plugin.keys import ASSETS, ID_OF, USERS
from contract.plugin.ulids import ALPHABET
from twinproof.plugin import END, ETAG, Bodies, Plan, PlanStep

DAY_MS = 24 * 3_600_000
TAIL = 16
FILE_NAMES = ("é \U0001d49c+%~'().txt", "a b.tar.gz", "..x", "字" * 85, 'a;b="c",d')
Ref = dict[str, Any]


@dataclass
class Known:
    """A record that the sequence has created or set up."""

    name: str
    table: str
    email: str = ""
    """The local part of its address."""
    live: bool = True
    tagged: bool = True
    """Whether an ETag is known for it."""

    @property
    def id(self) -> Ref:
        """Return its id as an expression."""
        return {"ref": f"{self.name}.{ID_OF[self.table]}"}

    @property
    def created(self) -> Ref:
        """Return its time of creation as an expression."""
        return {"ref": f"{self.name}.createdAt"}

    @property
    def etag(self) -> Ref | str:
        """Return its last ETag as an expression."""
        return {"ref": f"{self.name}{ETAG}"} if self.tagged else '"1"'


@dataclass(frozen=True)
class Keyed:
    """An Idempotency-Key that was used, with its operation, body and record."""

    operation: str
    key: Any
    body: dict[str, Any]
    bind: str


@dataclass
class Draft:
    """A sequence while it is drawn."""

    rng: Random
    bodies: Bodies
    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    steps: list[PlanStep] = field(default_factory=list)
    records: list[Known] = field(default_factory=list)
    keys: list[Keyed] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    """The names of the pages so far, whose cursors later steps may follow."""
    listed: str = ""
    """The table whose records are in the window, or "" if there are none."""
    _made: int = 0

    def fresh(self, prefix: str) -> str:
        """Return a name that is not used yet."""
        self._made += 1
        return f"{prefix}{self._made}"

    def known(self, table: str, *, live: bool = True) -> list[Known]:
        """Return the records of a table that are probably live, or gone."""
        return [r for r in self.records if r.table == table and r.live is live]

    def some(self, table: str) -> Known | None:
        """Return a record, sometimes one that is gone, or None if there is none."""
        gone = self.known(table, live=False)
        pool = gone if gone and self.rng.random() < 0.12 else self.known(table)
        return self.rng.choice(pool) if pool else None

    def done(self) -> Plan:
        """Return the plan."""
        return Plan(self.given, tuple(self.steps))


def set_up_records(draft: Draft, theme: str) -> None:
    """Draw what is stored before the first step."""
    rng = draft.rng
    if theme == "lists":
        _window(draft, rng.choice((USERS, ASSETS)))
        return
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        _user(draft)
    if theme in ("assets", "mixed"):
        for _ in range(rng.choice((0, 1, 1, 2))):
            _asset(draft)
    if rng.random() < (0.6 if theme == "keys" else 0.1):
        _used_key(draft)


def _user(draft: Draft) -> None:
    rng, name = draft.rng, draft.fresh("u")
    body: dict[str, Any] = {"bind": name, "version": rng.choice((1, 1, 2, 9, 10**6))}
    kind = rng.randrange(10)
    live = True
    if kind == 0:
        body["expiresAt"], live = {"now": -DAY_MS}, False
    elif kind == 1:
        body["expiresAt"] = {"now": DAY_MS}
    elif kind == 2:
        body["guard"] = False
    elif kind == 3:
        body["record"], live = False, False
    elif kind == 4:
        body["guard"] = {"expiresAt": {"now": -DAY_MS}}
    elif kind == 5:
        body["department"] = "Engines"
    draft.given.setdefault(USERS, []).append(body)
    draft.records.append(Known(name, USERS, name, live))


def _asset(draft: Draft) -> None:
    rng, name = draft.rng, draft.fresh("a")
    body: dict[str, Any] = {"bind": name}
    live = True
    kind = rng.randrange(7)
    if kind == 0:
        body.update(createdAt={"now": -31 * DAY_MS})
        live = False
    elif kind in (1, 2):
        body.update(status="uploaded", version=2)
    elif kind == 3:
        body["object"] = {"text": rng.choice(("abc", "ab"))}
    if rng.random() < 0.5:
        body["fileName"] = rng.choice(FILE_NAMES)
    draft.given.setdefault(ASSETS, []).append(body)
    draft.records.append(Known(name, ASSETS, live=live))


def _used_key(draft: Draft) -> None:
    """Set up a used key: of a record, of no record, or an expired one."""
    rng = draft.rng
    operation = rng.choice(("createUser", "createAsset"))
    key = {"key": draft.fresh("k")}
    body: dict[str, Any] = {"json": {"email": {"email": "keyed"}, "name": "Ada"}}
    if operation == "createAsset":
        body = {"json": {"fileName": "a", "contentType": "a/b", "size": 1}}
    pool = draft.known(USERS if operation == "createUser" else ASSETS)
    record: Any = {"ulid": -DAY_MS}
    if pool and rng.random() < 0.7:
        record = rng.choice(pool).id
    entry: dict[str, Any] = {"operation": operation, "key": key, "body": body}
    entry["recordId"] = record
    if rng.random() < 0.3:
        entry["expiresAt"] = {"now": rng.choice((-60_000, -DAY_MS))}
    draft.given.setdefault("idempotency", []).append(entry)
    draft.keys.append(Keyed(operation, key, body, ""))


def _window(draft: Draft, table: str) -> None:
    """Set up records in the window, some with the same time, and two that end it.

    No step changes the last two records, one of each status. What a page shows after
    them depends on the records of others.
    """
    rng = draft.rng
    draft.listed = table
    slots = sorted(rng.choices(range(1, 12), k=rng.randrange(3, 8)))
    for slot in slots:
        body = _placed(draft, table, slot)
        live = rng.random() > 0.15
        if not live:
            body["expiresAt"] = {"now": -DAY_MS}
        if table == ASSETS:
            body["status"] = rng.choice(("pending", "uploaded"))
        draft.records.append(Known(body["bind"], table, body["bind"], live))
    for slot, status in ((13, "pending"), (14, "uploaded")):
        body = _placed(draft, table, slot)
        body["name" if table == USERS else "fileName"] = END
        if table == ASSETS:
            body["status"] = status


def _placed(draft: Draft, table: str, slot: int) -> dict[str, Any]:
    name = draft.fresh(table[0])
    tail = "".join(draft.rng.choices(ALPHABET, k=TAIL))
    body = {"bind": name, ID_OF[table]: {"ulid": [{"ref": f"d.{slot}"}, tail]}}
    draft.given.setdefault(table, []).append(body)
    return body
