"""What schemathesis.toml excuses is what the contract says, and no more."""

from __future__ import annotations

import tomllib

from tests.unit.contract.conftest import CONTRACT, Node
from twinproof.contract.openapi import Contract
from twinproof.contract.schemas import resolve_pointer

FILE = CONTRACT.parent / "schemathesis.toml"
TOLD = tomllib.loads(FILE.read_text("utf-8"))
# What the records can make of a request that fits, beside acceptance.
OF_RECORDS = (304, 404, 409, 412)
# A lost race: nobody else writes.
RACE = "#/$defs/conflict"


def problems(node: Node) -> set[str]:
    """Return the references to problems in the schema of a response."""
    if not isinstance(node, dict):
        return set()
    schemas = node.get("oneOf", [node])
    return {schema["$ref"].removeprefix("schemas/problem.json") for schema in schemas}


def documented(contract: Contract, operation_id: str) -> set[str]:
    """Return the statuses that one client can get for a request that fits."""
    operation = contract.operations[operation_id]
    found = {"2xx"}
    for status in OF_RECORDS:
        if status not in operation.responses:
            continue
        if status == 404 and not any(p.place == "path" for p in operation.parameters):
            continue  # only a repeat under one key: each creation has its own
        schemas = operation.responses[status].content.values()
        nodes = [
            resolve_pointer(contract.document, s.partition("#")[2]) for s in schemas
        ]
        if nodes and not problems(nodes[0]) - {RACE}:
            continue
        found.add(str(status))
    return found


def test_fitting_request_may_be_answered_as_documented_by_its_operation() -> None:
    contract = Contract(CONTRACT)
    check = TOLD["checks"]["positive_data_acceptance"]
    told = {one: set(check["expected-statuses"]) for one in contract.operations}
    entries = [
        (operation, entry["checks"]["positive_data_acceptance"]["expected-statuses"])
        for entry in TOLD["operations"]
        for operation in entry["include-operation-id"]
    ]
    told |= {operation: set(statuses) for operation, statuses in entries}

    assert told == {one: documented(contract, one) for one in contract.operations}
    assert len(entries) == len({operation for operation, _ in entries})


def test_unfit_request_is_never_answered_as_the_records_are() -> None:
    told = TOLD["checks"]["negative_data_rejection"]["expected-statuses"]

    assert told == ["400", "413", "415"]
    for entry in TOLD["operations"]:
        assert "negative_data_rejection" not in entry["checks"]
