"""Dollars, compared with sums calculated by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lab.scale import costs as constants
from lab.scale.costs import Costs, total
from lab.scale.inputs import read
from local.template import ROOT, load
from tests.unit.lab.scale.samples import ONE, USAGE, inputs


def test_a_share_of_a_vcpu_lengthens_cpu_work_but_not_waits() -> None:
    assert Costs(inputs(), 2_048).duration_ms(USAGE) == 20
    assert Costs(inputs(), 512).duration_ms(USAGE) == 50
    assert Costs(inputs(), 512, waits=2).duration_ms(USAGE) == 60


def test_a_request_uses_at_most_one_vcpu() -> None:
    assert Costs(inputs(), 4_096).duration_ms(USAGE) == 20


def test_components_of_a_million_requests() -> None:
    components = Costs(inputs(), 1_024).request(USAGE)

    gb = 1_024**3
    assert components == pytest.approx(
        {
            "API Gateway": 1.0,
            "Lambda": 0.2 + 30e-3 * 2e-5 * 1e6,
            "DynamoDB": 3 * 0.6 + 0.1,
            "S3": 0.4,
            "logs": (1_000 + 326 + 5 * 26) * 0.5 / gb * 1e6,
            "transfer": 1_024 * 0.1 / gb * 1e6,
        }
    )


def test_each_millisecond_begun_is_billed() -> None:
    costs = Costs(inputs(), 1_024)
    longer = replace(USAGE, cpu_ms=10.1)

    first, second = (costs.request(usage)["Lambda"] for usage in (USAGE, longer))

    assert second - first == pytest.approx(1e-3 * 2e-5 * 1e6)


def test_init_has_the_share_of_a_vcpu_unless_boosted() -> None:
    assert Costs(inputs(), 512).cold_ms(ONE, "users") == 440
    assert Costs(inputs(), 512, boosted=True).cold_ms(ONE, "users") == 140


def test_the_mix_is_the_weighted_mean_of_its_operations() -> None:
    costs = Costs(inputs(), 1_024)
    first, second = (total(costs.request(of)) for of in ONE.operations.values())

    assert total(costs.mixed(ONE)) == pytest.approx((first + second) / 2)


def test_the_first_request_of_a_second_and_a_twentieth_of_the_rest_are_traced() -> None:
    costs, day = Costs(inputs(), 512), 86_400

    assert costs.traces(day / 2) == pytest.approx(day * 30 / 2 * 5e-6)
    assert costs.traces(21 * day) == pytest.approx(2 * day * 30 * 5e-6)


def test_provisioned_sandboxes_and_snapshots_are_billed_by_memory_and_month() -> None:
    costs = Costs(inputs(), 512)
    gb_seconds = 0.5 * 30 * 86_400

    assert costs.provisioned(3) == pytest.approx(3 * gb_seconds * 4e-6)
    assert costs.snapshots(2) == pytest.approx(2 * gb_seconds * 1e-6)


def test_the_request_after_a_restored_snapshot_takes_as_long_as_a_first_one() -> None:
    costs = Costs(inputs(), 512)

    # 500 ms to restore, and 10 ms of the first request at a quarter of a vCPU.
    assert costs.restored_ms(ONE, "users") == 540
    assert costs.restore(ONE, "users") == pytest.approx(0.5 * 1e-4 + 0.54 * 0.5 * 2e-5)


def test_requests_to_the_api_cost_less_beyond_the_first_tier() -> None:
    costs = Costs(inputs(), 512)

    assert costs.api_requests(30_000) == pytest.approx(0.03)
    assert costs.api_requests(300e6) == pytest.approx(300)
    assert costs.api_requests(400e6) == pytest.approx(300 + 100 * 0.5)


def test_a_hundred_million_requests_a_day_have_the_list_price_of_api_gateway() -> None:
    assert Costs(read(), 512).api_requests(3_000e6) == pytest.approx(300 + 2_700 * 0.9)


@pytest.mark.parametrize(
    "source", ["python/shared/metrics.py", "typescript/shared/metrics.ts"]
)
def test_the_number_of_metrics_is_that_of_the_handlers(source: str) -> None:
    text = (ROOT / "handlers" / source).read_text("utf-8")

    names = re.findall(r'\{ ?"?Name"?: "\w+", "?Unit"?: ', text)

    (sets,) = re.findall(r'"?Dimensions"?: (\[.*\]),', text)
    by_operation, *over_all = json.loads(sets)

    assert len(names) == constants.METRICS
    # A deployment has one implementation, so only the operation makes metrics.
    assert by_operation == ["operation", "implementation"]
    assert over_all == [[]] * constants.OVER_ALL_OPERATIONS


def test_fixed_costs_count_the_alarms_and_the_rule_of_the_template() -> None:
    resources = load()["Resources"].values()
    kinds = [one["Type"] for one in resources]
    rule = load()["Resources"]["WarmingRule"]["Properties"]["ScheduleExpression"]

    assert kinds.count("AWS::CloudWatch::Alarm") == constants.ALARMS
    assert rule == f"rate({constants.PING_SECONDS // 60} minutes)"
