"""A load's sandboxes, bill and limits, compared with sums calculated by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lab.scale.costs import Costs
from lab.scale.fleet import Fleet, SandboxRetention
from lab.scale.loads import Load
from tests.unit.lab.scale.samples import ASSET, ONE, USAGE, inputs

THIN = 1_000
# At this many requests a day the peak is 2,000 a second, half for each function.
BUSY = 96_000_000


class Simulated(Load):
    """A load with fixed results of its simulations."""

    def sandboxes(self, word: str, _: SandboxRetention) -> Fleet:
        """Return the result of a function."""
        return {
            "users": Fleet(requests=100, cold=10, most_busy=40),
            "assets": Fleet(requests=100, cold=30, most_busy=15),
        }[word]


class OnePercentCold(Load):
    """A load with one cold request in a hundred."""

    def cold_share(self, *_: object, **__: object) -> float:
        """Return one percent."""
        return 0.01


def costs() -> Costs:
    """Return a model in which users take 20 ms and assets 10 ms, both with 2 GB."""
    return Costs(inputs(), 2_048)


# ---- sandboxes ----------------------------------------------------------------------


def test_mean_concurrency_is_rate_times_duration() -> None:
    load = Load(costs(), ONE, BUSY)

    assert load.busy_at_peak("users") == pytest.approx(1_000 * 0.02)
    assert load.busy_at_peak("assets") == pytest.approx(1_000 * 0.01)


def test_provisioned_sandboxes_are_the_mean_and_three_deviations() -> None:
    load = Load(costs(), ONE, BUSY)

    assert load.provisioned_count("users") == 34  # 20 + 3 * 4.47
    assert load.provisioned_count("assets") == 20  # 10 + 3 * 3.16


def test_at_least_one_sandbox_is_provisioned() -> None:
    assert Load(costs(), ONE, THIN).provisioned_count("users") == 1


def test_the_cold_share_of_thin_traffic_is_simulated() -> None:
    share = Simulated(costs(), ONE, THIN).cold_share()

    assert share == pytest.approx(0.5 * 0.1 + 0.5 * 0.3)


def test_the_cold_share_of_much_traffic_is_the_renewal_of_busy_sandboxes() -> None:
    share = Simulated(costs(), ONE, BUSY).cold_share()

    # 40 and 15 sandboxes, each replaced every two hours.
    assert share == pytest.approx((40 + 15) * 12 / BUSY)


def test_provisioned_sandboxes_are_not_renewed() -> None:
    share = Simulated(costs(), ONE, BUSY).cold_share(provisioned=True)

    # 34 and 20 are provisioned.
    assert share == pytest.approx((40 - 34) * 12 / BUSY)


# ---- dollars ------------------------------------------------------------------------


def test_cold_starts_are_billed_by_init_and_first_request() -> None:
    load = Load(costs(), ONE, THIN)

    # 300 of 30,000; 110 ms of users or 210 ms of assets, in 2 GB.
    assert load.cold_dollars(0.01) == pytest.approx(300 * 0.16 * 2 * 2e-5)


def test_restored_snapshots_are_billed_by_memory_and_time() -> None:
    load = Load(costs(), ONE, THIN)

    # 300 of 30,000; 500 ms to restore and 10 ms of the first request, in 2 GB.
    each = 2 * 1e-4 + 0.51 * 2 * 2e-5
    assert load.restored_dollars(0.01) == pytest.approx(300 * each)


def test_the_monthly_bill_has_every_component() -> None:
    gb, requests = 1_024**3, 30_000

    assert OnePercentCold(costs(), ONE, THIN).bill() == pytest.approx(
        {
            "API Gateway": requests * 1e-6,
            "Lambda": requests * (0.2e-6 + 0.015 * 2 * 2e-5) + 300 * 0.16 * 2 * 2e-5,
            "DynamoDB": requests / 2 * (3 * 0.6e-6 + 0.1e-6),
            "S3": requests / 2 * 0.4e-6,
            # With the access log: 1,456 bytes of createUser, 352 of getAsset.
            "logs": requests * 904 / gb * 0.5,
            "transfer": requests / 2 * 1_024 / gb * 0.1,
            "traces": requests * 5e-6,
            # For each of the two operations, and for both together.
            "custom metrics": (2 + 1) * 5 * 0.3,
            "alarms": 4 * 0.1,
            # Two functions every five minutes, 2 ms each.
            "warming rule": 17_280 * (1e-6 + 0.2e-6 + 0.002 * 2 * 2e-5),
        }
    )


def test_the_bill_uses_the_price_tiers_of_the_api() -> None:
    bill = OnePercentCold(costs(), ONE, 100_000_000).bill()

    assert bill["API Gateway"] == pytest.approx(300 + 2_700 * 0.5)


# ---- limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("admitted", "refused"),
    [
        (0, 1),
        # The part above the mean of a day that follows 1 + 0.8 sin(t).
        (1_000, 0.8 / math.pi),
        (1_800, 0),
    ],
)
def test_the_api_refuses_requests_above_its_rate(
    admitted: float, refused: float
) -> None:
    load = Load(costs(), ONE, 1_000 * 86_400)

    assert load.refused_by_api(admitted) == pytest.approx(refused, abs=1e-5)


def test_units_of_lists_and_tables_are_those_of_the_peak() -> None:
    mix = {"createUser": 0.3, "listUsers": 0.2, "createAsset": 0.1, "listAssets": 0.4}
    operations = {
        "createUser": USAGE,
        "listUsers": replace(USAGE, read_units=4.0, index_writes={}, table_writes=0.0),
        "createAsset": replace(
            ASSET, index_writes={"createdAt-index": 2.0}, table_writes=1.0
        ),
        "listAssets": replace(ASSET, read_units=6.0),
    }
    one = replace(ONE, operations=operations)
    load = Load(Costs(inputs(mix), 2_048), one, BUSY)

    peak = 2_000
    assert load.list_writes() == pytest.approx(
        {"users": peak * 0.3, "assets": peak * 0.1 * 2}
    )
    assert load.list_reads() == pytest.approx(
        {"users": peak * 0.2 * 4, "assets": peak * 0.4 * 6}
    )
    assert load.table_writes() == pytest.approx(
        {"users": peak * 0.3 * 2, "assets": peak * 0.1}
    )
