"""`sam local` serves both implementations: events, all cases, Lambda's Invoke."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from pathlib import Path

import pytest
import requests

from local.children import side_by_side
from local.deploy.sam import SAM
from local.template import ROOT
from tests.integration.sam.command import Data, invoke, made, parity, serving
from twinproof.cases.model import Journey, read_cases
from twinproof.checks.documented import response_mismatches
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.run.selection import journey_calls

pytestmark = pytest.mark.sam

BOTH = pytest.mark.parametrize("implementation", ["python", "typescript"])
CONTRACT = Contract(ROOT / "contract")
EVENTS = {operation.kebab: name for name, operation in CONTRACT.operations.items()}
# The table is empty: the ids in the events name no records.
STATUS = {"create": 201, "list": 200, "getHealth": 200}


LISTS = ("listUsers", "listAssets")
FUNCTIONS = ("UsersFunction", "AssetsFunction")


def function_of(operation: str) -> str:
    return "AssetsFunction" if "Asset" in operation else "UsersFunction"


def wanted(operation: str) -> int:
    found = (code for name, code in STATUS.items() if operation.startswith(name))
    return next(found, 404)


def test_template_is_valid(key: dict[str, str]) -> None:
    done = subprocess.run(
        [str(SAM), "validate", "--lint"],
        cwd=ROOT,
        env=key,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@BOTH
def test_every_event_is_answered_by_the_contract(
    implementation: str, data: Data, built: Callable[[str], Path]
) -> None:
    data.empty()
    ask = partial(invoke, built(implementation), implementation, data)

    def answer(event: str) -> Exchange:
        operation = EVENTS[event]
        said = json.loads(ask(function_of(operation), f"events/{event}.json"))
        headers = tuple((n.lower(), v) for n, v in said["headers"].items())
        body = said.get("body", "").encode()
        response = Response(said["statusCode"], headers, body)
        return Exchange(operation, Request("", ""), response, 0, 0, 0)

    # Each starts a container and waits for it, most of the time.
    with side_by_side(4) as workers:
        exchanges = list(workers.map(answer, EVENTS))

    statuses = {each.operation: each.response.status for each in exchanges}
    assert statuses == {name: wanted(name) for name in EVENTS.values()}
    for exchange in exchanges:
        assert list(response_mismatches(CONTRACT, exchange, frozenset())) == []


@BOTH
def test_warming_event_reaches_no_operation(
    implementation: str, data: Data, built: Callable[[str], Path]
) -> None:
    ask = partial(invoke, built(implementation), implementation, data)

    said = ask("UsersFunction", "events/warming.json")

    assert json.loads(said) == {"warmed": True}


def lists(journey: Journey) -> bool:
    return any(call.operation in LISTS for call in journey_calls(journey))


def rounds() -> list[list[list[str]]]:
    """The runs that are parallel, because SAM CLI is idle most of the time.

    A list shows the records of all others, so lists come last, in one run for each
    table, which separates its cases itself. Other journeys run step by step, and other
    cases eight at once within a run.
    """
    journeys = read_cases(CONTRACT.root, CONTRACT.schemas).journeys
    others = [name for name in CONTRACT.operations if name not in LISTS]
    users = ["listUsers", *(each.full_id for each in journeys if lists(each))]
    steps = [[each.full_id] for each in journeys if not lists(each)]
    return [[*steps, others[::2], others[1::2]], [users, ["listAssets"]]]


def failures(where: list[str], at_once: list[list[str]]) -> list[str]:
    """Run the cases in several processes; return the output of those that fail."""
    runs = [
        ["check", *where, *(word for name in names for word in ("--case", name))]
        for names in at_once
    ]
    with side_by_side(len(runs)) as workers:
        return [printed for code, printed in workers.map(parity, runs) if code != 0]


def both(failed: Callable[[str, Data], list[str]], *held: Data) -> list[list[str]]:
    """Call both implementations at once, each on its own data."""
    with side_by_side(2) as workers:
        asked = [
            workers.submit(failed, *each)
            for each in zip(("python", "typescript"), held, strict=True)
        ]
        wait(asked)
    return [each.result() for each in asked]


def test_whole_suite_holds_through_start_api(
    data: Data, other_data: Data, built: Callable[[str], Path], tmp_path: Path
) -> None:
    templates = {"python": built("python"), "typescript": built("typescript")}

    def failed(implementation: str, held: Data) -> list[str]:
        template, log = templates[implementation], tmp_path / f"{implementation}.log"
        with serving("start-api", implementation, template, log, held) as url:
            where = [
                # Another name, so that no file of a target applies.
                *["--target", f"sam-{implementation}={url}", "--stack", held.stack],
                *["--endpoint", held.endpoint, "--emulator", "sam-local-start-api"],
            ]
            return [line for part in rounds() for line in failures(where, part)]

    assert both(failed, data, other_data) == [[], []]


def test_every_case_holds_by_invoke_through_start_lambda(
    data: Data, other_data: Data, built: Callable[[str], Path], tmp_path: Path
) -> None:
    templates = {"python": built("python"), "typescript": built("typescript")}

    def failed(implementation: str, held: Data) -> list[str]:
        template, log = templates[implementation], tmp_path / f"{implementation}.log"
        with serving("start-lambda", implementation, template, log, held) as url:
            shared = ["--endpoint", held.endpoint, "--lambda-endpoint", url]
            shared += ["--stack", held.stack]
            return [
                line
                for function in FUNCTIONS
                for part in parts(function)
                for line in failures(
                    [*shared, "--target", f"{implementation}=lambda:{function}"],
                    [[name] for name in sorted(part)],
                )
            ]

    assert both(failed, data, other_data) == [[], []]


def parts(function: str) -> list[set[str]]:
    """A list shows what all others do: it comes last, as in `rounds`."""
    names = {one for one in CONTRACT.operations if function_of(one) == function}
    return [names.difference(LISTS), names.intersection(LISTS)]


@pytest.mark.parametrize("environment", [[], ["--config-env", "default-typescript"]])
def test_commands_of_the_page_work_as_they_are_written(
    environment: list[str], data: Data, key: dict[str, str]
) -> None:
    """With samconfig.toml and the local cloud's key, and nothing else."""
    data.empty()
    data.use_by_default()
    event = "sam local invoke UsersFunction -e events/create-user.json"
    for command in ("sam build", event):
        assert command in (ROOT / "docs" / "sam-local.md").read_text("utf-8")
        done = subprocess.run(
            [str(SAM), *command.split()[1:], *environment],
            cwd=ROOT,
            env=key,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    assert json.loads(done.stdout)["statusCode"] == 201


@BOTH
def test_make_sam_local_needs_nothing_else_typed(
    implementation: str, tmp_path: Path
) -> None:
    new = {"email": "ada@example.com", "name": "Ada"}
    with made(implementation, tmp_path / "sam.log") as url:
        health = requests.get(f"{url}/health", timeout=60)
        answer = requests.post(f"{url}/users", json=new, timeout=60)

    assert health.json()["implementation"] == implementation
    assert (answer.status_code, answer.json()["name"]) == (201, "Ada")
    # docs/emulators.md lists it; no case can show it.
    assert health.headers["x-request-id"] == answer.headers["x-request-id"]
