"""The tables of what happens under load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.scale import shards as partitions
from bench.scale import step
from bench.scale.chance import Chance
from bench.scale.costs import Costs, total
from bench.scale.loads import FUNCTIONS, NOTHING, PROVISIONED, RULE, SEED, Load
from bench.scale.report.markdown import (
    dollars,
    milliseconds,
    number,
    percent,
    table,
    units,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.scale.inputs import Implementation, Inputs

STEPS = (100, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000)
STEP_SECONDS = 10
OFFERED = (250, 500, 900, 1_000, 1_100, 2_000, 4_000, 8_000, 16_000, 32_000, 48_000)
TABLED = (900, 1_100, 4_000, 8_000, 16_000, 32_000)
WRITE_SECONDS = 60
LISTS = ("listUsers", "listAssets")
SLOW = 0.01
# SnapStart takes snapshots of Java, Python (3.12 and later) and .NET, not of Node.
SNAPSHOTS = frozenset({"python"})


# ---- the day's peak against AWS's limits -------------------------------------------


def peaks(inputs: Inputs, loads: Mapping[str, list[Load]]) -> str:
    """Tell what the peak of the day takes of each limit, at every scale."""
    first = next(iter(loads.values()))
    head = ["at the peak of the day", *(f"{whole(load.a_day)} a day" for load in first)]
    rows = [["requests a second", *(number(load.peak, 2) for load in first)]]
    for name, of in loads.items():
        busy = [sum(load.busy_at_peak(word) for word in FUNCTIONS) for load in of]
        rows.append([f"sandboxes busy, {name}", *(number(each, 2) for each in busy)])
    rate, _ = inputs.throttling
    rows += [
        [
            f"refused with 429 over the day, ThrottlingRate {whole(rate)}",
            *(percent(load.refused_by_api(rate)) for load in first),
        ],
        [
            f"the same at {whole(inputs.limits['apiRate'])}, the account's quota",
            *(percent(load.refused_by_api(inputs.limits["apiRate"])) for load in first),
        ],
    ]
    return table(head, rows + [_taken(row, first) for row in limits_taken(inputs)])


@dataclass(frozen=True)
class Taken:
    """A limit of DynamoDB and how to tell what a load takes of it, in units a second."""

    name: str
    limit: float
    of: str
    parts: int = 1


def limits_taken(inputs: Inputs) -> list[Taken]:
    """Return the limits that grow with traffic."""
    limits = inputs.limits
    writes, reads = limits["partitionWrites"], limits["partitionReads"]
    tables = limits["tableUnits"]
    return [
        Taken("writes of one list, 1 shard", writes, "list_writes"),
        Taken(
            f"writes of one list, {inputs.shards} shards",
            writes,
            "list_writes",
            inputs.shards,
        ),
        Taken(
            f"reads of one list, {inputs.shards} shards",
            reads,
            "list_reads",
            inputs.shards,
        ),
        Taken("writes of one table, its quota", tables, "table_writes"),
    ]


def _taken(row: Taken, loads: list[Load]) -> list[str]:
    """Return the share of a limit that the busier of both tables takes."""
    told = []
    for load in loads:
        rates: dict[str, float] = getattr(load, row.of)()
        told.append(percent(max(rates.values()) / row.parts / row.limit))
    return [f"{row.name}: of {whole(row.limit)} units/s", *told]


# ---- a step from nothing -------------------------------------------------------------


def steps(load: Load, rate: float) -> step.Step:
    """Simulate a step to a rate of `users`, the account's quota being its own."""
    limits = load.costs.inputs.limits
    bounds = step.Bounds(int(limits["lambdaConcurrency"]), int(limits["lambdaScaling"]))
    function = load.function("users")
    return step.simulate(function, rate, STEP_SECONDS, bounds, Chance(SEED))


def stepped(loads: Mapping[str, list[Load]]) -> str:
    """Tell what a step does to each implementation."""
    head = ["requests a second, from none"]
    for name in loads:
        head += [f"sandboxes, {name}", f"refused in the first 10 s, {name}"]
    rows = []
    for rate in STEPS:
        cells = [whole(rate)]
        for of in loads.values():
            came = steps(of[0], rate)
            cells += [whole(came.sandboxes), percent(came.refused_share)]
        rows.append(cells)
    return table(head, rows)


# ---- shards --------------------------------------------------------------------------


def written(inputs: Inputs, shards: int, offered: float) -> partitions.Writes:
    """Simulate creations, each one write unit to a list."""
    capacity = inputs.limits["partitionWrites"]
    chance = Chance(SEED)
    return partitions.simulate(shards, offered, capacity, WRITE_SECONDS, chance)


def writes(inputs: Inputs) -> str:
    """Tell how much of offered creations is refused, by number of shards."""
    head = ["ListShards", "saturates at, a second"]
    head += [f"refused of {whole(offered)}" for offered in TABLED]
    rows = []
    for shards in shard_counts(inputs):
        most = shards * inputs.limits["partitionWrites"]
        refused = (written(inputs, shards, each).refused for each in TABLED)
        rows.append(
            [whole(shards), whole(most), *(percent(share) for share in refused)]
        )
    return table(head, rows)


def shard_counts(inputs: Inputs) -> list[int]:
    """Return the numbers of shards that were measured."""
    return sorted(inputs.implementations[0].lists)


def useful_rates(inputs: Inputs) -> dict[str, float]:
    """Return creations a second at which a table's own quota is used up, by table."""
    operations = inputs.implementations[0].operations
    quota = inputs.limits["tableUnits"]
    return {
        word: quota / operations[row].table_writes
        for word, row in {"users": "createUser", "assets": "createAsset"}.items()
    }


def lists(inputs: Inputs) -> str:
    """Tell what a page of 20 costs, by number of shards."""
    costs = Costs(inputs, inputs.memory_mb)
    head = ["ListShards", "queries"]
    for row in LISTS:
        head.append(f"{row}: read units")
        head += [
            f"{row}: dollars a million, {one.name}" for one in inputs.implementations
        ]
    head += [f"listUsers: ms, {one.name}" for one in inputs.implementations]
    head += [
        "pages a second until a shard's reads are used up",
        "pages that wait for one of the slowest 1 % of queries",
    ]
    rows = [[*_list_row(costs, shards)] for shards in shard_counts(inputs)]
    return table(head, rows)


def _list_row(costs: Costs, shards: int) -> list[str]:
    ones = costs.inputs.implementations
    cells = [whole(shards), whole(shards)]
    for row in LISTS:
        cells.append(units(ones[0].lists[shards][row].read_units))
        cells += [dollars(list_dollars(costs, one, shards, row)) for one in ones]
    first = [one.lists[shards][LISTS[0]] for one in ones]
    cells += [milliseconds(costs.duration_ms(usage)) for usage in first]
    reads = first[0].read_units / shards
    cells.append(whole(costs.inputs.limits["partitionReads"] / reads))
    return [*cells, percent(1 - (1 - SLOW) ** shards)]


def list_dollars(costs: Costs, one: Implementation, shards: int, row: str) -> float:
    """Return dollars of a million pages."""
    return total(costs.request(one.lists[shards][row]))


# ---- keeping sandboxes warm ------------------------------------------------------------


def kept(loads: Mapping[str, list[Load]]) -> str:
    """Tell what keeps sandboxes warm, how well, and for how much."""
    head = ["requests a day, kept warm by"]
    for name in loads:
        head += [f"cold, {name}", f"adds ms, {name}", f"dollars a month, {name}"]
    columns = [[_kept(load) for load in of] for of in loads.values()]
    first = next(iter(loads.values()))
    rows = []
    for place, load in enumerate(first):
        for how in columns[0][place]:
            cells = [cell for of in columns for cell in of[place].get(how, [""] * 3)]
            rows.append([f"{whole(load.a_day)}: {how}", *cells])
    return table(head, rows)


def _kept(load: Load) -> dict[str, list[str]]:
    """Return by means: the share of cold requests, what one adds, dollars a month."""
    costs, running, shares = load.costs, load.running(), load.cold_shares
    adds = max(costs.cold_ms(load.one, word) for word in FUNCTIONS)
    rule = costs.standing()["warming rule"]
    told = {
        NOTHING: _cells(shares[NOTHING], adds, running + _cold(load, NOTHING)),
        RULE: _cells(shares[RULE], adds, running + rule + _cold(load, RULE)),
        PROVISIONED: _provisioned(load, adds),
    }
    if load.one.name in SNAPSHOTS:
        told["SnapStart"] = _snapshots(load)
    return told


def _cold(load: Load, how: str) -> float:
    return load.cold_dollars(load.cold_shares[how])


def _provisioned(load: Load, adds: float) -> list[str]:
    needed = sum(load.staffed(word) for word in FUNCTIONS)
    kept_dollars = load.costs.provisioned(needed)
    paid = kept_dollars + load.running("provisionedDuration") + _cold(load, PROVISIONED)
    share, longer, cost = _cells(load.cold_shares[PROVISIONED], adds, paid)
    return [share, longer, f"{cost} ({needed} kept)"]


def _snapshots(load: Load) -> list[str]:
    costs, share = load.costs, load.cold_shares[NOTHING]
    restoring = costs.inputs.assumed["restoreMilliseconds"]["value"]
    first = max(costs.slowed(load.one.starts[word].first_ms) for word in FUNCTIONS)
    restored = share * load.a_month * costs.restore()
    paid = load.running() + costs.snapshots(len(FUNCTIONS)) + restored
    return _cells(share, restoring + first, paid)


def _cells(share: float, longer: float, paid: float) -> list[str]:
    return [percent(share), whole(longer), dollars(paid)]
