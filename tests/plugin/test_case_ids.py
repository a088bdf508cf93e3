"""Ids of cases are permanent, and cases run in the order of their files."""

from __future__ import annotations

from tests.verdict_lines import digest
from twinproof.cases.model import read_cases
from twinproof.contract.openapi import Contract

DIGEST = "0fefa102a9dc41bea13540069c27d5b1a20016454bb340c41a83d4fc5b948225"


def test_ids_in_the_order_of_their_files_are_these(contract: Contract) -> None:
    ids = [one.full_id for one in read_cases(contract.root, contract.schemas).all]

    assert (len(ids), digest(ids)) == (1080, DIGEST)
