"""Checks the files of a contract, beyond what the format schemas can check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twinproof.cases.expressions import language_of
from twinproof.cases.language import Language
from twinproof.cases.matching import unknown_tests
from twinproof.cases.model import Case, Collection, Journey, read_cases
from twinproof.cases.statements import lint_statements
from twinproof.checks.checks import Checks
from twinproof.contract.clauses import Clauses
from twinproof.contract.config import FILE
from twinproof.contract.openapi import DOCUMENT, Contract
from twinproof.contract.reading import read_checked
from twinproof.contract.unreachable import EVERYWHERE, Entry, covers, entries_of
from twinproof.domain.loading import domain_of
from twinproof.domain.protocol import Domain
from twinproof.errors import FileFault, FileFinding
from twinproof.files import kebab, read_yaml
from twinproof.lint.config import lint_config
from twinproof.lint.coverage.report import Coverage
from twinproof.lint.coverage.unread import unread
from twinproof.lint.documents import lint_documents
from twinproof.run.emulators import lint_emulators
from twinproof.run.known_failures import FOLDER, read_file

SHOULD = re.compile(r"\bshould\b", re.IGNORECASE)


def lint(contract: Contract) -> list[FileFinding]:
    """Return every fault of the documents, cases, journeys and targets."""
    return lint_and_cover(contract)[0]


def lint_and_cover(contract: Contract) -> tuple[list[FileFinding], Coverage | None]:
    """Return the faults, and what the cases cover.

    The coverage is None if the files do not allow to compute it.
    """
    domain, checks, faults = _read(contract)
    findings = [*_targets(contract), *faults]
    if domain is None:
        return findings, None
    findings += lint_config(contract, domain)
    try:
        collection = read_cases(contract.root, contract.schemas)
        language = language_of(contract.config, domain.expressions)
    except FileFault as fault:
        # The other checks need readable files.
        return [*findings, *fault.findings], None
    findings += _files(contract.root)
    findings += _cases(contract, domain, language, collection)
    for journey in collection.journeys:
        findings += _journey(contract, language, journey)
    ids = {each.full_id for each in collection.all}
    findings += lint_documents(contract, domain, ids)
    findings += _known_failures(contract, ids)
    findings += lint_emulators(contract, ids)
    findings += lint_statements(contract, collection)
    findings += _coverage(contract, collection)
    try:
        findings += unread(contract)
        if checks is None:
            return findings, None
        coverage = Coverage.of(checks, collection.cases)
    except FileFault as fault:
        return [*findings, *fault.findings], None
    return [*findings, *coverage.findings()], coverage


def _targets(contract: Contract) -> Iterator[FileFinding]:
    for path in sorted((contract.root / "targets").glob("*.yaml")):
        _, faults = read_checked(path, "targets/", "target", contract.schemas)
        yield from faults


def _read(
    contract: Contract,
) -> tuple[Domain | None, Checks | None, list[FileFinding]]:
    """Return the domain and the checks, None if unreadable, and the faults."""
    domain = None
    try:
        domain = domain_of(contract)
        return domain, Checks.of(contract, domain), []
    except FileFault as fault:
        return domain, None, fault.findings


def _known_failures(contract: Contract, ids: set[str]) -> Iterator[FileFinding]:
    for path in sorted((contract.root / FOLDER).glob("*.yaml")):
        known_failures, faults = read_file(path, contract.schemas)
        yield from faults
        for full_id in (name for each in known_failures for name in each.cases):
            if full_id not in ids:
                yield FileFinding(f"{FOLDER}/{path.name}", full_id, "matches no case")


def _files(root: Path) -> Iterator[FileFinding]:
    """Yield the files whose name does not fit their content."""
    for folder, key in (("cases", "operation"), ("journeys", "journey")):
        for path in sorted((root / folder).glob("*.yaml")):
            name = read_yaml(path)[key]
            if path.stem != kebab(name):
                yield FileFinding(
                    f"{folder}/{path.name}",
                    "",
                    f"the file is not named after its {key} {name}",
                )


def _cases(
    contract: Contract, domain: Domain, language: Language, collection: Collection
) -> Iterator[FileFinding]:
    clauses = Clauses(contract.root)
    counts = Counter(case.full_id for case in collection.cases)
    for full_id, times in counts.items():
        if times > 1:
            yield FileFinding("cases", full_id, f"the id occurs {times} times")
    for case in collection.cases:
        found = _case(contract, language, clauses, case)
        for what in (*found, *domain.lint(case)):
            yield FileFinding("cases", case.full_id, what)


def _case(
    contract: Contract, language: Language, clauses: Clauses, case: Case
) -> Iterator[str]:
    if SHOULD.search(case.why):
        yield "why contains 'should'; state the reason as a fact"
    fault = clauses.fault(case.clause)
    if fault:
        yield fault
    yield from _call(contract, case.call.operation, case.call.when, case.call.then)
    yield from unknown_tests([case.call.then, case.call.after], language)
    operation = contract.operations.get(case.call.operation)
    if case.call.eventually and operation is not None and not operation.safe:
        yield "eventually is for reads, but this operation writes"


def _call(contract: Contract, name: str, when: Any, then: Any) -> Iterator[str]:
    operation = contract.operations.get(name)
    if operation is None:
        yield f"{DOCUMENT} has no operation {name}"
        return
    if "rawPath" not in when:
        wanted = set(re.findall(r"\{([^}]+)\}", operation.route))
        given = set(when.get("path", {}))
        if wanted != given:
            yield f"path has {sorted(given)}, the route needs {sorted(wanted)}"
    if then is None or then.get("gateway"):
        if then and contract.config.gateway is None:
            yield f"gateway: {FILE} has no [gateway], so nothing would be checked"
        return
    status = status_of(contract, then)
    if status is None:
        yield f"there is no problem named {then['problem']}"
    elif status not in operation.responses:
        yield f"{status} is not documented for {name}"
    elif operation.responses[status].content and not _names_a_body(then):
        yield "then has no json, text, bind or problem"


def _names_a_body(then: Any) -> bool:
    return bool({"json", "text", "problem", "bind"} & then.keys())


def _journey(
    contract: Contract, language: Language, journey: Journey
) -> Iterator[FileFinding]:
    ids = Counter(step.step_id for step in journey.steps)
    for step_id, times in ids.items():
        if times > 1:
            yield FileFinding(
                "journeys", journey.full_id, f"step {step_id} occurs {times} times"
            )
    if SHOULD.search(journey.why):
        yield FileFinding(
            "journeys",
            journey.full_id,
            "why contains 'should'; state the reason as a fact",
        )
    for step in journey.steps:
        where = f"{journey.full_id} {step.step_id}"
        for what in unknown_tests(step.body, language):
            yield FileFinding("journeys", where, what)
        for body in _calls(step.body):
            for what in _call(
                contract, body["operation"], body.get("when", {}), body.get("then")
            ):
                yield FileFinding("journeys", where, what)


def _calls(body: Any) -> Iterator[Any]:
    if "operation" in body:
        yield body
    if "step" in body:
        yield body["step"]
    if "meanwhile" in body:
        yield body["meanwhile"]["step"]


def status_of(contract: Contract, then: Any) -> int | None:
    """Return the status that a `then` expects; None if its problem is unknown."""
    if "status" in then:
        return int(then["status"])
    problem = contract.problems.get(then["problem"])
    return problem.status if problem else None


def _coverage(contract: Contract, collection: Collection) -> Iterator[FileFinding]:
    """Yield documented statuses without a case, and operations without a sample event.

    Each is checked only if twinproof.toml asks for it.
    """
    config = contract.config
    reached = {
        (case.call.operation, status_of(contract, case.call.then or {"status": 0}))
        for case in collection.cases
        if not case.call.gateway
    }
    file = config.files.unreachable
    entries, findings = _unreachable(contract)
    yield from findings
    for entry in entries:
        name, status = entry["operation"], entry.get("status")
        known = contract.operations.get(name)
        if name != EVERYWHERE and status not in (known.responses if known else ()):
            yield FileFinding(file, f"{name} {status}", "is not documented")
    for name, operation in contract.operations.items():
        for status in operation.responses:
            causes = {
                entry["operation"]
                for entry in entries
                if covers(contract, entry, name, status)
            }
            if (name, status) in reached:
                if name in causes:
                    yield FileFinding(file, f"{name} {status}", "has a case now")
            elif config.statuses_reached and not causes:
                yield FileFinding(
                    "cases", name, f"no case reaches the documented {status}"
                )
        events = sum(c.event for c in collection.cases if c.call.operation == name)
        if config.samples_complete and events != 1:
            yield FileFinding(
                "cases", name, f"{events} cases are marked event: true, not 1"
            )


def _unreachable(contract: Contract) -> tuple[list[Entry], list[FileFinding]]:
    """Return the statuses that tests cover instead of cases, and missing tests."""
    file = contract.config.files.unreachable
    entries, findings = entries_of(contract)
    for entry in entries:
        for test in entry.get("tests", ()):
            file_name, _, name = test.partition("::")
            source = contract.root.parent / file_name
            text = source.read_text(encoding="utf-8") if source.is_file() else ""
            if not re.search(rf"\bdef {re.escape(name)}\(", text):
                findings.append(FileFinding(file, test, "there is no such test"))
    return [entry for entry in entries if "status" in entry], findings
