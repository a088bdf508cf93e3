"""What a contract folder says of its service: twinproof.toml, all of it optional."""

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
    """Where files of a contract are, under its folder, if not where they mostly are."""

    problems: str = "schemas/problem.json"
    volatile: str = "volatile.yaml"
    unreachable: str = "unreachable.yaml"


@dataclass(frozen=True)
class Idempotency:
    """The header under which a request may be repeated."""

    header: str
    longest: int
    """Characters of a key; a longer one is refused, and never stored."""


@dataclass(frozen=True)
class RequestId:
    """The header that answers the id of a request."""

    header: str
    gateway: str = ""
    """The header in which a gateway gives the same id; "": none."""
    clause: str = FILE
    """What demands that both are the same."""


@dataclass(frozen=True)
class Gateway:
    """How an answer of the gateway's own is known from one of the service."""

    marker: str
    """A header of every answer of the service."""
    schema: str = ""
    """What a body of the gateway's own looks like; "": anything."""


@dataclass(frozen=True)
class Lists:
    """How a list is answered, page by page."""

    items: str = "items"
    next: str = "nextCursor"
    parameter: str = "cursor"
    order: tuple[str, ...] = ()
    """Members it is ordered by; a minus stands before those that fall."""


@dataclass(frozen=True)
class FuzzGoals:
    """What a full run of `fuzz` is to reach."""

    floor: int = 50
    """In how many sequences of a full run each documented status is to be reached."""
    full_run: int = 20_000
    median_steps: int = 8
    past_validation: float = 0.6
    """The share of steps that come past validation."""
    refused: frozenset[int] = frozenset({400, 413, 415})
    """Statuses of requests that did not come past validation."""


@dataclass(frozen=True)
class StoreEntry:
    """One table or bucket behind a target."""

    kind: str
    """`dynamodb`, `s3`, or `memory`: who runs the tool hands it over."""
    output: str = ""
    """The CloudFormation Output that names it."""
    name: str = ""
    """Its name as it is, where no Output is named."""
    sample: str = ""
    """Its name in rendered files."""
    key: str = ""
    """The attribute that is its key."""
    ttl: str = ""
    """The attribute after whose time, in epoch seconds, an item may be reaped."""
    own: tuple[str, ...] = ()
    """Attributes that may hold an own value."""
    indexes: Mapping[str, str] = field(default_factory=dict)
    """By attribute, the index that finds items by it."""


@dataclass(frozen=True)
class Output:
    """One more fact of a target's stack."""

    output: str
    type: str
    default: int | str | None = None
    """None: the stack must say it."""
    sample: int | str | None = None
    """Its value in rendered files; None: `default`."""


@dataclass(frozen=True)
class Function:
    """One function behind the API."""

    output: str
    """The Output with its name; the same with `Alias` behind it names its alias."""
    route: str = ""
    """It serves the paths that begin so; "": all that no other function serves."""


@dataclass(frozen=True)
class RecordEntry:
    """One kind of record."""

    name: str
    store: str
    id: str
    """The member that holds its id, in bodies and items."""
    schema: str
    """Of its item."""
    operations: tuple[str, ...]
    """Patterns of operationIds."""


@dataclass(frozen=True)
class Own:
    """An expression for a value of one case in one run."""

    format: str
    """`{text}`, `{case}` and `{run}` stand for what they say."""
    fold: str = ""
    """`lower`: the service keeps it in lower case."""
    member_first: bool = False
    """Whether directly under a body or an item the name is a member's."""
    in_logs: bool = True
    """Whether a log line may hold it."""


@dataclass(frozen=True)
class LogLine:
    """One kind of log line: how it is known, and how often a request writes it."""

    schema: str
    where: Mapping[str, Any] = field(default_factory=dict)
    has: str = ""
    times: int | None = None
    """None: any number of times."""
    last: bool = False
    """Whether it ends what one request logs."""

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Say whether a log line's event is of this kind."""
        if self.has:
            return self.has in event
        return all(event.get(name) == value for name, value in self.where.items())


@dataclass(frozen=True)
class Logs:
    """What a request logs."""

    request: LogLine
    metric: LogLine
    clause: str = FILE
    """What demands it."""
    id: str = ""
    """The member of the request line that holds the request's id."""
    equal: Mapping[str, str] = field(default_factory=dict)
    """Members of the request line and what of the exchange they say."""

    def schema_of(self, event: Mapping[str, Any]) -> str:
        """Return the schema of a log line's event: the metric's where it is one."""
        return (self.metric if self.metric.fits(event) else self.request).schema


@dataclass(frozen=True)
class Rendered:
    """Files that are made of the contract, relative to its folder."""

    events: str = "../events"
    emulators: str = "../docs/emulators.md"
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Events that no case has, by the name of their file."""


@dataclass(frozen=True)
class Config:
    """Everything twinproof.toml says; each part is as if unsaid where it is missing."""

    root: Path
    files: Files = field(default_factory=Files)
    plugin: tuple[str, str] | None = None
    """The plugin's module and the folder to look in, relative to `root`."""
    notations: tuple[str, ...] = tuple(NOTATIONS)
    match: Mapping[str, str] = field(default_factory=dict)
    idempotency: Idempotency | None = None
    request_id: RequestId | None = None
    gateway: Gateway | None = None
    lists: Lists = field(default_factory=Lists)
    statuses_reached: bool = False
    """Whether lint asks for a case of every documented status."""
    samples_complete: bool = False
    """Whether lint asks for a sample event of every operation."""
    fuzz: FuzzGoals = field(default_factory=FuzzGoals)
    stores: Mapping[str, StoreEntry] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    namespace: str = ""
    """The Output that names the namespace of metrics; "": none does."""
    records: tuple[RecordEntry, ...] = ()
    companions: Mapping[str, str] = field(default_factory=dict)
    """Schemas of items that stand beside a record, by their kind."""
    own: Mapping[str, Own] = field(default_factory=dict)
    logs: Logs | None = None
    rendered: Rendered = field(default_factory=Rendered)

    @classmethod
    def read(cls, root: Path, schemas: Schemas) -> Config:
        """Return what a contract folder says; raise `FileFault` where it cannot."""
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
        """Return by store the attribute after whose time an item may be reaped."""
        return {name: store.ttl for name, store in self.stores.items() if store.ttl}

    @cached_property
    def forgets(self) -> bool:
        """Say whether all that is stored is gone with the service's process.

        Then a case may write where nothing can be removed behind it.
        """
        return all(store.kind == "memory" for store in self.stores.values())

    def function_of(self, path: str) -> str:
        """Return the name of the function that serves a path; "": none does."""
        routed = {
            name
            for name, each in self.functions.items()
            if each.route and f"{path}/".startswith(f"{each.route}/")
        }
        others = (name for name, each in self.functions.items() if not each.route)
        length = {name: len(self.functions[name].route) for name in routed}
        return max(length, key=length.__getitem__, default=next(others, ""))

    def id_of(self, document: object) -> str:
        """Return the id of the record that a body or an item shows; "": none."""
        if not isinstance(document, Mapping):
            return ""
        record = self.record_in(document)
        return str(document[record.id]) if record else ""

    def position(self, document: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what a record's place in a list depends on, as `lists.order` says."""
        names = (name.removeprefix("-") for name in self.lists.order)
        known = {"id": self.id_of(document), **document}
        return tuple(known[name] for name in names)

    def schema_of(self, kind: str) -> str:
        """Return the schema of the items of a kind of key; "" where they have none."""
        for record in self.records:
            if record.name == kind:
                return record.schema
        return self.companions.get(kind, "")

    def record_of(self, operation: str) -> RecordEntry | None:
        """Return the kind of record that an operation is about; None: of none."""
        for record in self.records:
            if any(fnmatchcase(operation, each) for each in record.operations):
                return record
        return None

    def record_in(self, document: Mapping[str, Any]) -> RecordEntry | None:
        """Return the kind of record that a body or an item shows; None: none."""
        for record in self.records:
            if isinstance(document.get(record.id), str):
                return record
        return None


def _config(root: Path, said: Mapping[str, Any]) -> Config:
    lint, plugin = said.get("lint", {}), said.get("plugin")
    parts: dict[str, Any] = {
        name: make(**_names(said[key]))
        for key, name, make in (
            ("files", "files", Files),
            ("idempotency", "idempotency", Idempotency),
            ("request-id", "request_id", RequestId),
            ("gateway", "gateway", Gateway),
        )
        if key in said
    }
    if "ids" in said:
        parts["notations"] = tuple(said["ids"].get("notations", ()))
    return Config(
        root,
        **parts,
        plugin=(plugin["module"], plugin.get("path", ".")) if plugin else None,
        match=said.get("match", {}),
        lists=Lists(**_tuples(said.get("lists", {}))),
        statuses_reached=lint.get("statuses") == "all-reached",
        samples_complete=lint.get("samples") == "one-per-operation",
        fuzz=_fuzz(said.get("fuzz", {})),
        stores=_each(StoreEntry, said.get("stores", {})),
        outputs=_each(Output, said.get("outputs", {})),
        functions=_each(Function, said.get("functions", {})),
        namespace=said.get("metrics", {}).get("namespace", ""),
        records=tuple(
            RecordEntry(name, **_tuples(entry))
            for name, entry in said.get("records", {}).items()
        ),
        companions=said.get("companions", {}),
        own=_each(Own, said.get("own", {})),
        logs=_logs(said.get("logs")),
        rendered=_rendered(said.get("rendered", {})),
    )


def _names(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return members by the names that Python has for them."""
    return {name.replace("-", "_"): value for name, value in said.items()}


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _names(said).items()
    }


def _each(make: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: make(**_tuples(entry)) for name, entry in said.items()}


def _fuzz(said: Mapping[str, Any]) -> FuzzGoals:
    more = _names(said)
    if "refused" in more:
        more["refused"] = frozenset(more["refused"])
    return FuzzGoals(**more)


def _logs(said: Mapping[str, Any] | None) -> Logs | None:
    if said is None:
        return None
    lines = {name: LogLine(**said[name]) for name in ("request", "metric")}
    return Logs(**{**said, **lines})


def _rendered(said: Mapping[str, Any]) -> Rendered:
    return Rendered(**said.get("paths", {}), extra=said.get("events", {}))
