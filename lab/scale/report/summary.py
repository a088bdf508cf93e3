"""The findings of the tables, as sentences with the model's figures."""

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
    sentences = [
        _million(inputs),
        _operations(inputs),
        _standing(loads),
        _cold(loads),
        _throttling(inputs, loads),
        _stepped(loads),
        _saturated(inputs),
        _lists(inputs),
    ]
    return "\n".join(f"- {sentence}" for sentence in sentences)


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
        f"A million warm requests of the mix cost {totals}. The shares of the first: "
        f"{shares}. The language makes the smallest difference."
    )


def _operations(inputs: Inputs) -> str:
    costs, one = Costs(inputs, inputs.memory_mb), inputs.implementations[0]
    ranked = sorted(
        (total(costs.request(usage)), row) for row, usage in one.operations.items()
    )
    (least, cheap), (most, dear) = ranked[0], ranked[-1]
    usage = one.operations[dear]
    return (
        f"The most expensive operation is {dear} ({dollars(most)} dollars a million, "
        f"{units(usage.write_units)} write units), the cheapest {cheap} "
        f"({dollars(least)})."
    )


def _standing(loads: Mapping[str, list[Load]]) -> str:
    load = next(iter(loads.values()))[0]
    metrics = load.costs.fixed_costs(load.one)["custom metrics"]
    everything, share = dollars(load.total()), percent(metrics / load.total())
    return (
        f"At {whole(load.a_day)} requests a day, the bill is at most {everything} "
        f"dollars a month. At most {dollars(metrics)} of these ({share}) are for "
        "custom metrics."
    )


def _cold(loads: Mapping[str, list[Load]]) -> str:
    first, second, *_ = next(iter(loads.values()))
    effects = [
        f"from {percent(load.cold_shares[NOTHING])} to "
        f"{percent(load.cold_shares[RULE])} at {whole(load.a_day)} requests a day"
        for load in (first, second)
    ]
    rule = first.costs.fixed_costs(first.one)["warming rule"]
    return (
        f"The warming rule ({dollars(rule)} dollars a month) lowers the share of cold "
        f"requests {' and '.join(effects)}. It helps with thin traffic and does little "
        "with more."
    )


def _throttling(inputs: Inputs, loads: Mapping[str, list[Load]]) -> str:
    load = next(iter(loads.values()))[-1]
    rate, _ = inputs.throttling
    writes = max(load.list_writes().values())
    taken = writes / inputs.shards / inputs.limits["partitionWrites"]
    return (
        f"At {whole(load.a_day)} requests a day, the first limit is the template's "
        f"ThrottlingRate of {whole(rate)} a second, because the peak needs "
        f"{whole(load.peak)}. API Gateway refuses {percent(load.refused_by_api(rate))} "
        f"of the day's requests. {inputs.shards} shards then use {percent(taken)} of "
        "their write limit."
    )


def _stepped(loads: Mapping[str, list[Load]]) -> str:
    rate = 2_000
    results = []
    for name, of in loads.items():
        result = steps(of[0], rate)
        results.append(
            f"{whole(result.sandboxes)} sandboxes in {name} "
            f"({percent(result.refused_share)} of the requests refused)"
        )
    return (
        f"A step from zero to {whole(rate)} requests a second needs "
        f"{' and '.join(results)}. The duration of init decides, here at the memory "
        "setting's share of a vCPU."
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
        f"One shard allows {' or '.join(carried)} a second, and each further shard as "
        f"many more. The table's default quota of {whole(quota)} write units a second "
        f"limits this to (in parentheses the shards for it): {', '.join(ends)}."
    )


def _lists(inputs: Inputs) -> str:
    costs, one = Costs(inputs, inputs.memory_mb), inputs.implementations[0]
    counts = shard_counts(inputs)
    pages = [
        f"{dollars(list_dollars(costs, one, shards, LISTS[0]))} with {shards}"
        for shards in counts
    ]
    read = number(one.lists[counts[-1]][LISTS[0]].read_units, 2)
    return (
        f"Lists pay for shards: a million pages of {LISTS[0]} ({one.name}) cost, in "
        f"dollars, {', '.join(pages)}. Each shard is queried for a whole page, so "
        f"{counts[-1]} shards read {read} units for one page."
    )
