"""Finds names in twinproof.toml that do not exist, and contradictions in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from twinproof.contract.config import FILE, Config, Files, RecordEntry
from twinproof.contract.ecma import NoPattern, found
from twinproof.errors import FileFinding


def misnamed(config: Config, files: Collection[str]) -> Iterator[FileFinding]:
    """Yield what a config's format cannot check; `files`: the paths of all schemas.

    Without this a run would skip checks or stop in the middle.
    """
    for where, path in _schemas(config):
        if path.partition("#")[0] not in files:
            yield FileFinding(FILE, where, f"there is no such schema: {path}")
    for record in config.records:
        if record.store not in config.stores:
            where = f"/records/{record.name}/store"
            yield FileFinding(FILE, where, f"there is no [stores.{record.store}]")
    if config.plugin is None:
        yield from _ambiguous(config.records)
    for name, pattern in config.match.items():
        try:
            found(pattern, "")
        except NoPattern as error:
            yield FileFinding(FILE, f"/match/{name}", str(error))
    yield from _facts(config)


def _schemas(config: Config) -> Iterator[tuple[str, str]]:
    """Yield every schema name, and where it is."""
    for record in config.records:
        yield f"/records/{record.name}/schema", record.schema
    for kind, schema in config.companions.items():
        yield f"/companions/{kind}", schema
    if config.gateway and config.gateway.schema:
        yield "/gateway/schema", config.gateway.schema
    if config.files.problems != Files.problems:
        yield "/files/problems", config.files.problems
    if config.logs:
        yield "/logs/request/schema", config.logs.request.schema
        yield "/logs/metric/schema", config.logs.metric.schema


def _ambiguous(records: tuple[RecordEntry, ...]) -> Iterator[FileFinding]:
    """Yield records that only a plugin could distinguish."""
    for key in ("id", "store"):
        counts = Counter(getattr(record, key) for record in records)
        for record in records:
            if counts[getattr(record, key)] > 1:
                what = (
                    f"another record has this {key}, and no plugin distinguishes them"
                )
                yield FileFinding(FILE, f"/records/{record.name}/{key}", what)


def _facts(config: Config) -> Iterator[FileFinding]:
    """Yield entries about the stack and the logs that cannot be used."""
    for name, entry in config.outputs.items():
        wanted = int if entry.type == "integer" else str
        for key in ("default", "sample"):
            value = getattr(entry, key)
            if value is not None and not isinstance(value, wanted):
                what = f"{value!r} is not of type {entry.type}"
                yield FileFinding(FILE, f"/outputs/{name}/{key}", what)
    routes = Counter(function.route for function in config.functions.values())
    for name, function in config.functions.items():
        if routes[function.route] > 1:
            what = "another function serves the same paths"
            yield FileFinding(FILE, f"/functions/{name}/route", what)
    if config.logs and not (config.logs.id and config.request_id):
        what = "log lines are found by the request's id: it needs `id` and [request-id]"
        yield FileFinding(FILE, "/logs", what)
