"""Plans are the same for a seed everywhere, can be saved, and are hostile."""

from __future__ import annotations

import base64
import itertools
import re
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.plugin.fuzz import ServiceDrawing
from contract.plugin.fuzz.bodies import HOSTILE
from tests.plugin.conftest import CONTRACT
from twinproof.cases.expressions import evaluate_members
from twinproof.cases.language import Scope
from twinproof.cases.requests import body_of
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.domain.plans import WINDOW, Plan, PlanStep, size_of
from twinproof.fuzz.hostile.bodies import valid_body
from twinproof.fuzz.hostile.texts import fitting
from twinproof.fuzz.sequences import sequence
from twinproof.fuzz.shrinking import simpler, simpler_steps

DRAWING = ServiceDrawing(Contract(CONTRACT))
BODIES = DRAWING.bodies
LANGUAGE = Checks.read(BODIES.contract).language
SCOPE = Scope(LANGUAGE, "01234567", "89abcdef", 1_771_000_000_000)
HEADERS = {"content-type", "key", "if-match", "if-none-match", "repeat", "reuse"}
QUERIES = {"query", "cursor", "parameter", "repeated"}


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [sequence(1, index, DRAWING) for index in range(1_500)]


def test_sequence_depends_only_on_seed_and_number(plans: list[Plan]) -> None:
    assert sequence(1, 1_234, ServiceDrawing(Contract(CONTRACT))) == plans[1_234]
    assert sequence(2, 1_234, DRAWING) != plans[1_234]


def test_every_operation_is_drawn(plans: list[Plan]) -> None:
    drawn_ = Counter(step.operation for plan in plans for step in plan.steps)

    assert drawn_.keys() == BODIES.contract.operations.keys()
    assert min(drawn_.values()) > 300


def test_every_class_of_hostile_input_is_drawn_often(plans: list[Plan]) -> None:
    tags = Counter(tag for plan in plans for step in plan.steps for tag in step.tags)

    wanted = {*HOSTILE, *HEADERS, *QUERIES, "path", "needless-body"}
    assert {tag for tag in wanted if tags[tag] < 40} == set()


def test_sequences_are_long_and_mostly_right(plans: list[Plan]) -> None:
    lengths = sorted(len(plan.steps) for plan in plans)
    steps = [step for plan in plans for step in plan.steps]

    assert lengths[len(lengths) // 2] >= 8
    hostile = sum(not {*step.tags} <= {"repeat", "reuse", "open"} for step in steps)
    assert 0.25 * len(steps) < hostile < 0.4 * len(steps)


@given(st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, database=None, derandomize=True)
def test_plan_can_be_saved_as_a_journey(rng: Random) -> None:
    plan = DRAWING.plan(rng)

    document = {
        "journey": "drawn",
        "why": "a plan",
        **({"given": plan.given} if plan.given else {}),
        "steps": [
            {"id": f"step-{n}", "operation": s.operation, "then": {"status": 200}}
            | ({"when": s.when} if s.when else {})
            for n, s in enumerate(plan.steps)
        ],
    }

    assert BODIES.contract.schemas.faults("formats/journey.json", document) == []


def drawing(number: int) -> Random:
    """Return a generator that always draws the same."""
    return Random(number)  # noqa: S311 - not for secrets


def _utf8(name: str, count: int) -> list[bytes]:
    """Return the bodies that a class of hostile input makes for createUser."""
    scope = Scope(LANGUAGE, "01234567", "89abcdef", 1_771_000_000_000)
    members, made = BODIES.members["createUser"], []
    for number in range(count):
        rng = drawing(number)
        when = HOSTILE[name](rng, members, valid_body(rng, members, "a"))
        made.append(body_of(when, scope) or b"")
    return made


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("lone-surrogate", [rb"\ud800", rb"\udc00\ud800"]),
        ("surrogate-pair", [rb"\ud83d\ude00"]),
        ("number", [b":1.0", b":-0", b":1e400", b":9007199254740993", b"0" * 400]),
        ("bad-number", [b":NaN", b":01", b":.5", b":+1"]),
        ("control", [b"\\u0000", b"\\u001f", b"\x7f"]),
        ("raw-control", [b"\x00", b"\x1f"]),
        ("not-utf8", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xef\xbb\xbf"]),
        ("broken", ["\ufeff{}".encode(), b"/**/", b"[1,]"]),
        ("nesting", [b"[" * 33, b"[" * 32 + b"]", b'{"a":' * 200]),
        ("type", [b":null", b":true", b":[]", b":{}", b":1.5", b':""']),
        ("unknown", [b"__proto__", "\uff5e".encode(), "\U0001f600".encode()]),
        ("length", ["\U0001d49c".encode() * 101, "\U0001f600".encode() * 100 + b'"']),
    ],
)
def test_class_has_the_signs_of_its_name(name: str, signs: list[bytes]) -> None:
    made = _utf8(name, 400)

    assert [sign for sign in signs if not any(sign in body for body in made)] == []


def test_duplicates_name_a_member_twice_whatever_its_spelling() -> None:
    for body in _utf8("duplicate", 50):
        text = re.sub(
            rb"\\u00([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), body
        )
        names = [f'"{each.name}":' for each in BODIES.members["createUser"]]
        assert max(text.count(name.encode()) for name in names) >= 2


def test_sizes_are_below_and_above_the_limit() -> None:
    sizes = {len(body) for body in _utf8("size", 60)}

    assert {65_535, 65_536, 65_537} <= sizes


def test_body_that_is_not_utf8_creates_nothing() -> None:
    for number in range(100):
        when = HOSTILE["not-utf8"](drawing(number), BODIES.members["createUser"], {})
        text = base64.b64decode(when["base64"]).decode("utf-8", "replace")
        assert not ('"email"' in text and '"name"' in text)


@pytest.mark.parametrize("bounds", [(0, 200), (2, 20), (5, 6), (1, 1), (150, 151)])
def test_fitting_texts_are_within_their_bounds(bounds: tuple[int, int]) -> None:
    for number in range(100):
        text = evaluate_members({"text": fitting(drawing(number), *bounds)}, SCOPE)
        assert bounds[0] <= len(text["text"]) <= bounds[1]


def test_valid_bodies_fit_their_schemas() -> None:
    schemas = BODIES.contract.schemas
    files = {"createUser": "user-create", "createAsset": "asset-create"}
    for (name, file_name), number in itertools.product(files.items(), range(200)):
        body = valid_body(drawing(number), BODIES.members[name], "a")
        shown = evaluate_members(body, SCOPE)
        assert schemas.faults(f"schemas/{file_name}.json", shown) == []


@pytest.mark.parametrize(
    "value",
    [
        "text",
        100,
        {"repeat": ["\U0001d49c", 100]},
        {"concat": ["a", {"now": 1}]},
        [1, 2],
    ],
)
def test_simpler_values_differ_and_are_never_larger(value: Any) -> None:
    made = list(simpler(value, LANGUAGE))

    assert made
    assert all(size_of(each) <= size_of(value) and each != value for each in made)


def test_simpler_step_keeps_the_path() -> None:
    when = {
        "path": {"userId": "x"},
        "headers": {"if-match": "*"},
        "json": {"name": "a"},
    }

    made = list(simpler_steps(PlanStep("updateUser", when), DRAWING, LANGUAGE))

    assert all(step.when["path"] == {"userId": "x"} for step in made)
    assert {"path": {"userId": "x"}, "json": {"name": "a"}} in [s.when for s in made]


def test_window_has_room_for_every_slot(plans: list[Plan]) -> None:
    text = repr(plans)

    slots = [slot for slot in range(40) if f"'d.{slot}'" in text]
    assert max(slots) < WINDOW


def test_no_address_that_fits_is_the_same_for_both_targets(plans: list[Plan]) -> None:
    (email,) = (m for m in BODIES.members["createUser"] if m.name == "email")
    sent = [step.when.get("json") for plan in plans for step in plan.steps]
    bodies = [body for body in sent if isinstance(body, dict)]

    emails = [body["email"] for body in bodies if isinstance(body.get("email"), str)]
    assert emails
    assert [text for text in emails if email.fits(text)] == []
