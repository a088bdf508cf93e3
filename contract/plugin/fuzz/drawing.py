"""Draws one step: an operation that is useful now, and its inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contract.plugin.fuzz import edges
from contract.plugin.fuzz.bodies import HOSTILE
from contract.plugin.fuzz.listing import list_step
from contract.plugin.fuzz.model import Draft, Keyed, Known
from contract.plugin.fuzz.weights import weights_of
from contract.plugin.keys import ASSETS, ID_OF, USERS, table_of
from twinproof.plugin import PlanStep, valid_body

# How often a step's body, headers, query or path is at the limit of what is valid.
HOSTILE_BODY, HOSTILE_HEADER, HOSTILE_QUERY, HOSTILE_PATH = 0.3, 0.08, 0.03, 0.04
CONDITION = 0.4
CONDITIONS = ("if-match", "if-none-match")
ANEW = 0.75
"""How often a step without a record becomes a creation."""


def draw_step(draft: Draft, theme: str) -> None:
    """Add a step to a draft."""
    weights = weights_of(draft, theme)
    if draft.listed:
        # Only a list with records in the window shows records that can be compared.
        for name, table in (("listUsers", USERS), ("listAssets", ASSETS)):
            weights[name] = 8 if draft.listed == table else 1
    operation = draft.rng.choices(list(weights), list(weights.values()))[0]
    is_empty = _is_about_one(draft, operation) and not draft.known(table_of(operation))
    # Without a record most operations have only one possible response.
    if is_empty and draft.rng.random() < ANEW:
        operation = "createAsset" if table_of(operation) == ASSETS else "createUser"
    _drawer(draft, operation)(draft, operation)


def _drawer(draft: Draft, operation: str) -> Callable[[Draft, str], None]:
    """Return the function that draws an operation with such a request."""
    documented = draft.bodies.contract.operations[operation]
    if _is_about_one(draft, operation):
        if documented.method == "DELETE":
            return _delete
        return _change if documented.request_content else _ask
    if documented.method == "POST":
        return _create
    return list_step if operation.startswith("list") else _health


def _is_about_one(draft: Draft, operation: str) -> bool:
    return "{" in draft.bodies.contract.operations[operation].route


def _create(draft: Draft, operation: str) -> None:
    rng, table = draft.rng, table_of(operation)
    used = [each for each in draft.keys if each.operation == operation]
    if used and rng.random() < 0.55:
        _repeat(draft, rng.choice(used))
        return
    name = draft.fresh(table[0])
    taken = draft.known(USERS, live=rng.random() < 0.8)
    email = name
    if taken and rng.random() < 0.2:
        email = rng.choice(taken).email
        email = rng.choice((email, email.upper()))
    when, tags = _body(draft, operation, email)
    key = None
    if rng.random() < 0.4:
        key, more = _key(draft)
        when["headers"] = {**when.get("headers", {}), **key}
        tags += more
    invalid = _make_invalid(draft, operation, when, tags)
    draft.steps.append(PlanStep(operation, when, name, name, tags=tuple(tags)))
    if not invalid:
        draft.records.append(Known(name, table, email, live=email == name))
    if key and "key" not in tags:
        body = {n: v for n, v in when.items() if n in ("json", "text", "base64")}
        draft.keys.append(Keyed(operation, next(iter(key.values())), body, name))


def _key(draft: Draft) -> tuple[dict[str, Any], list[str]]:
    rng = draft.rng
    if rng.random() < 0.15:
        return edges.bad_key(rng), ["key"]
    text = draft.fresh("k") + rng.choice(("", "!~", '"', "%2C", "#", "A;", "<x>"))
    if rng.random() < 0.1:
        # With the suffix of the case and run it has 255 bytes.
        text = text.ljust(237, "k")
    return {edges.cased(rng, "idempotency-key"): {"key": text}}, []


def _repeat(draft: Draft, used: Keyed) -> None:
    """Add a step that uses a key again, with the same bytes or with others."""
    rng, body, tags = draft.rng, dict(used.body), ["repeat"]
    if rng.random() < 0.35:
        other, _ = _valid(draft, used.operation, draft.fresh("o"))
        body = rng.choice((other, {**_respelt(used.body)}))
        tags = ["reuse"]
    when = {**body, "headers": {edges.cased(rng, "idempotency-key"): used.key}}
    if rng.random() < 0.2:
        when["headers"]["content-type"] = rng.choice(edges.JSON_TYPES)
    bind = draft.fresh("r")
    draft.steps.append(
        PlanStep(used.operation, when, bind, used.bind, tags=tuple(tags))
    )


def _respelt(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with an additional space: the same JSON in other bytes."""
    if "text" in body:
        return {"text": {"concat": [body["text"], " "]}}
    return (
        {"text": "{}"} if "base64" in body else {"json": {**body["json"], "name": "B"}}
    )


def _valid(
    draft: Draft, operation: str, email: str
) -> tuple[dict[str, Any], list[str]]:
    body = valid_body(draft.rng, draft.bodies.members[operation], email)
    return {"json": body}, []


def _body(draft: Draft, operation: str, email: str) -> tuple[dict[str, Any], list[str]]:
    rng, members = draft.rng, draft.bodies.members[operation]
    if rng.random() >= HOSTILE_BODY:
        return _valid(draft, operation, email)
    name = rng.choice(list(HOSTILE))
    right = valid_body(rng, members, email)
    return HOSTILE[name](rng, members, right), [name]


def _change(draft: Draft, operation: str) -> None:
    """Add a PUT or PATCH, mostly of a live record, with or without a condition."""
    rng, table = draft.rng, table_of(operation)
    record = draft.some(table)
    email = ""
    if record and (operation == "replaceUser" or rng.random() < 0.45):
        others = [each.email for each in draft.records if each.email]
        email = rng.choice(
            (record.email, record.email.upper(), draft.fresh("e"), *others)
        )
    when, tags = _body(draft, operation, email or "nobody")
    if operation == "updateUser" and not email:
        when.get("json", {}).pop("email", None)
    if rng.random() < CONDITION and record:
        when["headers"] = {**when.get("headers", {}), **_condition(draft, record, tags)}
    if operation.startswith("update") and rng.random() < 0.15:
        tags.append("content-type")
        more = edges.content_type(rng, patch=True)
        when["headers"] = {**when.get("headers", {}), **more}
    invalid = _make_invalid(draft, operation, when, tags)
    _about(draft, operation, when, tags, record)
    if record and email and not invalid:
        record.email = email.lower()


def _condition(draft: Draft, record: Known, tags: list[str]) -> dict[str, Any]:
    if draft.rng.random() < 0.12:
        tags.append("if-match")
        return edges.bad_tags(draft.rng, "if-match")
    return edges.good_tags(draft.rng, "if-match", record.etag)


def _delete(draft: Draft, operation: str) -> None:
    rng, record = draft.rng, draft.some(table_of(operation))
    when: dict[str, Any] = {}
    tags: list[str] = []
    if rng.random() < CONDITION and record:
        when["headers"] = _condition(draft, record, tags)
    if rng.random() < 0.1:
        # An operation without a body ignores a body.
        when["text"] = rng.choice(("{", "[]", "\0"))
        when.setdefault("headers", {})["content-type"] = rng.choice(edges.OTHER_TYPES)
        tags.append("needless-body")
    invalid = _make_invalid(draft, operation, when, tags)
    _about(draft, operation, when, tags, record)
    if record and not invalid and "headers" not in when:
        record.live = False


def _ask(draft: Draft, operation: str) -> None:
    """Add a step about a record without a body, with a condition if it takes one."""
    rng, record = draft.rng, draft.some(table_of(operation))
    when: dict[str, Any] = {}
    tags: list[str] = []
    taken = draft.bodies.contract.operations[operation].parameters
    conditions = [each.name for each in taken if each.name in CONDITIONS]
    if conditions and record and rng.random() < CONDITION:
        name = conditions[0]
        bad = rng.random() < 0.12
        if bad:
            tags.append(name)
        made = (
            edges.bad_tags(rng, name)
            if bad
            else edges.good_tags(rng, name, record.etag)
        )
        when["headers"] = made
    _make_invalid(draft, operation, when, tags)
    _about(draft, operation, when, tags, record)


def _about(
    draft: Draft,
    operation: str,
    when: dict[str, Any],
    tags: list[str],
    record: Known | None,
) -> None:
    """Add a step about a record, or about an unknown id if there is no record."""
    rng, table = draft.rng, table_of(operation)
    record_id: Any = record.id if record else edges.NO_RECORD
    if record and rng.random() < 0.03:
        record_id = rng.choice((edges.NO_RECORD, {"ulid": 0}))
    if record and rng.random() < HOSTILE_PATH:
        head, _, rest = draft.bodies.contract.operations[operation].route.partition("{")
        tail = rest.partition("}")[2]
        segment = edges.raw_id(rng, record.id)
        when["rawPath"] = {"concat": [head, segment, *([tail] if tail else [])]}
        tags.append("path")
    else:
        when["path"] = {ID_OF[table]: record_id}
    about = record.name if record and record_id == record.id else ""
    draft.steps.append(PlanStep(operation, when, "", about, tags=tuple(tags)))


def _make_invalid(
    draft: Draft, operation: str, when: dict[str, Any], tags: list[str]
) -> bool:
    """Sometimes make headers or query invalid; return whether it may be refused."""
    rng, headers = draft.rng, dict(when.get("headers", {}))
    if operation in draft.bodies.members and rng.random() < HOSTILE_HEADER:
        headers.update(edges.content_type(rng, patch=operation.startswith("update")))
        tags.append("content-type")
    elif rng.random() < HOSTILE_HEADER:
        headers.update(edges.ignored(rng))
    if rng.random() < HOSTILE_QUERY:
        when["rawQuery"] = edges.raw_query(rng)
        tags.append("query")
    if headers:
        when["headers"] = headers
    return bool(tags)


def _health(draft: Draft, operation: str) -> None:
    when: dict[str, Any] = {}
    tags: list[str] = []
    if draft.rng.random() < 0.4:
        when["rawQuery"] = edges.raw_query(draft.rng)
        tags.append("query")
    draft.steps.append(PlanStep(operation, when, tags=tuple(tags)))
