"""What each case sends and pins, computed from its file without a target."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import parse_qsl

from twinproof.cases.expressions import language_of
from twinproof.cases.language import Language, Scope, Value
from twinproof.cases.matching import MISSING
from twinproof.cases.model import Case
from twinproof.cases.requests import request_of
from twinproof.checks.answer import expected_of
from twinproof.contract.openapi import Contract
from twinproof.domain.loading import domain_of
from twinproof.domain.protocol import Records
from twinproof.errors import BadExpression, FileFault, FileFinding, UnboundName
from twinproof.exchange.model import Item, Key, Request
from twinproof.lint.coverage.pins import RUNTIME, pinned, pinned_body
from twinproof.stores.resources import Blob, Resources

# The same for all cases: two cases with the same fixtures get the same ids, so that
# their requests and pins can be compared.
CASE_HASH, RUN, START_MS = "00000000", "00000000", 1_771_000_000_000


@dataclass(frozen=True)
class CaseEvidence:
    """One case: its request, and what it pins of the response and the items."""

    full_id: str
    operation: str
    given: str
    """Its fixtures, as text for comparison."""
    request: Request
    path: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    sent: Value
    """The body as JSON; MISSING if there is no body, or it is not JSON."""
    status: int
    problem: str
    """The name of the problem; "": the response is none."""
    body: Value
    """What it pins of the body, see `pins.pinned`; MISSING if it expects no JSON."""
    headers: Mapping[str, Value]
    """What it pins of the response headers, by lower-case name."""
    stored_schema: str = ""
    """The schema of the items of its operation's records; "": it has none."""
    before: Sequence[Mapping[str, Any]] = ()
    """The fixture of the record that the path names.

    If the path names none, the fixtures of the operation's kind: a repeated creation
    responds with one of them.
    """
    after: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """What it pins of items, by the schema of the item."""

    @property
    def accepted(self) -> bool:
        """Return whether the response is a success."""
        return self.status < 400

    def refused(self, kind: str, location: str, code: str) -> bool:
        """Return whether the response has this fault; `kind`: pointer or parameter."""
        faults = self.body.get("errors") if isinstance(self.body, dict) else None
        return isinstance(faults, list) and {kind: location, "code": code} in faults


def evidence_of(contract: Contract, cases: Iterable[Case]) -> list[CaseEvidence]:
    """Return what the cases show, without cases that some targets do not run.

    Left out are cases that the gateway responds to, that only a Lambda event can carry,
    or that only AWS can show. Raises `FileFault` if an expression cannot be evaluated.
    """
    domain = domain_of(contract)
    language = language_of(contract.config, domain.expressions)
    evidences, faults = [], []
    for case in cases:
        call = case.call
        if call.operation not in contract.operations or (
            call.gateway or call.event_only or case.only_aws
        ):
            continue
        try:
            evidences.append(_evidence(contract, domain.records, language, case))
        except (BadExpression, UnboundName) as error:
            faults.append(FileFinding("cases", case.full_id, str(error)))
    if faults:
        raise FileFault(faults)
    return evidences


def _evidence(
    contract: Contract, records: Records, language: Language, case: Case
) -> CaseEvidence:
    # Not for secrets: the ids must be the same each time.
    chance = random.Random(RUN).getrandbits  # noqa: S311
    scope = Scope(language, CASE_HASH, RUN, START_MS, chance)
    fixtures = records.set_up(case.given, scope, Resources.sample(contract.config))
    record = contract.config.record_of(case.call.operation)
    call = case.call
    operation = contract.operations[call.operation]
    request = request_of(operation, call.when, scope)
    then = call.then or {}
    known = "problem" not in then or then["problem"] in contract.problems
    status, body = expected_of(contract, then) if known else (0, None)
    path = operation.parameters_of(request.path) or {}
    return CaseEvidence(
        full_id=case.full_id,
        operation=call.operation,
        given=json.dumps(case.given, sort_keys=True),
        request=request,
        path=path,
        query=_query(request.query),
        sent=_json(request.body),
        status=status,
        problem=then.get("problem", ""),
        body=MISSING if body is None else pinned_body(body, scope),
        headers={
            name.lower(): pinned(value, scope)
            for name, value in then.get("headers", {}).items()
        },
        stored_schema=record.schema if record else "",
        before=_before(record.name if record else "", fixtures, path),
        after=_after(contract, records.named(call.after, _Unsent.of(scope)), scope),
    )


class _Unsent(Scope):
    """A scope in which a name that only a response binds is bound to itself."""

    @classmethod
    def of(cls, scope: Scope) -> _Unsent:
        """Return a scope with the contents of another one."""
        return cls(**{each.name: getattr(scope, each.name) for each in fields(scope)})

    def look_up(self, reference: str) -> Value:
        """Return the bound value, or a value unique to the reference."""
        try:
            return super().look_up(reference)
        except UnboundName:
            return f"<{reference}>"


def _before(
    kind: str, fixtures: Mapping[Key, Item | Blob], path: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    return [
        item
        for key, item in fixtures.items()
        if not isinstance(item, Blob)
        and key.kind == kind
        and (not path or key.name in path.values())
    ]


def _json(body: bytes | None) -> Value:
    try:
        return MISSING if body is None else json.loads(body)
    except (ValueError, RecursionError):
        return MISSING


def _query(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = (*found.get(name, ()), value)
    return found


def _after(
    contract: Contract, named: Mapping[Key, Value], scope: Scope
) -> dict[str, tuple[Value, ...]]:
    """Return what an `after` pins; an item that is read by its key pins the key too."""
    found: dict[str, list[Value]] = {}
    for key, expected in named.items():
        if expected is MISSING or key.is_object:
            continue
        id_name = contract.config.stores[key.table].key
        rest = {name: value for name, value in expected.items() if name != id_name}
        item = {id_name: RUNTIME, **pinned_body(rest, scope)}
        found.setdefault(_schema(contract, key, id_name), []).append(item)
    return {schema: tuple(items) for schema, items in found.items()}


def _schema(contract: Contract, key: Key, id_name: str) -> str:
    """Return the schema of the item at a key; of alternatives, the one that fits."""
    schema = contract.config.schema_of(key.kind)
    for part in contract.schemas.look_up(schema).contents.get("oneOf", ()):
        faults = contract.schemas.faults(f"{schema}{part['$ref']}", {id_name: key.name})
        # Only the key of the item is known.
        if all(fault.keyword == "required" for fault in faults):
            return f"{schema}{part['$ref']}"
    return schema
