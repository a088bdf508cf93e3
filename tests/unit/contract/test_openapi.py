"""The statuses in openapi.yaml that `twinproof lint` cannot check.

If the document drops a status that a case expects, lint reports it. These tests cover
the statuses that no case expects.
"""

from __future__ import annotations

from tests.unit.contract.conftest import Node

METHODS = ("get", "put", "post", "patch", "delete")


def statuses(document: Node) -> dict[str, set[str]]:
    return {
        item[method]["operationId"]: set(item[method]["responses"])
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }


def test_every_operation_can_fail(document: Node) -> None:
    assert [
        name for name, found in statuses(document).items() if "500" not in found
    ] == []


def test_every_operation_but_that_without_aws_can_be_unavailable(
    document: Node,
) -> None:
    assert [
        name for name, found in statuses(document).items() if "503" not in found
    ] == ["getHealth"]


def test_every_operation_lists_the_statuses_of_the_gateway(document: Node) -> None:
    own = document["x-gateway"]["responses"]
    assert set(own) == {"204", "400", "404", "413", "429", "431", "500", "503"}
