"""Writes the reports of a run: JSON (formats/report.json), JUnit XML and HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.errors import UsageError
from twinproof.exchange.model import Exchange, text_of
from twinproof.output import printable
from twinproof.report.console import failure_lines
from twinproof.report.html import write_page
from twinproof.run.results import (
    Difference,
    Evidence,
    Ground,
    Pair,
    Result,
    Run,
    Verdict,
)
from twinproof.targets.target import Target

JSON_FILE, JUNIT_FILE = "report.json", "junit.xml"
SCHEMA_VERSION = 2
"""Of the JSON report. Version 1 had other names for verdicts, relays and evidence."""


def make_folder(folder: Path) -> None:
    """Make the folder for the reports before the run; raises `UsageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / JSON_FILE).touch()
    except OSError as error:
        raise UsageError(f"--report {folder}: {error.strerror}") from None


def write_reports(
    run: Run, targets: Sequence[Target], version: str, folder: Path
) -> None:
    """Write all reports into a folder that exists, see `make_folder`."""
    report = json_report(run, targets, version)
    text = json.dumps(report, indent=1)
    (folder / JSON_FILE).write_text(f"{text}\n", encoding="utf-8")
    ET.ElementTree(junit(run)).write(
        folder / JUNIT_FILE, encoding="utf-8", xml_declaration=True
    )
    write_page(run, targets, version, folder)


def json_report(run: Run, targets: Sequence[Target], version: str) -> dict[str, Any]:
    """Return a run as the data of its JSON report."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "version": version,
        "run": run.run_id,
        "startedMs": run.started_ms,
        "durationMs": run.duration_ms,
        "targets": [
            {
                "name": target.name,
                "url": target.url,
                "implementation": target.implementation,
                # The evidence behind each claim about this target.
                "evidence": target.evidence,
                "writes": target.writes,
            }
            for target in targets
        ],
        "evidence": {evidence.value: evidence.meaning for evidence in Evidence},
        "counts": {verdict.value: run.count(verdict) for verdict in Verdict},
        "results": [_result(result) for result in run.results],
        "pairs": [_pair(pair) for pair in run.pairs],
        "relays": [_result(result) for result in run.relays],
        "leftOut": [
            {"id": each.full_id, "target": each.target, "why": each.why}
            for each in run.left_out
        ],
        "notes": list(run.notes),
        "aws": [_ground(ground) for ground in run.grounds],
    }


def _ground(ground: Ground) -> dict[str, Any]:
    statement = ground.statement
    data = {
        "id": statement.statement_id,
        "says": statement.says,
        "standing": statement.standing.value,
        "link": statement.link,
        "command": statement.command,
        "expect": statement.expect,
    }
    return {
        **{name: text for name, text in data.items() if text},
        "cases": list(ground.cases),
        "shown": {target: shown.value for target, shown in ground.shown.items()},
    }


def _result(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": result.full_id,
        "target": result.target,
        "verdict": result.verdict.value,
        "evidence": result.evidence.value,
        "durationMs": result.duration_ms,
        "calls": [
            {
                "operation": exchange.operation,
                "status": exchange.response.status,
                "durationMicroseconds": exchange.duration_us,
            }
            for exchange in result.exchanges
        ],
        "mismatches": [_mismatch(mismatch) for mismatch in result.mismatches],
    }
    if result.relay:
        data["relay"] = list(result.relay)
    if result.step:
        data["step"] = result.step
    if result.error:
        data["error"] = result.error
    if result.verdict is not Verdict.PASSED:
        data["exchanges"] = [_exchange(exchange) for exchange in result.exchanges]
    return data


def _pair(pair: Pair) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": pair.full_id,
        "targets": list(pair.targets),
        "verdict": pair.verdict.value,
        "evidence": pair.evidence.value,
        "durationMs": pair.duration_ms,
        "differences": [_difference(each) for each in pair.differences],
    }
    if pair.error:
        data["error"] = pair.error
    if pair.verdict is not Verdict.PASSED:
        data["exchanges"] = [each and _exchange(each) for each in pair.exchanges]
    return data


def _difference(difference: Difference) -> dict[str, Any]:
    data: dict[str, Any] = {"where": difference.where}
    for name, value in zip(("left", "right"), difference.values, strict=True):
        if value is not MISSING:
            data[name] = plain(value)
    return data


def _mismatch(mismatch: Mismatch) -> dict[str, Any]:
    data = {"where": mismatch.where}
    if mismatch.expected is not MISSING:
        data["expected"] = plain(mismatch.expected)
    if mismatch.got is not MISSING:
        data["got"] = plain(mismatch.got)
    if mismatch.check:
        data["check"] = mismatch.check
    return data


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "operation": exchange.operation,
        "sentMs": exchange.sent_ms,
        "receivedMs": exchange.received_ms,
        **messages(exchange),
        "stored": {
            f"{key.table} {key.name}": None if item is None else dict(item)
            for key, item in sorted(exchange.stored.items())
        },
        "events": [dict(event) for event in exchange.events],
    }


def messages(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange's request and response as data, bodies as text."""
    request, response = exchange.request, exchange.response
    return {
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": [list(pair) for pair in request.headers],
            "body": None if request.body is None else text_of(request.body),
        },
        "response": {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "body": text_of(response.body),
        },
    }


def plain(value: Any) -> Any:
    """Return a value as plain JSON; a value that JSON does not know as its text."""
    return json.loads(json.dumps(value, default=repr))


def junit(run: Run) -> ET.Element:
    """Return a run as JUnit XML, with a test for each result.

    There is a testsuite for each target, for each pair of targets, and for each relay.
    """
    root = ET.Element("testsuites", name="twinproof")
    groups: dict[str, list[Result | Pair]] = {target: [] for target in run.targets}
    for each in run.all:
        name = " | ".join(each.targets) if isinstance(each, Pair) else each.target
        groups.setdefault(name, []).append(each)
    for name, results in groups.items():
        left_out = [each for each in run.left_out if each.target == name]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=name,
            tests=str(len(results) + len(left_out)),
            failures=str(_count(results, Verdict.FAILED, Verdict.STALE)),
            errors=str(_count(results, Verdict.ERRORED)),
            skipped=str(len(left_out) + _count(results, Verdict.KNOWN)),
            time=f"{run.duration_ms / 1000:.3f}",
        )
        for result in results:
            _junit_result(suite, result)
        for out in left_out:
            test = _test(suite, out.full_id, 0)
            ET.SubElement(test, "skipped", message=out.why)
    return root


def _junit_result(suite: ET.Element, result: Result | Pair) -> None:
    test = _test(suite, result.full_id, result.duration_ms)
    if result.verdict is Verdict.PASSED:
        return
    names = {Verdict.KNOWN: "skipped", Verdict.ERRORED: "error"}
    rerun = " ".join(f"--target {target}" for target in result.targets)
    lines = list(failure_lines(result, rerun))
    element = ET.SubElement(test, names.get(result.verdict, "failure"))
    known = result.verdict is Verdict.KNOWN
    # XML 1.0 allows every printable character.
    element.set("message", printable(result.error) if known else lines[1].strip())
    element.text = "\n".join(lines)


def _test(suite: ET.Element, full_id: str, duration_ms: int) -> ET.Element:
    group, _, name = full_id.partition("/")
    seconds = f"{duration_ms / 1000:.3f}"
    return ET.SubElement(suite, "testcase", classname=group, name=name, time=seconds)


def _count(results: Sequence[Result | Pair], *verdicts: Verdict) -> int:
    return sum(result.verdict in verdicts for result in results)
