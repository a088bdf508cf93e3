"""Metrics: their namespace and their dimensions."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from typing import Any

import pytest

from shared import metrics
from tests.unit.python.schemas import CONTRACT

MEASURED = metrics.Measured("getUser", 503, 1_200, cold_start=True)


def line() -> Any:
    """The metric line of a function that is loaded in the current environment."""
    loaded: Mapping[str, Any] = runpy.run_path(metrics.__file__)
    return loaded["metric_line"](MEASURED)


def directive(metric_line: Any) -> Any:
    (only,) = metric_line["_aws"]["CloudWatchMetrics"]
    return only


def test_the_namespace_is_that_of_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_NAMESPACE", "ParityReferenceService/one")
    assert directive(line())["Namespace"] == "ParityReferenceService/one"


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_stack_the_namespace_is_that_of_the_service(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("METRICS_NAMESPACE", raising=False)
    if value is not None:
        monkeypatch.setenv("METRICS_NAMESPACE", value)
    assert directive(line())["Namespace"] == "ParityReferenceService"


def test_metrics_are_published_per_operation_and_over_all_operations() -> None:
    assert directive(line())["Dimensions"] == [["operation", "implementation"], []]
    assert line()["functionVersion"] == "$LATEST"


def test_the_metric_line_is_valid_by_its_schema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("METRICS_NAMESPACE", "ParityReferenceService/one")
    assert CONTRACT.faults("schemas/metric-line.json", line()) == []
