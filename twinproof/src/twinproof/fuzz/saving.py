"""Saves a divergence as a case or a journey, in the format `twinproof lint` checks.

What the first target did becomes the expectation. Decide by the contract which of the
two is right. One step becomes a case, several become a journey.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from twinproof.checks.checks import Checks
from twinproof.contract.config import Config
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import escape_pointer
from twinproof.domain.names import Names
from twinproof.domain.plans import ETAG, Plan, PlanStep, refers_to
from twinproof.errors import FileFault, FileFinding
from twinproof.exchange.model import Exchange
from twinproof.files import read_yaml
from twinproof.fuzz.expressing import CaseWords, then_of
from twinproof.fuzz.fuzzer import Finding, FuzzRun
from twinproof.output import printable

_SURROGATE = re.compile(r"(?<!\\)((?:\\\\)*)(\\uD[89A-F])")
HOUR_MS = 3_600_000
Document = dict[str, Any]


def save(fuzzed: FuzzRun, contract: Contract, folder: Path) -> list[Path]:
    """Save every divergence under `folder`, and return the files."""
    return [_save(fuzzed.seed, each, contract, folder) for each in fuzzed.found]


def _save(seed: int, found: Finding, contract: Contract, folder: Path) -> Path:
    name = f"seed-{seed}-sequence-{found.index}"
    if len(_until_then(found).steps) > 1:
        path = folder / "journeys" / f"{name}.yaml"
        document = journey_of(found, contract, name)
        return _written(path, _text(document), contract, "journey")
    operation = contract.operations[found.divergence.plan.steps[0].operation]
    path = folder / "cases" / f"{operation.kebab}.yaml"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    head = before or f"operation: {operation.operation_id}\ncases:\n"
    case = case_of(found, contract, name)
    added = "".join(f"  {line}\n" for line in _text([case]).splitlines())
    return _written(path, head + added, contract, "case")


def case_of(found: Finding, contract: Contract, name: str) -> Document:
    """Return a divergence of one step as a case."""
    writer = _StepWriter(found, contract)
    [step] = writer.steps()
    body: Document = {
        "id": name,
        "why": _why(found),
        "clause": _clause(found, contract),
    }
    if found.divergence.plan.given:
        body["given"] = writer.given
    return {**body, **{n: v for n, v in step.items() if n not in ("id", "operation")}}


def journey_of(found: Finding, contract: Contract, name: str) -> Document:
    """Return a divergence as a journey."""
    writer = _StepWriter(found, contract)
    document: Document = {"journey": name, "why": _why(found)}
    if found.divergence.plan.given:
        document["given"] = writer.given
    return {**document, "steps": writer.steps()}


def _until_then(found: Finding) -> Plan:
    """Return the plan up to the step at which the targets differ."""
    plan = found.divergence.plan
    return replace(plan, steps=plan.steps[: found.divergence.step + 1])


def _why(found: Finding) -> str:
    mismatch = found.divergence.mismatches[0]
    label = printable(mismatch.where)[:80]
    return f"two implementations differed in {label}"


def _clause(found: Finding, contract: Contract) -> str:
    """Return where the contract documents the expected status."""
    divergence = found.divergence
    operation = contract.operations[divergence.plan.steps[divergence.step].operation]
    pointer = f"/paths/{escape_pointer(operation.route)}/{operation.method.lower()}"
    left = divergence.exchanges[0]
    if left is not None and left.response.status in operation.responses:
        pointer += f"/responses/{left.response.status}"
    return f"openapi.yaml#{pointer}"


class _StepWriter:
    """Writes the steps of one divergence, with what the first target answered."""

    def __init__(self, found: Finding, contract: Contract) -> None:
        self._contract = contract
        self._plan = _until_then(found)
        self._played = found.answers
        self._mismatches = found.divergence.mismatches
        names, checks = found.names, Checks.read(contract)
        bound = _bound(self._plan, names, contract.config)
        self._words = CaseWords(names, checks.volatile, bound, checks.domain.records)
        self._tags = self._given_tags()

    @property
    def given(self) -> Document:
        """Return the fixtures."""
        return dict(self._saved(self._plan.given))

    def steps(self) -> list[Document]:
        """Return the steps, each with the first target's response."""
        steps = []
        for number, (step, left) in enumerate(
            zip(self._plan.steps, self._played, strict=True), start=1
        ):
            if left is not None:
                steps.append(self._step(number, step, left))
                if step.about and left.response.header("etag"):
                    self._tags.pop(f"{step.about}{ETAG}", None)
        return steps

    def _step(self, number: int, step: PlanStep, left: Exchange) -> Document:
        body: Document = {"id": f"step-{number}", "operation": step.operation}
        when = self._saved(step.when)
        if when:
            body["when"] = when
        then = then_of(self._contract, self._words, left, window=bool(step.shows))
        later = self._plan.steps[number:]
        if left.succeeded and _is_bound(self._plan, number):
            then["bind"] = step.bind
        etag = left.response.header("etag")
        if etag is not None:
            used = step.about and _is_used(f"{step.about}{ETAG}", later)
            value: Any = {"bind": f"{step.about}{ETAG}"} if used else etag
            then["headers"] = {"etag": value}
        body["then"] = then
        last = number == len(self._plan.steps)
        after = self._words.after(left) if last and self._is_stored else {}
        return {**body, "after": after} if after else body

    @property
    def _is_stored(self) -> bool:
        """Return whether the targets differed in a stored item."""
        parts = ("status", "body", "header", "log", "answer")
        return any(not each.where.startswith(parts) for each in self._mismatches)

    def _given_tags(self) -> dict[str, str]:
        """Return the ETags of the fixtures, by the names they are bound under."""
        return {
            f"{entry['bind']}{ETAG}": f'"{entry.get("version", 1)}"'
            for entries in self._plan.given.values()
            for entry in entries
            if "bind" in entry
        }

    def _saved(self, value: Any) -> Any:
        """Return a value without names that only plans have: window, given ETags."""
        if isinstance(value, list):
            return [self._saved(part) for part in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"ref"} and isinstance(value["ref"], str):
            name, _, slot = value["ref"].partition(".")
            if name in ("w", "d"):
                offset = -HOUR_MS - int(slot)
                return {"now": offset} if name == "w" else offset
            return self._tags.get(value["ref"], value)
        return {name: self._saved(part) for name, part in value.items()}


def _is_used(name: str, steps: tuple[PlanStep, ...]) -> bool:
    return bool(name) and any(refers_to(step.when, name) for step in steps)


def _is_bound(plan: Plan, number: int) -> bool:
    """Return whether a later step or `after` uses what step `number` (from 1) binds."""
    step, later = plan.steps[number - 1], plan.steps[number:]
    return bool(step.bind) and (not later or _is_used(step.bind, later))


def _bound(plan: Plan, names: Names, config: Config) -> dict[str, str]:
    """Return, by record id, the reference of a case to it, if it has one."""
    given = {
        entry["bind"]: record.id
        for record in config.records
        for entry in plan.given.get(record.store, [])
        if "bind" in entry
    }
    made = {
        step.bind: record.id
        for number, step in enumerate(plan.steps, start=1)
        if _is_bound(plan, number) and (record := config.record_of(step.operation))
    }
    members = {**given, **made}
    plain = {record_id: name.strip("<>") for record_id, name in names.names.items()}
    return {
        record_id: f"{name}.{members[name]}"
        for record_id, name in plain.items()
        if name in members
    }


class _Dumper(yaml.SafeDumper):
    """Quotes every text that a YAML 1.2 parser could read as something else."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write no anchors: cases do not use them."""
        return True


_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n)\Z)[A-Za-z][\w./-]*", re.IGNORECASE
)


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = text.isascii() and _PLAIN.fullmatch(text)
    style = None if plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


def _text(document: Any) -> str:
    text = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=88
    )
    # YAML cannot contain lone surrogates, so their escape is saved as text.
    return _SURROGATE.sub(r"\1\\\2", text)


def _written(path: Path, text: str, contract: Contract, format_name: str) -> Path:
    """Write a file; raise `FileFault` if it does not fit its format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    faults = contract.schemas.faults(f"formats/{format_name}.json", read_yaml(path))
    if faults:
        raise FileFault([FileFinding(str(path), f.pointer, f.what) for f in faults])
    return path
