"""What schemathesis.toml excuses is what the contract says, and no more."""

from __future__ import annotations

import tomllib

from tests.unit.contract.conftest import CONTRACT

CHECKS = tomllib.loads((CONTRACT.parent / "schemathesis.toml").read_text("utf-8"))


def test_status_alone_tells_what_an_unfit_request_is_answered() -> None:
    assert CHECKS["checks"] == {
        "negative_data_rejection": {"expected-statuses": ["400", "413", "415"]},
        "positive_data_acceptance": {"expected-statuses": ["2xx"]},
    }
    assert "operations" not in CHECKS
