"""The tables of dollars and of their inputs."""

from __future__ import annotations

from collections.abc import Mapping

from lab.markdown import table
from lab.scale.costs import COMPONENTS, MILLION, Costs, total
from lab.scale.inputs import Implementation, Inputs
from lab.scale.loads import FUNCTIONS, Load
from lab.scale.report.figures import (
    dollars,
    milliseconds,
    number,
    units,
    whole,
)


def measured(inputs: Inputs) -> str:
    """Return the table of CPU times by operation and of fresh sandboxes."""
    names = [one.name for one in inputs.implementations]
    documents = inputs.documents["durations"]["implementations"]
    runtimes = [f"{name}, {documents[name]['runtime']}" for name in names]
    head = ["CPU milliseconds: mean; median (quartiles)", *runtimes]
    rows = [
        [row, *(_spread(documents[n]["operations"][row]["cpuMs"]) for n in names)]
        for row in inputs.implementations[0].operations
    ]
    for word in FUNCTIONS:
        for key, label in STARTS.items():
            cells = [_spread(documents[name]["functions"][word][key]) for name in names]
            rows.append([f"{word}: {label}", *cells])
        peaks = [documents[name]["functions"][word]["peakMemoryMb"] for name in names]
        rows.append([f"{word}: peak memory, MB", *map(whole, peaks)])
    return f"{_circumstances(inputs)}\n\n{table(head, rows)}"


STARTS = {"initCpuMs": "init", "firstRequestCpuMs": "first request"}


def _spread(of: Mapping[str, float]) -> str:
    middle = f"{of['median']:.2f} ({of['lower']:.2f}-{of['upper']:.2f})"
    return f"{of['mean']:.2f}; {middle}"


def _circumstances(inputs: Inputs) -> str:
    run = inputs.documents["durations"]
    machine = run["machine"]
    return (
        f"Measured on {run['measuredOn']}: {machine['processor']}, {machine['cores']} "
        f"cores, {machine['system']}; {run['freshSandboxes']} fresh sandboxes of each "
        f"function, {run['rounds']} rounds of every request after "
        f"{run['warmUpRounds']} to warm up."
    )


def calls(inputs: Inputs) -> str:
    """Return the table of AWS calls and request units of each operation."""
    one = inputs.implementations[0]
    bills = inputs.documents["calls"]["operations"][one.name]
    head = ["request", "calls", "read units", "write units: table", "indexes"]
    rows = [
        [
            row,
            ", ".join(_call(*each) for each in bills[row]["actions"].items()) or "none",
            units(usage.read_units),
            units(usage.table_writes),
            units(sum(usage.index_writes.values())),
        ]
        for row, usage in one.operations.items()
    ]
    return table(head, rows, texts=2)


def _call(action: str, count: int) -> str:
    name = action.replace("dynamodb:", "").replace("s3:", "S3 ")
    return name if count == 1 else f"{count} {name}"


def operations(inputs: Inputs) -> str:
    """Return the table of dollars of a million warm requests of each operation."""
    costs = Costs(inputs, inputs.memory_mb)
    ones = inputs.implementations
    shared = [name for name in COMPONENTS if name != "Lambda"]
    head = ["request", *shared]
    head += [f"{what}, {one.name}" for one in ones for what in ("ms", "Lambda", "all")]
    rows = []
    for row in ones[0].operations:
        first = costs.request(ones[0].operations[row])
        cells = [row, *(dollars(first[name]) for name in shared)]
        for one in ones:
            each = costs.request(one.operations[row])
            took = milliseconds(costs.duration_ms(one.operations[row]))
            cells += [took, dollars(each["Lambda"]), dollars(total(each))]
        rows.append(cells)
    empty = [""] * 3
    rows += [
        [name, "", "", dollars(of), "", "", *[*empty[:2], dollars(of)] * len(ones)]
        for name, of in costs.direct().items()
    ]
    return table(head, rows)


def cold(inputs: Inputs) -> str:
    """Return the table of what cold starts add, in time and dollars."""
    costs = Costs(inputs, inputs.memory_mb)
    head = [
        "function",
        "init at a full vCPU, ms",
        "init and first request at the memory's share, ms",
        "dollars of a million cold starts, at most",
        "of a million requests, one in a hundred cold",
    ]
    rows = []
    for one in inputs.implementations:
        for word in FUNCTIONS:
            longest = costs.cold_ms(one, word)
            starts = costs.run(longest) * MILLION
            rows.append(
                [
                    f"{one.name}, {word}",
                    whole(one.starts[word].init_ms),
                    whole(longest),
                    dollars(starts),
                    dollars(starts / 100),
                ]
            )
    return table(head, rows)


def memory(inputs: Inputs) -> str:
    """Return the table of duration and dollars of the mix, by memory setting."""
    ones = inputs.implementations
    head = ["memory, MB"]
    for one in ones:
        head += [
            f"mean request, ms, {one.name}",
            f"cold start adds at most, ms, {one.name}",
            f"Lambda, {one.name}",
            f"all, {one.name}",
        ]
    rows = []
    for setting in inputs.assumed["memorySettings"]["values"]:
        costs = Costs(inputs, setting)
        cells = [whole(setting)]
        for one in ones:
            mixed = costs.mixed(one)
            slowest = max(costs.cold_ms(one, word) for word in FUNCTIONS)
            cells += [
                milliseconds(mean_ms(costs, one)),
                whole(slowest),
                dollars(mixed["Lambda"]),
                dollars(total(mixed)),
            ]
        rows.append(cells)
    return table(head, rows)


def mean_ms(costs: Costs, one: Implementation) -> float:
    """Return the mean duration of the mix, in milliseconds."""
    mix = costs.inputs.mix
    return sum(mix[row] * costs.duration_ms(one.operations[row]) for row in mix)


def uncertainty(inputs: Inputs) -> str:
    """Return the table of dollars of the mix under other assumptions."""
    factors = inputs.assumed["waitFactors"]
    head = ["a million requests of the mix"]
    head += [f"{what}, {one.name}" for one in inputs.implementations for what in HEADS]
    cases = {
        "as assumed": Costs(inputs, inputs.memory_mb),
        "waits halved": Costs(inputs, inputs.memory_mb, factors["least"]),
        "waits doubled": Costs(inputs, inputs.memory_mb, factors["most"]),
        "arm64, if it is as fast": Costs(
            inputs, inputs.memory_mb, duration="lambdaDurationArm"
        ),
    }
    rows = [[name, *_mixed(costs)] for name, costs in cases.items()]
    doubled = inputs.prices["dynamodbWrite"] * MILLION * _transacted(inputs)
    as_assumed = cases["as assumed"]
    rows.append(
        [
            "index writes of transactions count double too",
            *_mixed(as_assumed, doubled),
        ]
    )
    return table(head, rows)


HEADS = ("mean ms", "Lambda", "all")


def _mixed(costs: Costs, more: float = 0.0) -> list[str]:
    cells = []
    for one in costs.inputs.implementations:
        mixed = costs.mixed(one)
        cells.append(milliseconds(mean_ms(costs, one)))
        cells += [dollars(mixed["Lambda"]), dollars(total(mixed) + more)]
    return cells


def _transacted(inputs: Inputs) -> float:
    """Return the mean index write units of a request's transactions."""
    usages = inputs.implementations[0].operations
    return sum(
        share * sum(usages[row].index_writes.values())
        for row, share in inputs.mix.items()
        if "transaction" in usages[row].waits
    )


def bills(loads: Mapping[str, list[Load]]) -> str:
    """Return the table of dollars of a month by component, at every scale."""
    rows = []
    first = next(iter(loads.values()))
    names = list(first[0].bill())
    head = ["dollars a month"]
    head += [f"{whole(load.a_day)} a day" for load in first]
    for implementation, of in loads.items():
        parts = [load.bill() for load in of]
        rows += [
            [f"{implementation}: {name}", *(dollars(bill[name]) for bill in parts)]
            for name in names
            if implementation == first[0].one.name or name == "Lambda"
        ]
        rows.append(
            [
                f"**{implementation}: all**",
                *(f"**{dollars(load.total())}**" for load in of),
            ]
        )
        rows.append(
            [
                f"{implementation}: a million requests",
                *(dollars(load.total() / load.a_month * MILLION) for load in of),
            ]
        )
    return table(head, rows)


def prices(inputs: Inputs) -> str:
    """Return the table of every price with its source."""
    document = inputs.documents["prices"]
    rows = [
        [
            one["unit"],
            f"{number(one['usd'], 7).rstrip('0').rstrip('.')} / {one['per']:,}",
            f"[AWS]({one['source']})",
            one["basis"],
        ]
        for one in document["prices"].values()
    ]
    note = f"Region {document['region']}, as of {document['asOf']}. {document['note']}"
    return f"{note}\n\n{table(['unit', 'USD / units', 'source', 'read from'], rows, 4)}"


def limits(inputs: Inputs) -> str:
    """Return the table of every limit of AWS with its source."""
    rows = [
        [one["unit"], f"{one['value']:,}", f"[AWS]({one['source']})"]
        for one in inputs.documents["limits"].values()
    ]
    return table(["limit", "value", "source"], rows, texts=3)


def assumptions(inputs: Inputs) -> str:
    """Return the table of assumptions and their reasons."""
    rows = []
    for name, one in inputs.assumed.items():
        values = {key: value for key, value in one.items() if key != "why"}
        rows.append([f"`{name}`", _values(values), one["why"]])
    return table(["assumption", "value", "why"], rows, texts=3)


def _values(values: Mapping[str, object]) -> str:
    parts = []
    for key, value in values.items():
        if isinstance(value, dict):
            parts += [f"{name} {each:g}" for name, each in value.items()]
        elif isinstance(value, list):
            parts += [f"{each:,}" for each in value]
        else:
            parts.append(f"{value}" if key == "value" else f"{key} {value}")
    return "; ".join(parts)
