"""What the tables say, in sentences whose figures are the model's."""

from __future__ import annotations

from collections.abc import Mapping

from lab.scale.costs import COMPONENTS, Costs, total
from lab.scale.inputs import Inputs
from lab.scale.loads import NOTHING, RULE, Load
from lab.scale.report.figures import dollars, number, percent, units, whole
from lab.scale.report.scaling import (
    LISTS,
    creations,
    list_dollars,
    shard_counts,
    steps,
)


def summary(inputs: Inputs, loads: Mapping[str, list[Load]]) -> str:
    """Return the list of findings."""
    told = [
        _million(inputs),
        _operations(inputs),
        _standing(loads),
        _cold(loads),
        _throttling(inputs, loads),
        _stepped(loads),
        _saturated(inputs),
        _lists(inputs),
    ]
    return "\n".join(f"- {sentence}" for sentence in told)


def _million(inputs: Inputs) -> str:
    costs = Costs(inputs, inputs.memory_mb)
    of = {one.name: costs.mixed(one) for one in inputs.implementations}
    totals = " and ".join(
        f"{dollars(total(each))} dollars ({name})" for name, each in of.items()
    )
    first = next(iter(of.values()))
    shares = ", ".join(
        f"{name} {percent(first[name] / total(first))}" for name in COMPONENTS
    )
    return (
        f"A million warm requests of the mix cost {totals}. Of the first, {shares}: "
        "the language is the smallest matter."
    )


def _operations(inputs: Inputs) -> str:
    costs, one = Costs(inputs, inputs.memory_mb), inputs.implementations[0]
    ranked = sorted(
        (total(costs.request(usage)), row) for row, usage in one.operations.items()
    )
    (least, cheap), (most, dear) = ranked[0], ranked[-1]
    usage = one.operations[dear]
    return (
        f"The dearest operation is {dear} ({dollars(most)} a million, "
        f"{units(usage.write_units)} write units), the cheapest {cheap} "
        f"({dollars(least)})."
    )


def _standing(loads: Mapping[str, list[Load]]) -> str:
    load = next(iter(loads.values()))[0]
    metrics = load.costs.standing(load.one)["custom metrics"]
    everything, share = dollars(load.total()), percent(metrics / load.total())
    return (
        f"At {whole(load.a_day)} requests a day the bill is at most {everything} a "
        f"month; at most {dollars(metrics)} of it, {share}, are custom metrics."
    )


def _cold(loads: Mapping[str, list[Load]]) -> str:
    first, second, *_ = next(iter(loads.values()))
    told = [
        f"at {whole(load.a_day)} a day from {percent(load.cold_shares[NOTHING])} to "
        f"{percent(load.cold_shares[RULE])}"
        for load in (first, second)
    ]
    rule = first.costs.standing(first.one)["warming rule"]
    return (
        f"The warming rule ({dollars(rule)} a month) brings cold requests down "
        f"{', '.join(told)}: it pays where traffic is thin and does little above."
    )


def _throttling(inputs: Inputs, loads: Mapping[str, list[Load]]) -> str:
    load = next(iter(loads.values()))[-1]
    rate, _ = inputs.throttling
    writes = max(load.list_writes().values())
    taken = writes / inputs.shards / inputs.limits["partitionWrites"]
    return (
        f"At {whole(load.a_day)} a day the first limit is the template's own "
        f"ThrottlingRate of {whole(rate)}: {percent(load.refused_by_api(rate))} of the "
        f"day's requests are refused; the peak needs {whole(load.peak)} a second. "
        f"{inputs.shards} shards are then used to {percent(taken)}."
    )


def _stepped(loads: Mapping[str, list[Load]]) -> str:
    rate = 2_000
    told = []
    for name, of in loads.items():
        came = steps(of[0], rate)
        told.append(
            f"{whole(came.sandboxes)} sandboxes and {percent(came.refused_share)} "
            f"refused ({name})"
        )
    return (
        f"A step from nothing to {whole(rate)} requests a second takes "
        f"{', '.join(told)}: the time that init takes decides, reckoned at the "
        "memory's share of a vCPU."
    )


def _saturated(inputs: Inputs) -> str:
    writes, quota = inputs.limits["partitionWrites"], inputs.limits["tableUnits"]
    carried, ends = [], []
    for what, one in creations(inputs).items():
        carried.append(f"{whole(writes / one.list_units)} {what}")
        most = quota / one.table_units
        ends.append(
            f"{what} at {whole(most)} ({whole(most * one.list_units / writes)})"
        )
    return (
        f"One shard carries {' or '.join(carried)} a second, and each further one as "
        f"many more. The table's default quota of {whole(quota)} write units a second "
        f"ends (shards that it takes): {', '.join(ends)}."
    )


def _lists(inputs: Inputs) -> str:
    costs, one = Costs(inputs, inputs.memory_mb), inputs.implementations[0]
    counts = shard_counts(inputs)
    told = [
        f"{dollars(list_dollars(costs, one, shards, LISTS[0]))} with {shards}"
        for shards in counts
    ]
    pages = number(one.lists[counts[-1]][LISTS[0]].read_units, 2)
    return (
        f"Lists pay for shards: a million pages of {LISTS[0]} ({one.name}) cost "
        f"{', '.join(told)}. Each shard is asked for a whole page, so that "
        f"{counts[-1]} of them read {pages} units for one page."
    )
