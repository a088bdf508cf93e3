"""The faults that a schema finds, also behind references."""

from __future__ import annotations

from pathlib import Path

from twinproof.contract.schemas import Fault, Schemas

CONTRACT = Schemas.read(Path(__file__).parents[2] / "contract")


def test_patterns_behind_a_reference_are_of_ecma_262() -> None:
    """Python's own `$` also matches before a newline at the end."""
    asset = {
        "fileName": "a.png",
        "contentType": "image/png",
        "size": 1,
        "checksumSha256": "A" * 43 + "=\n",
    }

    faults = CONTRACT.faults("schemas/asset-create.json", asset)

    assert [(fault.pointer, fault.keyword) for fault in faults] == [
        ("/checksumSha256", "pattern")
    ]


def test_fault_has_a_pointer_and_a_text() -> None:
    assert CONTRACT.faults("schemas/health.json", {"status": "ok"})[0] == Fault(
        "", "required", "'version' is a required property"
    )
