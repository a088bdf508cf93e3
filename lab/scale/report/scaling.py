"""The tables of the service under load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lab.markdown import table
from lab.scale import shards as partitions
from lab.scale import step
from lab.scale.costs import Costs, total
from lab.scale.inputs import Implementation, Inputs
from lab.scale.loads import FUNCTIONS, SEED, Load
from lab.scale.report.figures import (
    dollars,
    milliseconds,
    number,
    percent,
    units,
    whole,
)
from lab.scale.seeded_random import SeededRandom

STEPS = (100, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000)
STEP_SECONDS = 10
OFFERED = (250, 500, 900, 1_000, 1_100, 2_000, 4_000, 8_000, 16_000, 32_000, 48_000)
TABLED = (900, 1_100, 4_000, 8_000, 16_000, 32_000)
WRITE_SECONDS = 60
LISTS = ("listUsers", "listAssets")
SLOW = 0.01


# ---- the day's peak against AWS's limits -------------------------------------------


def peaks(inputs: Inputs, loads: Mapping[str, list[Load]]) -> str:
    """Return the table of the day's peak against each limit, at every scale."""
    first = next(iter(loads.values()))
    head = ["at the peak of the day", *(f"{whole(load.a_day)} a day" for load in first)]
    rows = [["requests a second", *(number(load.peak, 2) for load in first)]]
    for name, of in loads.items():
        busy = [sum(load.busy_at_peak(word) for word in FUNCTIONS) for load in of]
        rows.append([f"sandboxes busy, {name}", *(number(each, 2) for each in busy)])
    rate, _ = inputs.throttling
    rows += [
        [
            f"refused with 429 in a day, ThrottlingRate {whole(rate)}",
            *(percent(load.refused_by_api(rate)) for load in first),
        ],
        [
            f"the same at the account's quota, {whole(inputs.limits['apiRate'])}",
            *(percent(load.refused_by_api(inputs.limits["apiRate"])) for load in first),
        ],
    ]
    calls = (
        inputs.limits["lambdaConcurrency"] * inputs.limits["lambdaRequestsPerSandbox"]
    )
    rows.append(
        [
            f"requests to Lambda: share of {whole(calls)} a second",
            *(percent(load.peak / calls) for load in first),
        ]
    )
    return table(head, rows + [_used(row, first) for row in limits_used(inputs)])


@dataclass(frozen=True)
class LimitUse:
    """A limit of DynamoDB in units a second, and the method of `Load` that uses it."""

    name: str
    limit: float
    of: str
    parts: int = 1


def limits_used(inputs: Inputs) -> list[LimitUse]:
    """Return the limits whose use grows with traffic."""
    limits = inputs.limits
    writes, reads = limits["partitionWrites"], limits["partitionReads"]
    tables = limits["tableUnits"]
    return [
        LimitUse("writes of one list, 1 shard", writes, "list_writes"),
        LimitUse(
            f"writes of one list, {inputs.shards} shards",
            writes,
            "list_writes",
            inputs.shards,
        ),
        LimitUse(
            f"reads of one list, {inputs.shards} shards",
            reads,
            "list_reads",
            inputs.shards,
        ),
        LimitUse("writes of a new table", limits["newTableWrites"], "table_writes"),
        LimitUse("writes of one table, quota", tables, "table_writes"),
    ]


def _used(row: LimitUse, loads: list[Load]) -> list[str]:
    """Return the share of a limit that the busier of both tables uses."""
    shares = []
    for load in loads:
        rates: dict[str, float] = getattr(load, row.of)()
        shares.append(percent(max(rates.values()) / row.parts / row.limit))
    return [f"{row.name}: share of {whole(row.limit)} units/s", *shares]


# ---- a step from zero ----------------------------------------------------------------


def steps(load: Load, rate: float) -> step.StepResult:
    """Simulate a step of `users` to a rate; the function has the account's quota."""
    limits = load.costs.inputs.limits
    bounds = step.Bounds(int(limits["lambdaConcurrency"]), int(limits["lambdaScaling"]))
    function = load.function("users")
    return step.simulate(function, rate, STEP_SECONDS, bounds, SeededRandom(SEED))


def stepped(loads: Mapping[str, list[Load]]) -> str:
    """Return the table of steps, with init at the share of a vCPU and at a full one."""
    head = ["requests a second, from zero"]
    for name in loads:
        head += [
            f"sandboxes, {name}",
            f"refused, {name}",
            f"sandboxes with init at a full vCPU, {name}",
            f"refused with init at a full vCPU, {name}",
        ]
    rows = []
    for rate in STEPS:
        cells = [whole(rate)]
        for load in (of[0] for of in loads.values()):
            boosted = replace(load, costs=replace(load.costs, boosted=True))
            for result in (steps(load, rate), steps(boosted, rate)):
                cells += [whole(result.sandboxes), percent(result.refused_share)]
        rows.append(cells)
    return table(head, rows)


# ---- shards --------------------------------------------------------------------------


def written(inputs: Inputs, shards: int, offered: float) -> partitions.Writes:
    """Simulate creations that write one unit each to a list."""
    capacity = inputs.limits["partitionWrites"]
    draws = SeededRandom(SEED)
    return partitions.simulate(shards, offered, capacity, WRITE_SECONDS, draws)


def writes(inputs: Inputs) -> str:
    """Return the table of possible and refused creations, by number of shards."""
    each = creations(inputs)
    head = ["ListShards", *(f"at most a second: {what}" for what in each)]
    head += [f"refused of {whole(offered)} users a second" for offered in TABLED]
    rows = []
    for shards in shard_counts(inputs):
        most = shards * inputs.limits["partitionWrites"]
        carried = (whole(most / one.list_units) for one in each.values())
        refused = (written(inputs, shards, rate).refused for rate in TABLED)
        rows.append([whole(shards), *carried, *(percent(share) for share in refused)])
    return table(head, rows)


@dataclass(frozen=True)
class Creation:
    """The write units of creating one record, in its list's index and in its table."""

    list_units: float
    table_units: float


def creations(inputs: Inputs) -> dict[str, Creation]:
    """Return the measured write units of each kind of record.

    An asset writes to its list twice: at createAsset and after the upload.
    """
    operations = inputs.implementations[0].operations
    made = {}
    for what, rows in CREATIONS.items():
        usages = [operations[row] for row in rows]
        made[what] = Creation(
            sum(usage.index_writes["createdAt-index"] for usage in usages),
            sum(usage.table_writes for usage in usages),
        )
    return made


CREATIONS = {
    "users": ["createUser"],
    "uploaded assets": ["createAsset", "getAsset, just uploaded"],
}


def shard_counts(inputs: Inputs) -> list[int]:
    """Return the measured numbers of shards."""
    return sorted(inputs.implementations[0].lists)


def lists(inputs: Inputs) -> str:
    """Return the table of the costs of a page of 20, by number of shards."""
    costs = Costs(inputs, inputs.memory_mb)
    head = ["ListShards", "queries"]
    for row in LISTS:
        head.append(f"{row}: read units")
        head += [
            f"{row}: dollars a million, {one.name}" for one in inputs.implementations
        ]
    head += [f"listUsers: ms, {one.name}" for one in inputs.implementations]
    head += [
        "pages a second at a shard's limit of reads",
        "pages with one of the slowest 1 % of queries",
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
