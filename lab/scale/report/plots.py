"""The plots of docs/scale.md."""

from __future__ import annotations

from collections.abc import Mapping

from lab.scale.charts import THEMES, Axis, Bars, Lines, Plot
from lab.scale.costs import COMPONENTS, Costs, total
from lab.scale.inputs import Inputs
from lab.scale.loads import Load
from lab.scale.report.scaling import (
    LISTS,
    OFFERED,
    STEPS,
    list_dollars,
    shard_counts,
    steps,
    written,
)

# Requests a day at which sandboxes are simulated for the plot of cold starts.
DAYS = (300, 1_000, 3_000, 10_000, 30_000, 100_000)
LEAST_COLD = 0.0001


def plots(inputs: Inputs, loads: Mapping[str, list[Load]]) -> dict[str, str]:
    """Return every plot as SVG, by its file's name."""
    made: dict[str, Plot] = {
        "cost": _cost(inputs),
        "memory": _memory(inputs),
        "month": _month(loads),
        "cold": _cold(inputs),
        "step": _step(loads),
        "shard-writes": _writes(inputs),
        "shard-lists": _lists(inputs),
    }
    return {
        f"{name}-{theme.name}.svg": plot.svg(theme)
        for name, plot in made.items()
        for theme in THEMES
    }


def _cost(inputs: Inputs) -> Bars:
    costs = Costs(inputs, inputs.memory_mb)
    one = inputs.implementations[0]
    rows = {
        row: [costs.request(usage)[name] for name in COMPONENTS]
        for row, usage in one.operations.items()
    }
    most = max(map(sum, rows.values()))
    title = f"Dollars of a million warm requests, {one.name}, {inputs.memory_mb} MB"
    axis = Axis("dollars", 0, most, range(int(most) + 1), "{:.2f}".format)
    return Bars(title, axis, COMPONENTS, rows)


def _memory(inputs: Inputs) -> Lines:
    settings = inputs.assumed["memorySettings"]["values"]
    series = {}
    for one in inputs.implementations:
        everything = [
            (setting, Costs(inputs, setting).mixed(one)) for setting in settings
        ]
        series[f"{one.name}: all"] = [(at, total(each)) for at, each in everything]
        series[f"{one.name}: Lambda"] = [
            (at, each["Lambda"]) for at, each in everything
        ]
    x = Axis("memory setting, MB", 128, 1769, settings, "{:,}".format, logarithmic=True)
    most = max(value for points in series.values() for _, value in points) * 1.1
    y = Axis("dollars of a million requests of the mix", 0, most, range(int(most) + 1))
    return Lines("Cost by memory setting", x, y, series)


def _month(loads: Mapping[str, list[Load]]) -> Lines:
    first = next(iter(loads.values()))
    of = {
        name: [(load.a_day, load.bill()[name]) for load in first]
        for name in ("API Gateway", "DynamoDB", "Lambda", "logs", "custom metrics")
    }
    everything = [(load.a_day, load.total()) for load in first]
    days = [load.a_day for load in first]
    x = Axis(
        "requests a day", days[0], days[-1], days, "{:,.0f}".format, logarithmic=True
    )
    marks = [0.01, 0.1, 1, 10, 100, 1_000, 10_000]
    y = Axis("dollars a month", 0.01, 15_000, marks, "{:,g}".format, logarithmic=True)
    title = f"The monthly bill by traffic, {first[0].one.name}"
    return Lines(title, x, y, {"all": everything, **of})


def _cold(inputs: Inputs) -> Lines:
    costs, one = Costs(inputs, inputs.memory_mb), inputs.implementations[0]
    series: dict[str, list[tuple[float, float]]] = {}
    for a_day in DAYS:
        for how, share in Load(costs, one, a_day).cold_shares.items():
            series.setdefault(how, []).append((a_day, share))
    marks = [0.0001, 0.001, 0.01, 0.1, 1]
    x = Axis("requests a day", DAYS[0], DAYS[-1], DAYS, "{:,}".format, logarithmic=True)
    y = Axis(
        "share of cold requests (bottom: less than 0.01 %)",
        LEAST_COLD,
        1,
        marks,
        lambda share: f"{share * 100:g} %",
        logarithmic=True,
    )
    named = {NAMES.get(how, how): points for how, points in series.items()}
    return Lines(f"Cold starts by traffic, simulated, {one.name}", x, y, named)


NAMES = {"provisioned concurrency": "provisioned"}


def _step(loads: Mapping[str, list[Load]]) -> Lines:
    series = {
        name: [(float(rate), steps(of[0], rate).refused_share) for rate in STEPS]
        for name, of in loads.items()
    }
    x = Axis(
        "requests a second, from zero",
        STEPS[0],
        STEPS[-1],
        STEPS,
        "{:,}".format,
        logarithmic=True,
    )
    most = max(0.1, *(share for points in series.values() for _, share in points))
    marks = [mark / 100 for mark in range(0, int(most * 100) + 1, 5)]
    y = Axis("refused by Lambda in the first 10 s", 0, most, marks, "{:.0%}".format)
    return Lines("A step from zero traffic, simulated", x, y, series)


def _writes(inputs: Inputs) -> Lines:
    series = {
        f"{shards} shard{'s' if shards > 1 else ''}": [
            (float(offered), written(inputs, shards, offered).done)
            for offered in OFFERED
        ]
        for shards in shard_counts(inputs)
    }
    marks = [250, 1_000, 4_000, 16_000, 48_000]
    x = Axis(
        "creations offered a second",
        250,
        48_000,
        marks,
        "{:,}".format,
        logarithmic=True,
    )
    y = Axis("written a second", 250, 48_000, marks, "{:,}".format, logarithmic=True)
    return Lines("Saturation of a list's shards, simulated", x, y, series)


def _lists(inputs: Inputs) -> Lines:
    costs = Costs(inputs, inputs.memory_mb)
    series = {
        f"{row}, {one.name}": [
            (float(shards), list_dollars(costs, one, shards, row))
            for shards in shard_counts(inputs)
        ]
        for row in LISTS
        for one in inputs.implementations
    }
    counts = shard_counts(inputs)
    x = Axis("ListShards", counts[0], counts[-1], counts)
    most = max(value for points in series.values() for _, value in points)
    y = Axis("dollars of a million pages of 20", 0, most, range(0, int(most) + 1, 2))
    return Lines("Cost of lists by number of shards", x, y, series)
