"""The facts about a service in twinproof.toml; all of them are optional."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from twinproof.contract.schemas import Schemas
from twinproof.errors import FileFault, FileFinding
from twinproof.values.ids import NOTATIONS

FILE = "twinproof.toml"


@dataclass(frozen=True)
class Files:
    """The paths of a contract's files in its folder, with their defaults."""

    problems: str = "schemas/problem.json"
    volatile: str = "volatile.yaml"
    unreachable: str = "unreachable.yaml"


@dataclass(frozen=True)
class Idempotency:
    """The header under which a request may be repeated."""

    header: str
    longest: int
    """The most characters of a key; a longer one is refused and never stored."""


@dataclass(frozen=True)
class RequestId:
    """The header that returns the id of a request."""

    header: str
    gateway: str = ""
    """The gateway's header with the same id; "" if there is none."""
    clause: str = FILE
    """The clause that requires both to be equal."""


@dataclass(frozen=True)
class Gateway:
    """How to distinguish the gateway's own responses from the service's."""

    marker: str
    """A header that every response of the service has."""
    schema: str = ""
    """The schema of the gateway's own bodies; "" allows any."""


@dataclass(frozen=True)
class Lists:
    """The form of a list, page by page."""

    items: str = "items"
    next: str = "nextCursor"
    parameter: str = "cursor"
    order: tuple[str, ...] = ()
    """The fields that it is ordered by; a minus means descending."""


@dataclass(frozen=True)
class FuzzGoals:
    """The goals of a full run of `fuzz`."""

    floor: int = 50
    """In how many sequences of a full run each documented status must occur."""
    full_run: int = 20_000
    median_steps: int = 8
    past_validation: float = 0.6
    """The least share of steps that pass validation."""
    refused: frozenset[int] = frozenset({400, 413, 415})
    """The statuses of requests that did not pass validation."""


@dataclass(frozen=True)
class StoreEntry:
    """One table or bucket behind a target."""

    kind: str
    """`dynamodb`, `s3` or `memory`, which the caller of the tool provides."""
    output: str = ""
    """The CloudFormation Output that names it."""
    name: str = ""
    """Its literal name, if no Output is named."""
    sample: str = ""
    """Its name in rendered files."""
    key: str = ""
    """The attribute that is its key."""
    ttl: str = ""
    """The attribute with the time, in epoch seconds, after which an item may go."""
    own: tuple[str, ...] = ()
    """The attributes that may have an own value."""
    indexes: Mapping[str, str] = field(default_factory=dict)
    """By attribute: the index that finds items by it."""


@dataclass(frozen=True)
class Output:
    """One more fact of a target's stack."""

    output: str
    type: str
    default: int | str | None = None
    """None: the stack must have it."""
    sample: int | str | None = None
    """Its value in rendered files; None: `default`."""


@dataclass(frozen=True)
class Function:
    """One function behind the API."""

    output: str
    """The Output with its name; with the suffix `Alias`, that of its alias."""
    route: str = ""
    """The prefix of the paths that it serves; "": all that no other function serves."""


@dataclass(frozen=True)
class RecordEntry:
    """One kind of record."""

    name: str
    store: str
    id: str
    """The field with its id, in bodies and items."""
    schema: str
    """The schema of its item."""
    operations: tuple[str, ...]
    """The patterns of operationIds."""


@dataclass(frozen=True)
class Own:
    """An expression for a value of one case in one run."""

    format: str
    """A template with `{text}`, `{case}` and `{run}`."""
    fold: str = ""
    """`lower`: the service stores it in lower case."""
    member_first: bool = False
    """Whether the name is a field, directly under a body or an item."""
    in_logs: bool = True
    """Whether a log line may contain it."""


@dataclass(frozen=True)
class LogLine:
    """One kind of log line: how to recognise it, and how often a request writes it."""

    schema: str
    where: Mapping[str, Any] = field(default_factory=dict)
    has: str = ""
    times: int | None = None
    """None: any number of times."""
    last: bool = False
    """Whether it is the last line of a request."""

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Say whether a log event is of this kind."""
        if self.has:
            return self.has in event
        return all(event.get(name) == value for name, value in self.where.items())


@dataclass(frozen=True)
class Logs:
    """The log lines of a request."""

    request: LogLine
    metric: LogLine
    clause: str = FILE
    """The clause that requires it."""
    id: str = ""
    """The field of the request line with the request's id."""
    equal: Mapping[str, str] = field(default_factory=dict)
    """By field of the request line: the part of the exchange that it repeats."""

    def schema_of(self, event: Mapping[str, Any]) -> str:
        """Return the schema of a log event; the metric's if it is a metric line."""
        return (self.metric if self.metric.fits(event) else self.request).schema


@dataclass(frozen=True)
class Rendered:
    """The files that are rendered from the contract, relative to its folder."""

    events: str = "../events"
    emulators: str = "../docs/emulators.md"
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Events without a case, by the name of their file."""


@dataclass(frozen=True)
class Config:
    """All of twinproof.toml; a missing part has its default."""

    root: Path
    files: Files = field(default_factory=Files)
    plugin: tuple[str, str] | None = None
    """The plugin's module and its folder, relative to `root`."""
    notations: tuple[str, ...] = tuple(NOTATIONS)
    match: Mapping[str, str] = field(default_factory=dict)
    idempotency: Idempotency | None = None
    request_id: RequestId | None = None
    gateway: Gateway | None = None
    lists: Lists = field(default_factory=Lists)
    statuses_reached: bool = False
    """Whether lint requires a case for every documented status."""
    samples_complete: bool = False
    """Whether lint requires a sample event for every operation."""
    fuzz: FuzzGoals = field(default_factory=FuzzGoals)
    stores: Mapping[str, StoreEntry] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    namespace: str = ""
    """The Output with the namespace of metrics; "" if there is none."""
    records: tuple[RecordEntry, ...] = ()
    companions: Mapping[str, str] = field(default_factory=dict)
    """The schemas of items that belong to a record, by their kind."""
    own: Mapping[str, Own] = field(default_factory=dict)
    logs: Logs | None = None
    rendered: Rendered = field(default_factory=Rendered)

    @classmethod
    def read(cls, root: Path, schemas: Schemas) -> Config:
        """Read the config of a contract folder; raise `FileFault`."""
        path = root / FILE
        if not path.is_file():
            return cls(root)
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            lines = str(error).splitlines()[0]
            raise FileFault([FileFinding(FILE, "", lines)]) from None
        faults = schemas.faults("formats/twinproof.json", document)
        if faults:
            raise FileFault(
                [FileFinding(FILE, each.pointer, each.what) for each in faults]
            )
        return _config(root, document)

    @cached_property
    def ends(self) -> Mapping[str, str]:
        """Return by store: the attribute after whose time it may delete an item."""
        return {name: store.ttl for name, store in self.stores.items() if store.ttl}

    @cached_property
    def forgets(self) -> bool:
        """Say whether all data ends with the service's process.

        Then a case may write although nothing can be removed afterwards.
        """
        return all(store.kind == "memory" for store in self.stores.values())

    def function_of(self, path: str) -> str:
        """Return the name of the function that serves a path; "" if none does."""
        routed = {
            name
            for name, each in self.functions.items()
            if each.route and f"{path}/".startswith(f"{each.route}/")
        }
        others = (name for name, each in self.functions.items() if not each.route)
        length = {name: len(self.functions[name].route) for name in routed}
        return max(length, key=length.__getitem__, default=next(others, ""))

    def id_of(self, document: object) -> str:
        """Return the id of the record in a body or an item; "" if there is none."""
        if not isinstance(document, Mapping):
            return ""
        record = self.record_in(document)
        return str(document[record.id]) if record else ""

    def position(self, document: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values that `lists.order` sorts a record by."""
        names = (name.removeprefix("-") for name in self.lists.order)
        known = {"id": self.id_of(document), **document}
        return tuple(known[name] for name in names)

    def schema_of(self, kind: str) -> str:
        """Return the schema of the items of a kind of key; "" if they have none."""
        for record in self.records:
            if record.name == kind:
                return record.schema
        return self.companions.get(kind, "")

    def record_of(self, operation: str) -> RecordEntry | None:
        """Return the kind of record that an operation is about, or None."""
        for record in self.records:
            if any(fnmatchcase(operation, each) for each in record.operations):
                return record
        return None

    def record_in(self, document: Mapping[str, Any]) -> RecordEntry | None:
        """Return the kind of record in a body or an item, or None."""
        for record in self.records:
            if isinstance(document.get(record.id), str):
                return record
        return None


def _config(root: Path, table: Mapping[str, Any]) -> Config:
    lint, plugin = table.get("lint", {}), table.get("plugin")
    parts: dict[str, Any] = {
        name: make(**_names(table[key]))
        for key, name, make in (
            ("files", "files", Files),
            ("idempotency", "idempotency", Idempotency),
            ("request-id", "request_id", RequestId),
            ("gateway", "gateway", Gateway),
        )
        if key in table
    }
    if "ids" in table:
        parts["notations"] = tuple(table["ids"].get("notations", ()))
    return Config(
        root,
        **parts,
        plugin=(plugin["module"], plugin.get("path", ".")) if plugin else None,
        match=table.get("match", {}),
        lists=Lists(**_tuples(table.get("lists", {}))),
        statuses_reached=lint.get("statuses") == "all-reached",
        samples_complete=lint.get("samples") == "one-per-operation",
        fuzz=_fuzz(table.get("fuzz", {})),
        stores=_each(StoreEntry, table.get("stores", {})),
        outputs=_each(Output, table.get("outputs", {})),
        functions=_each(Function, table.get("functions", {})),
        namespace=table.get("metrics", {}).get("namespace", ""),
        records=tuple(
            RecordEntry(name, **_tuples(entry))
            for name, entry in table.get("records", {}).items()
        ),
        companions=table.get("companions", {}),
        own=_each(Own, table.get("own", {})),
        logs=_logs(table.get("logs")),
        rendered=_rendered(table.get("rendered", {})),
    )


def _names(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields by their names in Python."""
    return {name.replace("-", "_"): value for name, value in table.items()}


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _names(table).items()
    }


def _each(make: Any, table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: make(**_tuples(entry)) for name, entry in table.items()}


def _fuzz(table: Mapping[str, Any]) -> FuzzGoals:
    more = _names(table)
    if "refused" in more:
        more["refused"] = frozenset(more["refused"])
    return FuzzGoals(**more)


def _logs(table: Mapping[str, Any] | None) -> Logs | None:
    if table is None:
        return None
    lines = {name: LogLine(**table[name]) for name in ("request", "metric")}
    return Logs(**{**table, **lines})


def _rendered(table: Mapping[str, Any]) -> Rendered:
    return Rendered(**table.get("paths", {}), extra=table.get("events", {}))
