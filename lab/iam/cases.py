"""Runs cases of the contract on both implementations of the stack."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lab.iam.errors import CannotProveError
from local.children import die_with_parent
from local.commands.own_stack import Ports
from local.implementations import IMPLEMENTATIONS
from local.template import ROOT

Json = Any
# All cases take 54 s on a machine with four other jobs; a longer run hangs.
RUN_SECONDS = 420
PROBLEMS = ROOT / "contract" / "schemas" / "problem.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response of an implementation in a case that did not pass."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of a case on one implementation."""

    case: str
    implementation: str
    verdict: str
    answers: tuple[Answer, ...]

    @property
    def failed(self) -> bool:
        """Whether the implementation failed, and not the tool."""
        return self.verdict == "failed"

    @property
    def conforms(self) -> bool:
        """Whether the implementation did what the contract says."""
        return self.verdict in {"passed", "known"}

    @property
    def only_internal_problems(self) -> bool:
        """Whether each response is exactly the contract's problem `internal`."""
        return bool(self.answers) and all(map(is_fault, self.answers))

    def __str__(self) -> str:
        """Return the case and the implementation, for a line of output."""
        return f"{self.case} ({self.implementation})"


def run_cases(cases: Sequence[str], ports: Ports) -> list[CaseResult]:
    """Run cases, or all cases for an empty list, on both implementations.

    Raises `CannotProveError`.
    """
    with TemporaryDirectory() as folder:
        try:
            ran = subprocess.run(
                die_with_parent(_command(cases, ports, folder)),
                capture_output=True,
                text=True,
                check=False,
                timeout=RUN_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise CannotProveError(
                f"twinproof check did not end within {RUN_SECONDS} s"
            ) from None
        if ran.returncode not in (0, 1):
            lines = (ran.stderr or ran.stdout).strip().splitlines() or ["no output"]
            raise CannotProveError(f"twinproof check did not run: {lines[-1]}")
        report = json.loads(Path(folder, "report.json").read_text("utf-8"))
    return [read(result) for result in report["results"]]


def _command(cases: Sequence[str], ports: Ports, folder: str) -> list[str]:
    command = [str(Path(sys.executable).with_name("twinproof")), "check"]
    for number, one in enumerate(IMPLEMENTATIONS):
        command += ["--target", f"{one.name}=http://127.0.0.1:{ports.api + number}"]
    command += ["--endpoint", ports.endpoint, "--report", folder]
    command += ["--lambda-endpoint", f"http://127.0.0.1:{ports.cloud + 1}"]
    for case in cases:
        command += ["--case", case]
    return command


def read(result: Mapping[str, Json]) -> CaseResult:
    """Return a result from a report of `twinproof check` (formats/report.json)."""
    answers = tuple(_answer(one["response"]) for one in result.get("exchanges", ()))
    return CaseResult(result["id"], result["target"], result["verdict"], answers)


def _answer(response: Mapping[str, Json]) -> Answer:
    headers = {name.lower(): value for name, value in response["headers"]}
    kind = headers.get("content-type", "")
    return Answer(response["status"], kind, response["body"])


def is_fault(answer: Answer) -> bool:
    """Return whether a response is exactly the contract's problem `internal`.

    Then it has no details of AWS.
    """
    try:
        body = json.loads(answer.body)
    except ValueError:
        return False
    kind = answer.content_type.partition(";")[0].strip()
    return (
        answer.status == _internal()["status"]
        and kind == "application/problem+json"
        and body == _internal()
    )


@functools.cache
def _internal() -> dict[str, Json]:
    schema = json.loads(PROBLEMS.read_text("utf-8"))["$defs"]["internal"]
    return {name: one["const"] for name, one in schema["properties"].items()}
