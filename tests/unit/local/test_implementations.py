"""The facts that the local stack has about each implementation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from handlers.packaging import typescript
from handlers.packaging.order import BuildError
from local import implementations, node
from local.implementations import IMPLEMENTATIONS, named, refresh_typescript
from local.model import Function
from local.template import ROOT, ConfigurationError
from tests.unit.local.made import FUNCTION

USERS = replace(FUNCTION, handler="users-handler.handler", runtime="nodejs24.x")


@pytest.fixture
def functions(tmp_path: Path) -> list[Function]:
    packages = {"UsersFunction": "users", "AssetsFunction": "assets"}
    for folder in packages.values():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}-handler.js").write_text("old")
    return [
        replace(USERS, logical_id=name, package=tmp_path / folder)
        for name, folder in packages.items()
    ]


def test_all_but_the_first_work_on_the_first_one_s_data() -> None:
    first, *others = IMPLEMENTATIONS
    assert not first.parameters
    assert others
    for one in others:
        assert dict(one.parameters) == {"DataStack": first.stack}


@pytest.mark.parametrize("one", IMPLEMENTATIONS, ids=lambda one: one.name)
def test_every_path_named_is_there(one: implementations.Implementation) -> None:
    assert all((ROOT / name).is_dir() for name in one.sources)
    assert all((ROOT / name).exists() for name in one.inputs)


@pytest.mark.parametrize("number", range(len(IMPLEMENTATIONS)))
def test_the_target_file_leads_to_where_it_is_served(number: int) -> None:
    one = IMPLEMENTATIONS[number]
    path = ROOT / "contract" / "targets" / f"{one.name}.yaml"
    target = yaml.safe_load(path.read_text("utf-8"))
    assert target["implementation"] == one.name
    assert target["stack"] == one.stack
    assert target["url"] == f"http://127.0.0.1:{3000 + number}"


def test_a_word_that_is_no_implementation_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no interpreter is known for cobol"):
        named("cobol")


def test_typescript_runs_on_the_newest_node_that_is_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interpreter(runtime: str) -> str:
        if runtime != "nodejs22.x":
            raise ConfigurationError(f"no {runtime}")
        return "node"

    monkeypatch.setattr(node, "interpreter", interpreter)
    assert implementations.typescript_runtime() == "nodejs22.x"


def test_without_any_node_the_newest_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interpreter(runtime: str) -> str:
        raise ConfigurationError(f"no {runtime}")

    monkeypatch.setattr(node, "interpreter", interpreter)
    with pytest.raises(ConfigurationError, match=r"no nodejs24\.x"):
        implementations.typescript_runtime()


def test_saved_typescript_is_bundled_once_for_both_functions(
    functions: list[Function], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[str]]] = []

    def bundle(
        runtime: str, names: Sequence[str], target: Path, *, source_maps: bool
    ) -> None:
        assert not source_maps
        asked.append((runtime, list(names)))
        for name in names:
            (target / typescript.bundle_of(name)).write_text(f"new {name}")

    monkeypatch.setattr(typescript, "bundle", bundle)
    refresh_typescript(functions)

    assert asked == [("nodejs24.x", ["UsersFunction", "AssetsFunction"])]
    for function in functions:
        (file,) = function.package.iterdir()
        assert file.name == typescript.bundle_of(function.logical_id)
        assert file.read_text() == f"new {function.logical_id}"


def test_typescript_that_makes_no_bundle_says_why_when_it_is_run(
    functions: list[Function], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bundle(*_: object, **__: object) -> None:
        raise BuildError('Expected ";" but found "x"')

    monkeypatch.setattr(typescript, "bundle", bundle)
    refresh_typescript(functions)

    for function in functions:
        text = (
            function.package / typescript.bundle_of(function.logical_id)
        ).read_text()
        assert (
            text == r'throw new SyntaxError("Expected \";\" but found \"x\"");' + "\n"
        )


def test_source_map_for_a_debugger_names_the_sources_by_paths_that_are_there(
    functions: list[Function],
) -> None:
    users = replace(functions[0], debug_port=9229)

    refresh_typescript([users])

    bundle = users.package / typescript.bundle_of(users.logical_id)
    document = json.loads(Path(f"{bundle}.map").read_text("utf-8"))
    sources = [(users.package / one).resolve() for one in document["sources"]]
    assert ROOT / "handlers" / "typescript" / "health" / "get-health.ts" in sources
    assert all(one.is_file() for one in sources)
    assert bundle.read_text("utf-8").endswith(f"={bundle.name}.map\n")
    assert len(list(users.package.parent.iterdir())) == 2
