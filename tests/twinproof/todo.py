"""The todo list of the tool's examples, served in this process, with its store."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from twinproof.cases.model import read_cases
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.exchange.drivers import Http
from twinproof.exchange.model import Item, Key
from twinproof.fuzz.fuzzer import Fuzzer, FuzzRun
from twinproof.lint.lint import lint
from twinproof.lint.structure import lint_structure
from twinproof.run.results import Run
from twinproof.run.runner import Runner
from twinproof.stores.resources import Blob, Resources
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import Target

EXAMPLE = Path(__file__).parents[2] / "twinproof" / "examples" / "todo"
STORE = "todos"
NAME = "todo_service"
WORKERS = 4
ADDED = frozenset({"content-length", "date"})


class MemoryStore:
    """The tool's interface to a store, over the dictionary of a todo service."""

    def __init__(self, service: Any, name: str) -> None:
        self.service = service
        # Two stores with the same name would count as one.
        self.resources = Resources({STORE: name})

    def read(self, keys: Iterable[Key]) -> dict[Key, Item | None]:
        with self.service.lock:
            return {key: self._item(key) for key in keys}

    def _item(self, key: Key) -> Item | None:
        # A copy: the service must not change what was read before.
        todo = self.service.todos.get(key.name)
        return None if todo is None else dict(todo)

    def write(self, things: Mapping[Key, Item | Blob]) -> None:
        with self.service.lock:
            for key, item in things.items():
                assert not isinstance(item, Blob)
                self.service.todos[key.name] = dict(item)

    def remove(self, keys: Iterable[Key]) -> None:
        with self.service.lock:
            for key in keys:
                self.service.todos.pop(key.name, None)

    def query(self, _: str, attribute: str, value: str) -> list[str]:
        with self.service.lock:
            todos = list(self.service.todos.values())
        return [todo["id"] for todo in todos if todo.get(attribute) == value]

    def traces(self, run: str) -> list[Key]:
        with self.service.lock:
            todos = list(self.service.todos.values())
        return [Key(STORE, todo["id"]) for todo in todos if run in todo["title"]]


Served = tuple[str, "MemoryStore | None"]
"""A base URL, and its store."""


def load(example: Path = EXAMPLE) -> ModuleType:
    """Return a new copy of the module of an example's service."""
    spec = importlib.util.spec_from_file_location(NAME, example / "service.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look up their module by name while they are created.
    with mock.patch.dict(sys.modules, {NAME: module}):
        spec.loader.exec_module(module)
    return module


def findings(example: Path) -> list[str]:
    """Return the findings of lint for the contract of an example."""
    root = example / "contract"
    return [str(each) for each in [*lint_structure(root), *lint(Contract(root))]]


def check(example: Path, targets: Mapping[str, Served]) -> Run:
    """Run every case and journey of an example on its targets, by their names."""
    checks, prepared_targets = _prepared(example, targets)
    runner = Runner(checks, prepared_targets, lambda _: None, "0badcafe")
    root, schemas = checks.contract.root, checks.contract.schemas
    return runner.run(read_cases(root, schemas))


def fuzz(example: Path, targets: Mapping[str, Served], sequences: int) -> FuzzRun:
    """Run drawn sequences on two targets, by their names."""
    checks, (left, right) = _prepared(example, targets)
    drawing = checks.domain.drawing
    assert drawing
    fuzzer = Fuzzer(checks, drawing, (left, right), 1, WORKERS, lambda _: None)
    return fuzzer.run(range(sequences))


def _prepared(
    example: Path, targets: Mapping[str, Served]
) -> tuple[Checks, list[PreparedTarget]]:
    checks = Checks.read(Contract(example / "contract"))
    prepared_targets = [
        PreparedTarget(
            Target(name, url, writes="any", gateway_headers=ADDED), Http(url), store
        )
        for name, (url, store) in targets.items()
    ]
    return checks, prepared_targets


@contextmanager
def serving(example: Path = EXAMPLE) -> Iterator[tuple[str, MemoryStore]]:
    """Serve an example on a free port of loopback; yield its URL and its store."""
    module = load(example)
    service = module.Service()
    server = module.server_of(service, 0)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield url, MemoryStore(service, url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
