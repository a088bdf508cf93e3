"""What the plugin defines for `fuzz`: its own part of a list, and what must stay."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from contract.plugin.fuzz import ServiceDrawing
from twinproof import plugin
from twinproof.contract.openapi import Contract
from twinproof.domain.plans import END, OWN_ONLY, WINDOW_FIRST, PlanStep
from twinproof.exchange.model import Exchange, Item, Key, Request, Response
from twinproof.fuzz.hostile.members import Bodies

OWN, OTHERS = {"userId": "own", "name": "A"}, {"userId": "others", "name": "B"}
LAST = {"userId": "last", "name": END}
OWNED = {"own", "last"}
OBJECT = Key("objects", "key")


@pytest.fixture(scope="module")
def drawing(contract: Contract) -> ServiceDrawing:
    return ServiceDrawing(contract)


def answered(operation: str, items: list[Any], **more: Any) -> Exchange:
    body = json.dumps({"items": items, **more}).encode()
    headers = (("content-length", str(len(body))), ("etag", '"1"'))
    response = Response(200, headers, body)
    return Exchange(operation, Request("GET", "/"), response, 0, 0, 1)


@pytest.mark.parametrize(
    ("shows", "items", "shown"),
    [
        ("", [OWN, OTHERS], {"items": []}),
        (WINDOW_FIRST, [OWN, OTHERS], {"items": [OWN]}),
        (WINDOW_FIRST, [OWN, LAST], {"items": [OWN, LAST]}),
        (WINDOW_FIRST, [OWN], {"items": [OWN], "nextCursor": "c"}),
    ],
)
def test_page_shows_what_the_records_of_the_sequence_decide(
    drawing: ServiceDrawing, shows: str, items: list[Any], shown: dict[str, Any]
) -> None:
    step = PlanStep("listUsers", shows=shows)
    page = answered("listUsers", items, nextCursor="c")

    visible = drawing.visible(step, page, OWNED)

    assert visible.json() == shown
    assert visible.response.headers == (("etag", '"1"'),)


@pytest.mark.parametrize(
    "step",
    [
        PlanStep("listUsers", shows=OWN_ONLY),
        PlanStep("getUser"),
        PlanStep("createUser"),
    ],
)
def test_response_that_is_not_a_list_is_visible_in_full(
    drawing: ServiceDrawing, step: PlanStep
) -> None:
    page = answered(step.operation, [OTHERS])

    assert drawing.visible(step, page, OWNED) is page


@pytest.mark.parametrize(
    ("shows", "items", "disturbed"),
    [
        (WINDOW_FIRST, [OWN, OTHERS], True),
        (WINDOW_FIRST, [OWN, LAST, OTHERS], False),
        (OWN_ONLY, [OTHERS], False),
    ],
)
def test_window_with_a_record_of_somebody_else_is_disturbed(
    drawing: ServiceDrawing, shows: str, items: list[Any], disturbed: bool
) -> None:
    step, page = PlanStep("listUsers", shows=shows), answered("listUsers", items)

    assert drawing.is_disturbed(step, page, OWNED) is disturbed


@pytest.mark.parametrize(
    ("item", "stored", "expected"),
    [
        ({"status": "pending"}, {"size": 1}, True),
        ({"status": "pending"}, None, False),
        ({"status": "uploaded"}, {"size": 1}, False),
        (None, {"size": 1}, False),
    ],
)
def test_read_may_write_while_an_asset_waits_for_its_upload(
    drawing: ServiceDrawing, item: Item | None, stored: Item | None, expected: bool
) -> None:
    known = {Key("assets", "a"): item, OBJECT: stored}

    assert drawing.reads_may_write(known) is expected


def test_entry_of_a_key_keeps_what_it_cannot_do_without(
    drawing: ServiceDrawing,
) -> None:
    assert drawing.kept("users") == {"bind"}
    assert drawing.kept("idempotency") >= {"operation", "key", "recordId", "body"}


def test_only_members_that_the_plugin_names_are_own_or_go_by_the_clock(
    drawing: ServiceDrawing, contract: Contract
) -> None:
    members = drawing.bodies.members["createUser"]
    plain = Bodies(contract).members["createUser"]

    assert {each.name for each in members if each.own} == {"email"}
    assert {each.name for each in members if each.clock} == {"expiresAt"}
    assert not any(each.own or each.clock for each in plain)


def test_every_name_for_plugins_is_there_when_a_plugin_runs() -> None:
    assert [name for name in plugin.__all__ if not hasattr(plugin, name)] == []
    assert not hasattr(plugin, "Fuzzer")


def test_path_at_its_edge_is_the_documented_one(small_contract: Path) -> None:
    document = small_contract / "openapi.yaml"
    text = document.read_text("utf-8")
    document.write_text(text.replace("{assetId}/download:", "{assetId}/file:"), "utf-8")
    drawing = ServiceDrawing(Contract(small_contract))

    # Not for secrets: the sequences must be the same each time.
    plans = [drawing.plan(Random(seed)) for seed in range(300)]  # noqa: S311

    ends = {
        step.when["rawPath"]["concat"][-1]
        for plan in plans
        for step in plan.steps
        if step.operation == "downloadAsset" and "rawPath" in step.when
    }
    assert ends == {"/file"}
