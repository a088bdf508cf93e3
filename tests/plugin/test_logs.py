from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.plugin.made import SENT, exchange
from twinproof.checks.log_lines import log_mismatches
from twinproof.contract.openapi import Contract
from twinproof.exchange.tails import TAIL_BYTES, read_log

LINE = {
    "timestamp": SENT,
    "level": "info",
    "event": "request",
    "operation": "getUser",
    "requestId": "r",
    "implementation": "python",
    "functionVersion": "1",
    "status": 200,
    "requestBytes": 0,
    "responseBytes": len(exchange().response.body),
    "durationMicroseconds": 5,
    "coldStart": False,
}
METRIC = {
    "_aws": {
        "Timestamp": SENT,
        "CloudWatchMetrics": [
            {
                "Namespace": "ParityReferenceService",
                "Dimensions": [["operation", "implementation"], []],
                "Metrics": [
                    {"Name": "Requests", "Unit": "Count"},
                    {"Name": "Latency", "Unit": "Microseconds"},
                    {"Name": "ClientFaults", "Unit": "Count"},
                    {"Name": "ServerFaults", "Unit": "Count"},
                    {"Name": "ColdStarts", "Unit": "Count"},
                ],
            }
        ],
    },
    "operation": "getUser",
    "implementation": "python",
    "functionVersion": "1",
    "Requests": 1,
    "Latency": 5,
    "ClientFaults": 0,
    "ServerFaults": 0,
    "ColdStarts": 0,
}


def logged(
    contract: Contract,
    *lines: object,
    request_id: str = "r",
    implementation: str | None = None,
    namespace: str | None = None,
) -> list[str]:
    tail = "START RequestId: x\n"
    for line in lines:
        tail += (line if isinstance(line, str) else json.dumps(line)) + "\n"
    tail += "END RequestId: x\nREPORT RequestId: x\n\n"
    response = replace(exchange().response, log=tail, request_id=request_id)
    events, _ = read_log(tail)
    made = replace(
        exchange(),
        response=response,
        events=events,
        implementation=implementation,
        namespace=namespace,
    )
    return [each.where for each in log_mismatches(contract, made, ["secret.example"])]


def test_log_is_checked_by_its_schemas(contract: Contract) -> None:
    assert logged(contract, LINE, METRIC) == []
    assert logged(contract, LINE, METRIC, request_id="") == []
    assert logged(contract, {**LINE, "extra": 1}, METRIC) == ["log 0"]
    assert logged(contract, LINE, {**METRIC, "Requests": 2}) == ["log 1 /Requests"]
    assert logged(contract, METRIC) == ["log request lines"]
    assert logged(contract, LINE, LINE, METRIC) == ["log request lines"]
    assert logged(contract, LINE) == ["log metric lines"]
    assert logged(contract, {**LINE, "status": 404}, METRIC) == ["log request /status"]


def test_log_line_and_metric_must_name_their_implementation(
    contract: Contract,
) -> None:
    other = [{**each, "implementation": "typescript"} for each in (LINE, METRIC)]

    assert logged(contract, LINE, METRIC, implementation="python") == []
    assert logged(contract, *other, implementation="python") == [
        "log 0 /implementation",
        "log 1 /implementation",
    ]


def test_metrics_must_be_in_the_namespace_of_their_stack(contract: Contract) -> None:
    own = "ParityReferenceService"
    place = "log 1 /_aws/CloudWatchMetrics/0/Namespace"

    assert logged(contract, LINE, METRIC, namespace=own) == []
    assert logged(contract, LINE, METRIC, namespace=f"{own}/stack") == [place]


@pytest.mark.parametrize(
    "metadata",
    [1, {}, {"CloudWatchMetrics": 1}, {"CloudWatchMetrics": [1]}],
)
def test_metric_line_of_another_form_breaks_its_schema(
    contract: Contract, metadata: object
) -> None:
    found = logged(contract, LINE, {**METRIC, "_aws": metadata}, namespace="x")

    assert found[0].startswith("log 1 /_aws")


def test_stray_line_and_email_are_found(contract: Contract) -> None:
    assert logged(contract, "hello", "[1]", LINE, METRIC) == ["log", "log"]
    named = {**LINE, "operation": "getUser", "requestId": "a@secret.example"}
    assert "log" in logged(contract, named, METRIC)


def test_exchange_without_a_log_passes(contract: Contract) -> None:
    assert list(log_mismatches(contract, exchange(), ["x"])) == []
    assert read_log(None) == ((), [])


def test_first_line_of_a_full_tail_may_be_cut() -> None:
    cut = 'ge": "x"}\n' + json.dumps({"a": TAIL_BYTES * "b"})

    assert read_log(cut) == (({"a": TAIL_BYTES * "b"},), [])
