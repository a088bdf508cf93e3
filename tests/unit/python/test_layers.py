"""Imports point one way: entry, operations, model; stores implement protocols."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from twinproof.contract.openapi import Contract

PROJECT = Path(__file__).parents[3]
ROOT = PROJECT / "handlers" / "python"
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in ROOT.rglob("*.py")
}
# Each operation has a module of the same name, in the package named like the first
# segment of its path.
OPERATIONS: dict[str, set[str]] = {}
for operation in Contract(PROJECT / "contract").operations.values():
    package = operation.route.split("/")[1]
    OPERATIONS.setdefault(package, set()).add(operation.kebab.replace("-", "_"))
MODEL = {"model", "bodies", "errors"}
# The modules of a package that are neither operations nor steps of several operations.
OUTER = {"__init__", "routes", "store", "items", "view", "objects", "sigv4"}
AWS = ("boto3", "botocore", "mypy_boto3_dynamodb", "mypy_boto3_s3")
# The modules of `shared` that inner modules may import: none of HTTP, AWS or the log.
INNER_SHARED = {
    *("changes", "clock", "errors", "etags", "expiry", "idempotency", "ids"),
    *("json_number", "pages", "text", "validation", "version"),
}


def imports(module: str) -> set[str]:
    """The modules that a module imports, including those only for type checking."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(SOURCES[module].read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update((names & SOURCES.keys()) or {str(node.module)})
    return found


def is_below(module: str, *packages: str) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in packages)


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_shared_imports_neither_users_nor_assets(module: str) -> None:
    if is_below(module, "shared"):
        assert not [i for i in imports(module) if is_below(i, *OPERATIONS)]


def inner_modules(package: str) -> set[str]:
    """The names of a package's modules that need neither HTTP nor AWS."""
    return {m.split(".")[1] for m in SOURCES if is_below(m, package)} - OUTER


@pytest.mark.parametrize("package", OPERATIONS)
def test_packages_do_not_import_each_other(package: str) -> None:
    known = {i for m in SOURCES if is_below(m, package) for i in imports(m)}
    assert known
    assert not [i for i in known if is_below(i, *(OPERATIONS.keys() - {package}))]


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_only_entries_import_entries(module: str) -> None:
    assert not [i for i in imports(module) if i.endswith("_handler")]


@pytest.mark.parametrize("package", OPERATIONS)
def test_operations_import_their_model_but_no_outer_module(package: str) -> None:
    names = inner_modules(package)
    inner = {f"{package}.{name}" for name in names}
    inner |= {f"shared.{name}" for name in INNER_SHARED}
    assert OPERATIONS[package] <= names
    for name in names - MODEL:
        module = f"{package}.{name}"
        project = {i for i in imports(module) if is_below(i, *OPERATIONS, "shared")}
        assert project <= inner, module
        assert not [i for i in imports(module) if is_below(i, *AWS, "json")], module


@pytest.mark.parametrize("package", OPERATIONS)
def test_models_import_no_operation(package: str) -> None:
    inner = {f"{package}.{name}" for name in MODEL}
    inner |= {f"shared.{name}" for name in INNER_SHARED}
    for name in MODEL & inner_modules(package):
        module = f"{package}.{name}"
        assert not [
            i
            for i in imports(module)
            if is_below(i, package, "shared") and i not in inner
        ]
        assert not [i for i in imports(module) if is_below(i, *AWS)], module


@pytest.mark.parametrize("name", sorted(INNER_SHARED))
def test_modules_that_operations_share_import_no_outer_module(name: str) -> None:
    allowed = {f"shared.{inner}" for inner in (*INNER_SHARED, "faults", "json_reader")}
    known = {i for i in imports(f"shared.{name}") if is_below(i, "shared")}
    assert known <= allowed
    assert not [i for i in imports(f"shared.{name}") if is_below(i, *AWS)]


def test_only_stores_import_aws_clients() -> None:
    knowing = {m for m in SOURCES if any(is_below(i, *AWS) for i in imports(m))}
    outside = {m for m in knowing if not is_below(m, "shared.aws")}
    assert outside == {"assets.objects"}


def test_http_and_aws_do_not_import_each_other() -> None:
    for module in SOURCES:
        if is_below(module, "shared.http"):
            assert not [i for i in imports(module) if is_below(i, "shared.aws")]
        if is_below(module, "shared.aws"):
            assert not [i for i in imports(module) if is_below(i, "shared.http")]


def test_the_module_of_an_operation_has_a_function_of_the_same_name() -> None:
    for package, names in OPERATIONS.items():
        for name in names:
            tree = ast.parse(SOURCES[f"{package}.{name}"].read_text())
            functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
            assert name in functions


def test_only_the_entry_catches_every_exception() -> None:
    places = [
        module
        for module in SOURCES
        for node in ast.walk(ast.parse(SOURCES[module].read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type).endswith("Exception"))
    ]
    assert places == ["shared.http.entry"]


def test_only_the_log_writes_to_standard_output() -> None:
    for module, path in SOURCES.items():
        names = {
            n.id
            for n in ast.walk(ast.parse(path.read_text()))
            if isinstance(n, ast.Name)
        }
        assert "print" not in names, module
        assert "logging" not in imports(module), module
