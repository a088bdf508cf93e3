"""The tool's project declares exactly the packages that its sources import."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "twinproof"
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
DISTRIBUTIONS = packages_distributions()


class Imports(ast.NodeVisitor):
    """Collects the packages that a module imports when it runs."""

    def __init__(self) -> None:
        self.packages: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.packages |= {each.name.partition(".")[0] for each in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.packages.add(str(node.module).partition(".")[0])


def imported() -> set[str]:
    """Return the distributions that the tool's sources import from."""
    found = Imports()
    for path in (PACKAGE / "src").rglob("*.py"):
        found.visit(ast.parse(path.read_text("utf-8")))
    others = found.packages - sys.stdlib_module_names - {"twinproof"}
    return {normal(name) for each in others for name in set(DISTRIBUTIONS[each])}


def normal(requirement: str) -> str:
    """Return the name in a requirement, in the one spelling that registries use."""
    name = re.split(r"[^\w.-]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_dependencies_are_what_is_imported_where_no_extra_is_needed() -> None:
    declared = {normal(each) for each in PROJECT["dependencies"]}

    assert imported() - declared == {"botocore"}
    assert declared - imported() == set()


def test_extra_brings_what_else_is_imported() -> None:
    (extra,) = PROJECT["optional-dependencies"]["aws"]

    assert normal(extra) == "boto3"
    assert "botocore" in {normal(each) for each in requires("boto3") or ()}


def test_pins_are_of_all_dependencies_at_the_versions_that_are_tested() -> None:
    tools, pins = (
        dict(re.findall(r"^(\S+?)==(\S+)", path.read_text("utf-8"), re.MULTILINE))
        for path in (
            ROOT / "requirements" / "tools.txt",
            ROOT / "requirements" / "twinproof.txt",
        )
    )

    assert {normal(each) for each in PROJECT["dependencies"]} <= pins.keys()
    assert "botocore" not in pins
    assert {name: tools.get(name) for name in pins} == pins
