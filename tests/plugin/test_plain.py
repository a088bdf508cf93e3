"""A service whose contract names no plugin: twinproof.toml describes all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from contract.plugin.ulids import new_ulid
from tests.plugin.fake_store import FakeStore
from tests.plugin.made import RECEIVED, SENT
from twinproof.cases.language import Record, Scope
from twinproof.cases.matching import MISSING
from twinproof.cases.model import Call, Case
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.domain.default import PlainDomain
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.errors import BadExpression
from twinproof.exchange.model import Exchange, Key, Request, Response
from twinproof.fuzz.expressing import CaseWords
from twinproof.run.player import play_case
from twinproof.run.results import Result
from twinproof.stores.resources import Resources
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

TOML = """
schema-version = 1
idempotency = { header = "idempotency-key", longest = 255 }
[stores.fixtures]
kind = "memory"
key = "noteId"
own = ["text"]
[records.note]
store = "fixtures"
id = "noteId"
schema = "schemas/stored-note.json"
operations = ["*Note"]
"""
ANSWERED = {"description": "it", "content": {"application/json": {"schema": {}}}}
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes/{noteId}": {
            "get": {"operationId": "getNote", "responses": {"200": ANSWERED}},
            "put": {"operationId": "replaceNote", "responses": {"200": ANSWERED}},
        },
        "/health": {"get": {"operationId": "health", "responses": {"200": ANSWERED}}},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["noteId", "text"],
    "additionalProperties": False,
    "properties": {"noteId": {"type": "string"}, "text": {"type": "string"}},
}
ID, OTHER = (new_ulid(SENT + n, lambda _: 0) for n in (0, 1))
OWN = "x-00c0ffee-0badcafe"


def key(note_id: str) -> Key:
    return Key("fixtures", note_id, "note", f"note {note_id}")


@pytest.fixture
def checks(tmp_path: Path) -> Checks:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "stored-note.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "openapi.yaml").write_text(json.dumps(OPENAPI))
    (tmp_path / "twinproof.toml").write_text(TOML)
    (tmp_path / "volatile.yaml").write_text("{members: {}, pages: {}, compared: {}}")
    return Checks.read(Contract(tmp_path))


@pytest.fixture
def domain(checks: Checks) -> PlainDomain:
    assert isinstance(checks.domain, PlainDomain)
    return checks.domain


@pytest.fixture
def scope(checks: Checks) -> Scope:
    return Scope(checks.language, "00c0ffee", "0badcafe", SENT, lambda _: 0)


def exchange(method: str, status: int, body: object = None, **sent: str) -> Exchange:
    headers = tuple((name.replace("_", "-"), value) for name, value in sent.items())
    request = Request(method, f"/notes/{ID}", headers=headers)
    response = Response(status, (), json.dumps(body).encode())
    return Exchange("replaceNote", request, response, SENT, RECEIVED, 1)


def test_given_is_items_by_their_store(domain: PlainDomain, scope: Scope) -> None:
    given = {
        "fixtures": [
            {"bind": "one", "noteId": ID, "text": {"concat": ["a", "b"]}},
            {"bind": "two", "times": 2, "noteId": {"index": True}, "text": "c"},
            {"text": "without a name"},
        ]
    }

    items = domain.records.set_up(given, scope, Resources())

    drawn = new_ulid(SENT, lambda _: 0)
    assert items == {
        key(ID): {"noteId": ID, "text": "ab"},
        key("0"): {"noteId": 0, "text": "c"},
        key("1"): {"noteId": 1, "text": "c"},
        key(drawn): {"noteId": drawn, "text": "without a name"},
    }
    assert {(each.kind, each.label) for each in items} >= {("note", f"note {ID}")}
    assert scope.look_up("one.text") == "ab"
    assert [each["noteId"] for each in scope.look_up("two")] == [0, 1]
    assert scope.owned == {ID, "0", "1", drawn}


@pytest.mark.parametrize(
    ("notations", "length"), [('["uuid"]', 36), ('["ulid", "uuid"]', 26)]
)
def test_id_is_drawn_in_the_first_notation(
    checks: Checks, scope: Scope, notations: str, length: int
) -> None:
    root = checks.contract.root
    (root / "twinproof.toml").write_text(f"{TOML}\n[ids]\nnotations = {notations}\n")
    records = Checks.read(Contract(root)).domain.records

    [made] = records.set_up({"fixtures": [{"text": "a"}]}, scope, Resources())

    assert len(made.name) == length


def test_after_is_items_and_the_keys_that_are_gone(
    domain: PlainDomain, scope: Scope
) -> None:
    scope.names["one"] = Record("fixtures", ID, {}, {})
    scope.names["made"] = {"noteId": OTHER}
    gone = [{"ref": "one"}, {"ref": "made"}, "Z"]
    after = {"fixtures": [{"noteId": "A", "text": "b"}], "gone": {"fixtures": gone}}

    assert domain.records.named(after, scope) == {
        key("A"): {"noteId": "A", "text": "b"},
        key(ID): MISSING,
        key(OTHER): MISSING,
        key("Z"): MISSING,
    }


def test_store_without_a_record_is_named(domain: PlainDomain, scope: Scope) -> None:
    with pytest.raises(BadExpression, match="is in a store 'boxes'"):
        domain.records.set_up({"boxes": [{}]}, scope, Resources())
    with pytest.raises(BadExpression, match="is in a store 'boxes'"):
        domain.records.named({"gone": {"boxes": ["A"]}}, scope)


def test_stored_item_is_returned_in_the_form_of_after(
    checks: Checks, domain: PlainDomain
) -> None:
    words = CaseWords(Names(), checks.volatile, {ID: "one.noteId"}, domain.records)
    named = {"ref": "one.noteId"}

    item = {"noteId": ID, "text": "a"}
    assert domain.records.entry(key(ID), item, words) == (
        "fixtures",
        {"noteId": named, "text": "a"},
    )
    assert domain.records.entry(key(ID), None, words) == ("fixtures", named)
    assert domain.records.entry(key(OTHER), None, words) is None


def test_record_is_found_by_its_id_and_its_operations(domain: PlainDomain) -> None:
    records = domain.records

    assert records.shown({"noteId": ID}) == records.about("getNote", ID) == key(ID)
    assert records.shown({"id": ID}) is records.about("health", ID) is None


@pytest.mark.parametrize(
    ("note_id", "text", "own"),
    [(ID, "a", True), (OTHER, OWN, True), (OTHER, "x-00c0ffee-12345678", False)],
)
def test_item_is_ones_own_by_its_id_or_a_value(
    domain: PlainDomain, scope: Scope, note_id: str, text: str, own: bool
) -> None:
    scope.owned.add(ID)

    assert domain.records.is_own(key(note_id), {"text": text}, scope) is own


@pytest.mark.parametrize(
    ("made", "earlier", "changed"),
    [
        (exchange("GET", 200), set(), set()),
        (exchange("PUT", 404), set(), set()),
        (exchange("PUT", 204), set(), {ID}),
        (exchange("POST", 201, {"noteId": OTHER}), set(), {OTHER}),
        (exchange("POST", 201, {"noteId": OTHER}), {OTHER}, set()),
    ],
)
def test_a_write_that_succeeds_may_change_its_own_record(
    domain: PlainDomain, made: Exchange, earlier: set[str], changed: set[str]
) -> None:
    seen = Observation(
        replace(made, earlier=frozenset(earlier)), {}, None, ID, None, 0, domain
    )

    assert domain.effects.may_change(seen) == {key(each) for each in changed}
    assert not domain.effects.read_may_write({"text": "a"}, {"text": "b"})


def test_only_a_repeat_under_the_same_key_answers_the_same_id(
    domain: PlainDomain,
) -> None:
    first = exchange("POST", 201, {"noteId": ID}, idempotency_key="a")
    repeat = replace(first, sent_ms=SENT + 1)
    other = exchange("POST", 201, {"noteId": ID}, idempotency_key="b")
    bare = exchange("POST", 201, {"noteId": OTHER})

    creators = domain.effects.creators([repeat, first, bare, exchange("PUT", 200)], 0)
    assert (creators.by_id, list(creators.mismatches)) == ({ID: first, OTHER: bare}, [])
    for late in (other, replace(bare, response=first.response)):
        both = [replace(late, sent_ms=SENT + 1), first]
        [wrong] = domain.effects.creators(both, 0).mismatches
        assert (wrong.where, wrong.got) == ("body /noteId", ID)


@dataclass
class Notes:
    """A service with one operation, which can also write something wrong."""

    store: FakeStore
    extra: dict[Key, dict[str, Any]] = field(default_factory=dict)

    def send(self, request: Request) -> Response:
        note_id = request.path.rpartition("/")[2]
        item = {"noteId": note_id, **json.loads(request.body or b"{}")}
        self.store.items.update({key(note_id): item, **self.extra})
        headers = (("content-type", "application/json"),)
        return Response(200, headers, json.dumps(item).encode())

    def close(self) -> None:
        """There is nothing to close."""


def played(checks: Checks, extra: dict[Key, dict[str, Any]], text: str) -> Result:
    """Replace a note and return the result."""
    store = FakeStore()
    prepared = PreparedTarget(
        Target("x", "http://127.0.0.1:1"), Notes(store, extra), store
    )
    note = {"noteId": {"ref": "one.noteId"}, "text": text}
    when = {"path": {"noteId": {"ref": "one.noteId"}}, "json": {"text": "b"}}
    given = {"fixtures": [{"bind": "one", "text": "a"}, {"noteId": OTHER, "text": "a"}]}
    case = Case(
        "a", "", "", Call("replaceNote", when, None, {"fixtures": [note]}), given
    )
    result = play_case(case, checks, prepared, "0badcafe", "0badcafe").result
    assert store.items == {}
    return result


@pytest.mark.parametrize(
    ("extra", "text", "where"),
    [
        ({}, "b", []),
        ({}, "c", ["note {} /text"]),
        ({key(OTHER): {"noteId": OTHER, "text": "b"}}, "b", [f"note {OTHER}"]),
        ({key(OTHER): {"noteId": OTHER, "n": 1}}, "b", [f"note {OTHER}"]),
    ],
    ids=["right", "wrong item", "wrong note", "unfit item"],
)
def test_item_after_a_write_is_checked_against_the_contract(
    checks: Checks, extra: dict[Key, dict[str, Any]], text: str, where: list[str]
) -> None:
    result = played(checks, extra, text)

    note_id = result.exchanges[0].request.path.rpartition("/")[2]
    labels = {each.where for each in result.mismatches}
    assert result.error == ""
    assert {each.format(note_id) for each in where} <= labels
    assert bool(where) == any(each.startswith("note") for each in labels)
