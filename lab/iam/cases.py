"""Runs cases of the contract suite on both implementations of the stack."""

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
# The whole suite takes 54 s where four others work; what takes longer stands still.
RUN_SECONDS = 420
PROBLEMS = ROOT / "contract" / "schemas" / "problem.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an implementation answered in a case that did not pass."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case on one implementation."""

    case: str
    implementation: str
    verdict: str
    answers: tuple[Answer, ...]

    @property
    def failed(self) -> bool:
        """Whether it is the implementation that failed, not the suite."""
        return self.verdict == "failed"

    @property
    def conforms(self) -> bool:
        """Whether the implementation did as the contract says."""
        return self.verdict in {"passed", "known"}

    @property
    def only_internal_problems(self) -> bool:
        """Whether each answer is the contract's problem for a fault, and no more."""
        return bool(self.answers) and all(map(is_fault, self.answers))

    def __str__(self) -> str:
        """Return what a line says of it."""
        return f"{self.case} ({self.implementation})"


def run_cases(cases: Sequence[str], ports: Ports) -> list[CaseResult]:
    """Run cases, or with none of them the whole suite, on both implementations."""
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
                f"the suite was not done after {RUN_SECONDS} s"
            ) from None
        if ran.returncode not in (0, 1):
            said = (ran.stderr or ran.stdout).strip().splitlines() or [
                "it said nothing"
            ]
            raise CannotProveError(f"the suite did not run: {said[-1]}")
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
    """Return a result of a report of `twinproof check` (its formats/report.json)."""
    answers = tuple(_answer(one["response"]) for one in result.get("exchanges", ()))
    return CaseResult(result["id"], result["target"], result["verdict"], answers)


def _answer(response: Mapping[str, Json]) -> Answer:
    headers = {name.lower(): value for name, value in response["headers"]}
    kind = headers.get("content-type", "")
    return Answer(response["status"], kind, response["body"])


def is_fault(answer: Answer) -> bool:
    """Say whether an answer is the contract's problem `internal`, to the last member.

    So it tells nothing of AWS either.
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
