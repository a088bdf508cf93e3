"""The inputs of the model: JSON files, each with a schema in formats/."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lab import documents
from lab.documents import InputError
from local.template import at, load

HERE = Path(__file__).resolve().parent
PRICES = HERE / "prices" / "us-east-1.json"
FORMATS = HERE / "formats"
# The shares of a mix are whole multiples of one part of these.
MIX_PARTS = 100


def _whole(*names: str) -> int:
    """Return a whole number of the template by its path; raises `InputError`."""
    value = at(load(), *names)
    try:
        return int(value)
    except (TypeError, ValueError):
        where = "/".join(names)
        raise InputError(f"template.yaml: {where} is not a whole number") from None


@dataclass(frozen=True)
class Usage:
    """The resources that one request uses.

    `cpu_ms` is the mean CPU time on the measuring machine (the mean, because a bill is
    a sum). `waits` counts by kind the AWS calls that follow each other.
    """

    function: str
    cpu_ms: float
    waits: Mapping[str, int]
    read_units: float
    table_writes: float
    index_writes: Mapping[str, float]
    s3_reads: int
    log_bytes: int
    log_events: int
    response_bytes: int

    @property
    def write_units(self) -> float:
        """Return all write units, of the table and its indexes."""
        return self.table_writes + sum(self.index_writes.values())


@dataclass(frozen=True)
class ColdStart:
    """A cold start: mean CPU milliseconds of init and first request."""

    init_ms: float
    first_ms: float


@dataclass(frozen=True)
class Implementation:
    """The measurements of one implementation.

    `operations` are by row, `lists` by number of shards and row, `starts` by function.
    """

    name: str
    operations: Mapping[str, Usage]
    lists: Mapping[int, Mapping[str, Usage]]
    starts: Mapping[str, ColdStart]

    @property
    def operation_ids(self) -> set[str]:
        """Return the operations of the rows; an operation may have several rows."""
        return {row.partition(",")[0] for row in self.operations}


@dataclass(frozen=True)
class Inputs:
    """All input files; `documents` has their contents by the name of their format."""

    documents: Mapping[str, Any]

    @cached_property
    def prices(self) -> dict[str, float]:
        """Return dollars of one unit, by name."""
        listed = self.documents["prices"]["prices"].items()
        return {name: one["usd"] / one["per"] for name, one in listed}

    @property
    def api_tier(self) -> float:
        """Return the requests of a month beyond which API Gateway's price falls."""
        price = self.documents["prices"]["prices"]["httpApiRequestBeyond"]
        return float(price["beyond"])

    @cached_property
    def limits(self) -> dict[str, float]:
        """Return AWS's published limits, by name."""
        listed = self.documents["limits"].items()
        return {name: one["value"] for name, one in listed}

    @property
    def assumed(self) -> Mapping[str, Any]:
        """Return the assumptions, by name."""
        assumptions: Mapping[str, Any] = self.documents["assumptions"]
        return assumptions

    @property
    def mix(self) -> Mapping[str, float]:
        """Return the share of each row in the traffic; together 1."""
        shares: Mapping[str, float] = self.assumed["mix"]["shares"]
        return shares

    @cached_property
    def memory_mb(self) -> int:
        """Return the memory setting of the template."""
        return _whole("Globals", "Function", "MemorySize")

    @cached_property
    def throttling(self) -> tuple[int, int]:
        """Return the template's limits: requests a second, and the burst."""
        rate, burst = (
            _whole("Parameters", f"Throttling{what}", "Default")
            for what in ("Rate", "Burst")
        )
        return rate, burst

    @cached_property
    def shards(self) -> int:
        """Return the default number of list shards."""
        return _whole("Parameters", "ListShards", "Default")

    @cached_property
    def implementations(self) -> list[Implementation]:
        """Return the measurements of every implementation."""
        names = self.documents["durations"]["implementations"]
        return [self._implementation(name) for name in names]

    def _implementation(self, name: str) -> Implementation:
        measured = self.documents["durations"]["implementations"][name]
        calls = self.documents["calls"]
        lists = {
            int(shards): _usages(runs, calls["lists"][name][shards])
            for shards, runs in measured["lists"].items()
        }
        starts = {
            word: ColdStart(of["initCpuMs"]["mean"], of["firstRequestCpuMs"]["mean"])
            for word, of in measured["functions"].items()
        }
        operations = _usages(measured["operations"], calls["operations"][name])
        return Implementation(name, operations, lists, starts)


def read() -> Inputs:
    """Read every file; raises `InputError`."""
    files = {
        "prices": PRICES,
        **{
            name: HERE / f"{name}.json"
            for name in ("limits", "assumptions", "durations", "calls")
        },
    }
    inputs = Inputs({name: checked(name, path) for name, path in files.items()})
    require_drawable(inputs.mix)
    return inputs


def require_drawable(mix: Mapping[str, float]) -> None:
    """Raise `InputError` if a share is no multiple of 1/100 or their sum is not 1."""
    parts = {row: share * MIX_PARTS for row, share in mix.items()}
    for row, of in parts.items():
        if not math.isclose(of, round(of)):
            raise InputError(
                f"assumptions.json.mix.shares: {row} has {mix[row]}, which is no "
                f"multiple of 1/{MIX_PARTS}"
            )
    if sum(map(round, parts.values())) != MIX_PARTS:
        raise InputError("assumptions.json.mix.shares: their sum is not 1")


def checked(name: str, path: Path) -> Any:
    """Return the document of a file that fits the format `name`.

    Raises `InputError`.
    """
    if name == "durations" and not path.is_file():
        raise InputError(f"{path.name} is missing; make it with: make scale-measure")
    return documents.read(path, format_of(name))


def format_of(name: str) -> Path:
    """Return the path of the schema with this name."""
    return FORMATS / f"{name}.json"


def _usages(runs: Mapping[str, Any], bills: Mapping[str, Any]) -> dict[str, Usage]:
    return {row: _usage(row, run, bills[row]) for row, run in runs.items()}


def _usage(row: str, run: Mapping[str, Any], bill: Mapping[str, Any]) -> Usage:
    return Usage(
        function="assets" if "Asset" in row else "users",
        cpu_ms=run["cpuMs"]["mean"],
        waits=bill["waits"],
        read_units=bill["readUnits"],
        table_writes=bill["tableWriteUnits"],
        index_writes=bill["indexWriteUnits"],
        s3_reads=bill["actions"].get("s3:HEAD", 0),
        log_bytes=run["logBytes"],
        log_events=run["logEvents"],
        response_bytes=run["responseBytes"],
    )
