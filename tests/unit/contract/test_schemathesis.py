"""The statuses that schemathesis.toml allows are those of the contract."""

from __future__ import annotations

import tomllib

from tests.unit.contract.conftest import CONTRACT

CHECKS = tomllib.loads((CONTRACT.parent / "schemathesis.toml").read_text("utf-8"))


def test_only_the_status_decides_the_response_to_an_invalid_request() -> None:
    assert CHECKS["checks"] == {
        "negative_data_rejection": {"expected-statuses": ["400", "413", "415"]},
        "positive_data_acceptance": {"expected-statuses": ["2xx"]},
    }
    assert "operations" not in CHECKS
