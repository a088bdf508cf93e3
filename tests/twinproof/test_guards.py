"""The imports between the tool and the plugins, read from their sources."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.twinproof.todo import EXAMPLE
from twinproof import plugin

ROOT = Path(__file__).parents[2]
PLUGINS = {"contract.plugin": ROOT / "contract", "todo_plugin": EXAMPLE}
"""By name, the folder of a plugin."""


def imports(path: Path) -> list[tuple[str, str]]:
    """Return (module, name in it) of what a file imports, but for Python's own."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += [(str(node.module), each.name) for each in node.names]
        elif isinstance(node, ast.Import):
            found += [(each.name, "") for each in node.names]
    return [
        (module, name)
        for module, name in found
        if module.partition(".")[0] not in sys.stdlib_module_names
    ]


def files_of(name: str) -> list[Path]:
    """Return the sources of a plugin."""
    return sorted((PLUGINS[name] / name.rpartition(".")[2]).rglob("*.py"))


@pytest.mark.parametrize("name", PLUGINS)
def test_plugin_imports_of_the_tool_only_what_plugins_may(name: str) -> None:
    modules = {module for path in files_of(name) for module, _ in imports(path)}

    others = {each for each in modules if not f"{each}.".startswith(f"{name}.")}
    assert others == {plugin.__name__}


def test_each_name_that_plugins_may_use_is_used_by_one() -> None:
    files = [path for name in PLUGINS for path in files_of(name)]
    used = {
        name
        for path in files
        for module, name in imports(path)
        if module == plugin.__name__
    }

    assert used == set(plugin.__all__)


def test_service_of_the_example_shares_no_code_with_the_tool() -> None:
    assert imports(EXAMPLE / "service.py") == []
