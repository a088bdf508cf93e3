"""What each case sends and pins, worked out from its file without a target."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from contract.suite.answers import expected_of
from contract.suite.coverage.pins import RUNTIME, pinned, pinned_body
from contract.suite.errors import BadExpression, FileFault, Finding, UnboundName
from contract.suite.expressions import Scope
from contract.suite.items import ID_OF, Layout, lay_out, schema_of, table_of
from contract.suite.loading import language_in
from contract.suite.matching import MISSING
from contract.suite.requesting import request_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from contract.suite.cases import Case
    from contract.suite.exchanges import Request
    from contract.suite.expressions import Value
    from contract.suite.items import Laid
    from contract.suite.language import Language
    from contract.suite.openapi import Contract

# The same for all cases: two cases that lay down the same draw the same ids, so their
# requests and what they pin can be compared.
CASE_HASH, RUN, START_MS = "00000000", "00000000", 1_771_000_000_000
LAYOUT = Layout("users", "assets", "assets", 4)


@dataclass(frozen=True)
class Evidence:
    """One case: its request, and what of the answer and of the items it pins."""

    full_id: str
    operation: str
    given: str
    """What it lays down, as text to compare."""
    request: Request
    path: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    sent: Value
    """The body as JSON; MISSING where there is none, or it is none."""
    status: int
    problem: str
    """Its name; "" where none is answered."""
    body: Value
    """What it pins of the body, see `pins.pinned`; MISSING where it says no JSON."""
    headers: Mapping[str, Value]
    """What it pins of the response's headers, by lower-case name."""
    before: Sequence[Mapping[str, Any]] = ()
    """The item it lays down of the record that the path names.

    Where the path names none, the items of all records of the operation's kind: a
    repeated creation answers with one of them.
    """
    after: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """What it pins of items, by the schema of the item."""

    @property
    def accepted(self) -> bool:
        """Say whether the request is answered without a problem."""
        return self.status < 400

    def refused(self, kind: str, place: str, code: str) -> bool:
        """Say whether the answer lists this fault; `kind`: pointer or parameter."""
        faults = self.body.get("errors") if isinstance(self.body, dict) else None
        return isinstance(faults, list) and {kind: place, "code": code} in faults


def evidence_of(contract: Contract, cases: Iterable[Case]) -> list[Evidence]:
    """Return what the cases show, but for those that not every target runs.

    Left out is what the gateway answers, what only a Lambda event can carry, and what
    only AWS can show. Raises `FileFault` where an expression cannot be evaluated.
    """
    evidences, faults = [], []
    language = language_in(contract)
    for case in cases:
        call = case.call
        if call.operation not in contract.operations or (
            call.gateway or call.event_only or case.only_aws
        ):
            continue
        try:
            evidences.append(_evidence(contract, language, case))
        except (BadExpression, UnboundName) as error:
            faults.append(Finding("cases", case.full_id, str(error)))
    if faults:
        raise FileFault(faults)
    return evidences


def _evidence(contract: Contract, language: Language, case: Case) -> Evidence:
    # Not for secrets: the same ids each time are what is wanted.
    chance = random.Random(RUN).getrandbits  # noqa: S311
    scope = Scope(language, CASE_HASH, RUN, START_MS, chance)
    laid = lay_out(case.given, scope, LAYOUT)
    call = case.call
    operation = contract.operations[call.operation]
    request = request_of(operation, call.when, scope)
    then = call.then or {}
    known = "problem" not in then or then["problem"] in contract.problems
    status, body = expected_of(contract, then) if known else (0, None)
    path = operation.parameters_of(request.path) or {}
    return Evidence(
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
        before=_before(call.operation, laid, path),
        after=_after(call.operation, call.after, scope),
    )


def stored_schema(operation: str) -> str:
    """Return the schema of the items of an operation's records."""
    return f"schemas/stored-{table_of(operation)[:-1]}.json"


def _before(
    operation: str, laid: Laid, path: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    schema = stored_schema(operation)
    return [
        item
        for key, item in laid.items.items()
        if schema_of(key) == schema and (not path or key.name in path.values())
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
    operation: str, after: Mapping[str, Any], scope: Scope
) -> dict[str, tuple[Value, ...]]:
    """Return what an `after` pins; reading an item by its key pins the key too."""
    found: dict[str, list[Value]] = {}
    for schema, key, left_out, entry in _entries(operation, after):
        named = {name: value for name, value in entry.items() if name not in left_out}
        item = {key: RUNTIME, **pinned_body(named, scope)}
        found.setdefault(f"schemas/stored-{schema}", []).append(item)
    return {schema: tuple(items) for schema, items in found.items()}


def _entries(
    operation: str, after: Mapping[str, Any]
) -> Iterator[tuple[str, str, set[str], Mapping[str, Any]]]:
    """Yield schema, name of the key, what says the key, and the entry itself."""
    for table, key in ID_OF.items():
        for entry in after.get(table, ()):
            yield f"{table[:-1]}.json", key, {key}, entry
    for entry in after.get("guards", ()):
        yield "guard.json", "userId", {"email"}, entry
    for entry in after.get("idempotency", ()):
        name = entry["operation"]
        schema = f"idempotency.json#/$defs/{name}"
        yield schema, ID_OF[table_of(name)], {"operation", "key"}, entry
