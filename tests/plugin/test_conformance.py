from __future__ import annotations

from dataclasses import replace

from tests.plugin.made import HEADERS, exchange
from twinproof.checks.documented import (
    gateway_mismatches,
    name_mismatches,
    response_mismatches,
)
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import Response


def labels_of(contract: Contract, response: Response) -> list[str]:
    made = replace(exchange(), response=response)
    return [each.where for each in response_mismatches(contract, made, frozenset())]


def test_response_is_checked_against_the_document(contract: Contract) -> None:
    good = exchange().response

    assert labels_of(contract, good) == []
    assert labels_of(contract, replace(good, status=418)) == ["status"]
    assert labels_of(contract, replace(good, body=b"{")) == ["body"]
    assert labels_of(contract, replace(good, body=b'{"a":NaN}')) == ["body"]
    assert labels_of(contract, replace(good, headers=HEADERS)) == ["header etag"]
    assert labels_of(contract, replace(good, request_id="other")) == [
        "header x-request-id"
    ]
    weak = (*HEADERS, ("etag", 'W/"3"'))
    assert labels_of(contract, replace(good, headers=weak)) == ["header etag"]
    plain = (*HEADERS[:2], ("etag", '"3"'), ("content-type", "text/plain"))
    assert labels_of(contract, replace(good, headers=plain)) == ["header content-type"]


def test_status_without_a_body_has_none(contract: Contract) -> None:
    headers = (*HEADERS[:2], ("etag", '"3"'))

    assert labels_of(contract, Response(304, headers)) == []
    assert labels_of(contract, Response(304, headers, b"x")) == ["body"]
    typed = (*headers, ("content-type", "application/json"))
    assert labels_of(contract, Response(304, typed)) == ["header content-type"]


def test_response_of_the_gateway_is_checked_by_its_own_schema(
    contract: Contract,
) -> None:
    good = replace(exchange(), response=Response(404, (), b'{"message":"Not Found"}'))
    bad = replace(exchange(), response=Response(404, (), b'{"error":1}'))

    assert list(gateway_mismatches(contract, good)) == []
    assert list(gateway_mismatches(contract, bad)) != []


def test_name_of_another_implementation_is_a_mismatch() -> None:
    def labels_for(name: str | None, shown: object) -> list[str]:
        made = replace(exchange(), implementation=name)
        return [each.where for each in name_mismatches(made, "body", shown)]

    assert labels_for("python", {"implementation": "typescript"}) == [
        "body /implementation"
    ]
    assert labels_for("python", {"implementation": "python"}) == []
    assert labels_for("python", {"event": "init"}) == []
    assert labels_for("python", []) == []
    assert labels_for(None, {"implementation": "typescript"}) == []


def test_body_of_health_must_name_its_own_implementation(contract: Contract) -> None:
    body = b'{"status":"ok","version":"1.0.0","implementation":"python"}'
    health = replace(exchange(), operation="getHealth", implementation="typescript")
    health = replace(health, response=Response(200, HEADERS, body))

    [found] = response_mismatches(contract, health, frozenset())

    expected = ("body /implementation", "typescript", "python")
    assert (found.where, found.expected, found.got) == expected
