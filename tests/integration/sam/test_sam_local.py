"""`sam local` serves both implementations: events, the whole suite, Lambda's Invoke."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from contract.suite.conformance import response_mismatches
from contract.suite.exchanges import Exchange, Request, Response
from contract.suite.openapi import Contract
from local.sam import SAM
from local.template import ROOT
from tests.integration.sam.command import invoke, parity, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.sam.command import Data

pytestmark = pytest.mark.sam

BOTH = pytest.mark.parametrize("implementation", ["python", "typescript"])
CONTRACT = Contract(ROOT / "contract")
EVENTS = {operation.kebab: name for name, operation in CONTRACT.operations.items()}
# Of an empty table; the ids in the events are of records that are not there.
STATUS = {"create": 201, "list": 200, "getHealth": 200}
# An answer waits up to a second for its log, whoever else is served meanwhile.
AT_ONCE = 8


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
    ask = partial(invoke, built(implementation), implementation)

    def answer(event: str) -> Exchange:
        operation = EVENTS[event]
        said = json.loads(ask(function_of(operation), f"events/{event}.json"))
        headers = tuple((n.lower(), v) for n, v in said["headers"].items())
        body = said.get("body", "").encode()
        response = Response(said["statusCode"], headers, body)
        return Exchange(operation, Request("", ""), response, 0, 0, 0)

    # Two at once: there are two cores, and each starts a container.
    with ThreadPoolExecutor(2) as workers:
        exchanges = list(workers.map(answer, EVENTS))

    statuses = {each.operation: each.response.status for each in exchanges}
    assert statuses == {name: wanted(name) for name in EVENTS.values()}
    for exchange in exchanges:
        assert list(response_mismatches(CONTRACT, exchange, frozenset())) == []


@BOTH
def test_warming_event_reaches_no_operation(
    implementation: str, data: Data, built: Callable[[str], Path]
) -> None:
    del data
    template = built(implementation)

    said = invoke(template, implementation, "UsersFunction", "events/warming.json")

    assert json.loads(said) == {"warmed": True}


def shards(where: list[str]) -> list[list[str]]:
    names = [*CONTRACT.operations, "journeys"]
    return [["check", *where, "--case", name] for name in names]


@BOTH
def test_whole_suite_holds_through_start_api(
    implementation: str, data: Data, built: Callable[[str], Path], tmp_path: Path
) -> None:
    template = built(implementation)
    with serving("start-api", implementation, template, tmp_path / "sam.log") as url:
        # By another name: what is known of `make start` does not go for this server.
        target = ["--target", f"sam-{implementation}={url}", "--stack", "parity-python"]
        emulator = ["--endpoint", data.endpoint, "--emulator", "sam-local-start-api"]
        with ThreadPoolExecutor(AT_ONCE) as workers:
            done = list(workers.map(parity, shards([*target, *emulator])))

    assert [printed for code, printed in done if code != 0] == []


@BOTH
def test_every_case_holds_by_invoke_through_start_lambda(
    implementation: str, data: Data, built: Callable[[str], Path], tmp_path: Path
) -> None:
    template = built(implementation)
    with serving("start-lambda", implementation, template, tmp_path / "sam.log") as url:
        where = ["--endpoint", data.endpoint, "--lambda-endpoint", url]
        runs = [
            [
                *["check", "--target", f"{implementation}=lambda:{function_of(name)}"],
                *[*where, "--stack", "parity-python", "--case", name],
            ]
            for name in CONTRACT.operations
        ]
        with ThreadPoolExecutor(AT_ONCE) as workers:
            done = list(workers.map(parity, runs))

    assert [printed for code, printed in done if code != 0] == []


def test_commands_of_the_readme_work_as_they_stand(
    data: Data, key: dict[str, str]
) -> None:
    """With what samconfig.toml says, and nothing else but the local cloud's key."""
    data.empty()
    sam = str(SAM)
    event = ["-e", "events/create-user.json"]
    for command in ([sam, "build"], [sam, "local", "invoke", "UsersFunction", *event]):
        done = subprocess.run(
            command, cwd=ROOT, env=key, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    assert json.loads(done.stdout)["statusCode"] == 201
