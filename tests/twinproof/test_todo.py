"""The tool checks a service that differs from the one it was first written for."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.twinproof.todo import EXAMPLE, check, findings, fuzz, serving
from twinproof.cases.model import Call, Case
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract
from twinproof.domain.forms import FORMS
from twinproof.domain.loading import domain_of
from twinproof.exchange.drivers import Http
from twinproof.files import read_yaml
from twinproof.fuzz.saving import save
from twinproof.run.relay import NOT_SHARED
from twinproof.run.results import Run, Verdict
from twinproof.run.selection import why_not
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

TITLE = Path(__file__).parent / "title"
"""An operation to add: its path, schema, cases and handler."""
SEQUENCES = 60
MUTANTS = yaml.safe_load((Path(__file__).parent / "mutants.yaml").read_text("utf-8"))


def red(run: Run) -> set[str]:
    return {each.full_id for each in run.results if each.verdict != Verdict.PASSED}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the example, to be changed."""
    return shutil.copytree(EXAMPLE, tmp_path / "todo")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_example_meets_its_contract() -> None:
    assert findings(EXAMPLE) == []


def test_every_case_and_journey_passes_and_leaves_nothing() -> None:
    with serving() as (url, store):
        run = check(EXAMPLE, {"todos": (url, store)})

    assert [(r.full_id, r.mismatches, r.error) for r in run.results if r.error] == []
    assert red(run) == set()
    assert run.left_out == ()
    assert store.service.todos == {}


def test_two_copies_of_the_example_show_no_difference() -> None:
    with serving() as one, serving() as other:
        run = check(EXAMPLE, {"one": one, "other": other})

    assert [
        (each.full_id, each.mismatches) for each in run.pairs if each.mismatches
    ] == []
    assert len(run.pairs) > 0
    assert run.notes == (NOT_SHARED,)


def test_two_targets_over_one_store_take_turns_in_the_journey() -> None:
    with serving() as (url, store):
        run = check(EXAMPLE, {"one": (url, store), "other": (url, store)})

    verdicts = [(each.relay, each.verdict) for each in run.relays]
    assert verdicts == [
        (("one", "other"), Verdict.PASSED),
        (("other", "one"), Verdict.PASSED),
    ]


@pytest.mark.parametrize(
    ("writes", "given", "why"),
    [
        ("any", {}, ""),
        ("any", {"todos": [{"bind": "milk"}]}, "no stores: nobody hands it over"),
        ("none", {}, "no stores: nobody hands it over"),
    ],
)
def test_case_that_needs_no_store_writes_without_one_where_nothing_is_kept(
    writes: str, given: dict[str, Any], why: str
) -> None:
    contract = Contract(EXAMPLE / "contract")
    target = Target("todos", "http://127.0.0.1:1", writes=writes)
    prepared = PreparedTarget(target, Http(target.url), None, "nobody hands it over")
    call = Call("createTodo", {"json": {"title": "x"}}, {"status": 201})

    assert (
        why_not(
            Case("creates", "why", "rules.md#todos", call, given), prepared, contract
        )
        == why
    )


def test_command_runs_the_cases_that_need_no_store(
    capsys: pytest.CaptureFixture[str],
) -> None:
    contract = str(EXAMPLE / "contract")
    with serving() as (url, _):
        code = main(["--contract", contract, "check", "--target", f"todos={url}"])

    printed = capsys.readouterr().out
    assert code == 0
    assert printed.startswith("24 cases, 1 target: 24 passed, 0 failed")
    assert printed.endswith("; 29 left out (no stores: no stack is named)\n")


@pytest.mark.parametrize(
    "mutant", MUTANTS, ids=lambda each: each["mutant"].replace(" ", "-")
)
def test_mutant_fails_where_it_is_wrong(copy: Path, mutant: dict[str, Any]) -> None:
    replace(copy / "service.py", mutant["replace"], mutant["by"])

    with serving(copy) as target:
        run = check(EXAMPLE, {"mutant": target})

    assert sorted(red(run)) == mutant["red"]


def test_fuzzing_finds_no_difference_between_two_that_are_alike() -> None:
    with serving() as one, serving() as other:
        outcome = fuzz(EXAMPLE, {"one": one, "other": other}, SEQUENCES)

    assert (outcome.found, outcome.errors, outcome.left) == ([], [], [])
    assert outcome.coverage.sequences == SEQUENCES


def test_fuzzing_shrinks_what_a_mutant_does_to_one_step(copy: Path) -> None:
    replace(copy / "service.py", 'todo["version"] + 1', 'todo["version"]')

    with serving() as right, serving(copy) as mutant:
        outcome = fuzz(EXAMPLE, {"right": right, "mutant": mutant}, SEQUENCES)

    [found] = outcome.found
    assert [step.operation for step in found.divergence.plan.steps] == ["replaceTodo"]
    [mismatch] = found.divergence.mismatches
    assert mismatch.where.endswith("/version")


def test_saved_difference_fits_the_contract_and_fails_one_of_the_two(
    copy: Path,
) -> None:
    replace(copy / "service.py", "del self.todos[request.todo_id]", "pass")

    with serving() as right, serving(copy) as mutant:
        outcome = fuzz(EXAMPLE, {"right": right, "mutant": mutant}, SEQUENCES)
        [path] = save(outcome, Contract(EXAMPLE / "contract"), copy / "contract")
        run = check(copy, {"right": right, "mutant": mutant})

    assert path == copy / "contract" / "cases" / "delete-todo.yaml"
    assert findings(copy) == []
    [name] = {case for case in red(run) if "/seed-1-" in case}
    verdicts = {r.target: r.verdict for r in run.results if r.full_id == name}
    assert verdicts == {"right": Verdict.PASSED, "mutant": Verdict.FAILED}


def test_operation_is_added_without_a_line_of_the_tool(copy: Path) -> None:
    shutil.copytree(TITLE / "schemas", copy / "contract/schemas", dirs_exist_ok=True)
    shutil.copytree(TITLE / "cases", copy / "contract/cases", dirs_exist_ok=True)
    path = (TITLE / "path.yaml").read_text("utf-8")
    replace(copy / "contract/openapi.yaml", "components:\n", f"{path}components:\n")
    handler = (TITLE / "handler.py.txt").read_text("utf-8")
    head = "Handler = Callable"
    replace(copy / "service.py", head, f"{handler}{head}")
    row = '    ("GET", "/todos/([^/]+)", Service.get),\n'
    more = '    ("GET", "/todos/([^/]+)/title", Service.title),\n'
    replace(copy / "service.py", row, row + more)

    with serving(copy) as target:
        run = check(copy, {"todos": target})

        outcome = fuzz(copy, {"one": target, "other": target}, SEQUENCES)

    assert findings(copy) == []
    assert red(run) == set()
    assert (outcome.found, outcome.errors, outcome.left) == ([], [], [])
    assert "getTitle/answers-a-title" in {each.full_id for each in run.results}


def test_every_form_of_a_kind_is_of_use_to_the_example() -> None:
    kinds = read_yaml(EXAMPLE / "contract" / "volatile.yaml")["kinds"]

    assert {next(iter(form)) for form in kinds.values()} == FORMS.keys()


def test_plan_depends_only_on_the_generator() -> None:
    drawing = domain_of(Contract(EXAMPLE / "contract")).drawing
    assert drawing

    # Not for secrets: the sequences must be the same each time.
    plans = [drawing.plan(Random(seed)) for seed in range(200)]  # noqa: S311

    assert plans == [drawing.plan(Random(seed)) for seed in range(200)]  # noqa: S311
    drawn = {step.operation for plan in plans for step in plan.steps}
    assert drawn == Contract(EXAMPLE / "contract").operations.keys()
