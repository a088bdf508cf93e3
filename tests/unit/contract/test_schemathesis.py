"""What schemathesis.toml excuses is what the contract says, and no more."""

from __future__ import annotations

import tomllib

from contract.suite.openapi import Contract
from tests.unit.contract.conftest import CONTRACT

FILE = CONTRACT.parent / "schemathesis.toml"


def test_schemathesis_is_told_of_each_412_and_of_nothing_else() -> None:
    told = {
        operation: set(entry["checks"]["positive_data_acceptance"]["expected-statuses"])
        for entry in tomllib.loads(FILE.read_text("utf-8"))["operations"]
        for operation in entry["include-operation-id"]
    }
    documented = {
        operation.operation_id: {"2xx", "404", "409", "412"}
        for operation in Contract(CONTRACT).operations.values()
        if 412 in operation.responses
    }
    assert told == documented
