"""The simulations, in cases with a known result."""

from __future__ import annotations

import pytest

from lab.scale import shards, step
from lab.scale.fleet import Demand, Fleet, Function, SandboxRetention, simulate
from lab.scale.seeded_random import SeededRandom

DAY = 86_400
FAST = Function([0.01], 0.5)
RETAINED = SandboxRetention(idle=600, age=DAY * 365)


def fleet(rate: float, retention: SandboxRetention, days: int = 1) -> Fleet:
    return simulate(FAST, Demand(rate, 1.0, days * DAY), retention, SeededRandom(1))


def test_the_same_seed_gives_the_same_result() -> None:
    assert fleet(0.05, RETAINED) == fleet(0.05, RETAINED)


def test_a_request_is_cold_after_a_pause_longer_than_the_idle_time() -> None:
    rate = 1 / 300

    result = fleet(rate, RETAINED, days=100)

    # The share of longer exponential pauses is exp(-600 / 300).
    assert result.cold_share == pytest.approx(0.135, abs=0.01)


def test_pings_keep_one_sandbox_warm() -> None:
    pinged = SandboxRetention(idle=600, age=DAY * 365, ping=300)

    assert fleet(1 / 3_600, pinged, days=30).cold <= 1


def test_pings_with_pauses_longer_than_the_idle_time_do_not() -> None:
    late = SandboxRetention(idle=240, age=DAY * 365, ping=300)

    assert fleet(1 / 3_600, late, days=30).cold_share > 0.1


def test_provisioned_sandboxes_are_never_cold() -> None:
    kept = SandboxRetention(idle=600, age=3_600, provisioned=1)

    assert fleet(1 / 3_600, kept, days=30).cold == 0


def test_old_sandboxes_are_replaced_however_busy() -> None:
    result = fleet(1.0, SandboxRetention(idle=600, age=7_200))

    assert 12 <= result.cold <= 40


def test_concurrency_follows_littles_law() -> None:
    slow = Function([0.5], 0.0)
    demand = Demand(100, 1.0, 120, settling=20)

    result = simulate(slow, demand, RETAINED, SeededRandom(1))

    assert 50 < result.most_busy < 85
    assert result.requests == pytest.approx(100 * 100, rel=0.05)


def test_the_rate_of_a_day_has_its_peak_at_a_quarter() -> None:
    demand = Demand(10, 1.8, DAY)

    assert demand.at(DAY / 4) == pytest.approx(18)
    assert demand.at(3 * DAY / 4) == pytest.approx(2)


def test_a_shard_below_its_limit_refuses_nothing() -> None:
    result = shards.simulate(1, 900, 1_000, 60, SeededRandom(1))

    assert result.refused == 0
    assert result.done == pytest.approx(900, rel=0.02)


@pytest.mark.parametrize("count", [1, 4, 16])
def test_shards_accept_their_limit_and_refuse_the_rest(count: int) -> None:
    result = shards.simulate(count, count * 2_000, 1_000, 30, SeededRandom(1))

    assert result.done == count * 1_000
    assert result.refused == pytest.approx(0.5, abs=0.02)


def test_every_offered_write_is_done_or_refused() -> None:
    offered, seconds = 1_500, 30

    result = shards.simulate(1, offered, 1_000, seconds, SeededRandom(7))

    made = result.done * seconds / (1 - result.refused)
    assert made == pytest.approx(offered * seconds, rel=0.02)


def test_every_request_during_a_cold_start_needs_a_sandbox() -> None:
    bounds = step.Bounds(concurrency=1_000, growth=1_000)

    result = step.simulate(Function([0.01], 1.0), 100, 10, bounds, SeededRandom(1))

    assert result.refused == 0
    assert 80 < result.sandboxes < 125


def test_requests_beyond_the_accounts_concurrency_are_refused() -> None:
    bounds = step.Bounds(concurrency=50, growth=1_000)

    result = step.simulate(Function([0.01], 1.0), 100, 10, bounds, SeededRandom(1))

    assert result.sandboxes == 50
    assert result.refused_share == pytest.approx(0.05, abs=0.02)


def test_requests_beyond_the_rate_of_growth_are_refused() -> None:
    slow = Function([100.0], 0.0)

    result = step.simulate(slow, 100, 10, step.Bounds(1_000, 100), SeededRandom(1))

    # One hundred at once, and ten more each second.
    assert result.sandboxes == pytest.approx(200, abs=5)


@pytest.mark.parametrize("mean", [0.5, 20, 5_000])
def test_poisson_numbers_have_their_mean_and_variance(mean: float) -> None:
    draws = SeededRandom(3)
    drawn = [draws.poisson(mean) for _ in range(4_000)]

    middle = sum(drawn) / len(drawn)
    variance = sum((one - middle) ** 2 for one in drawn) / len(drawn)
    assert middle == pytest.approx(mean, rel=0.05)
    assert variance == pytest.approx(mean, rel=0.1)
