"""Imports point one way: entry, operations, model; stores implement what these need."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "handlers" / "python"
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in ROOT.rglob("*.py")
}
OPERATIONS = {
    "users": {
        *("create_user", "list_users", "get_user", "replace_user", "update_user"),
        "delete_user",
    },
    "assets": {
        *("create_asset", "list_assets", "get_asset", "update_asset", "delete_asset"),
        *("download_asset", "arrived_asset"),
    },
}
MODEL = {"model", "bodies", "errors"}
AWS = ("boto3", "botocore", "mypy_boto3_dynamodb", "mypy_boto3_s3")
# What the innermost modules may know of `shared`: nothing of HTTP, of AWS, of the log.
INNER_SHARED = {
    *("changes", "errors", "etags", "expiry", "idempotency", "ids", "json_number"),
    *("moment", "pages", "text", "validation", "version"),
}


def imports(module: str) -> set[str]:
    """The modules that a module imports, also those for type checking alone."""
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
def test_shared_knows_neither_users_nor_assets(module: str) -> None:
    if is_below(module, "shared"):
        assert not [i for i in imports(module) if is_below(i, *OPERATIONS, "health")]


@pytest.mark.parametrize(
    ("package", "other"), [("users", "assets"), ("assets", "users")]
)
def test_users_and_assets_know_nothing_of_each_other(package: str, other: str) -> None:
    known = {i for m in SOURCES if is_below(m, package) for i in imports(m)}
    assert known
    assert not [i for i in known if is_below(i, other, "health", f"{other}_handler")]


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_only_entries_import_entries(module: str) -> None:
    assert not [i for i in imports(module) if i.endswith("_handler")]


@pytest.mark.parametrize("package", OPERATIONS)
def test_operations_know_their_model_and_nothing_further_out(package: str) -> None:
    inner = {f"{package}.{name}" for name in MODEL | OPERATIONS[package]}
    inner |= {f"shared.{name}" for name in INNER_SHARED}
    own = ("users", "assets", "shared")
    for name in OPERATIONS[package]:
        module = f"{package}.{name}"
        project = {i for i in imports(module) if is_below(i, *own)}
        assert project <= inner, module
        assert not [i for i in imports(module) if is_below(i, *AWS, "json")], module


@pytest.mark.parametrize("package", OPERATIONS)
def test_models_know_no_operation(package: str) -> None:
    inner = {f"{package}.{name}" for name in MODEL}
    inner |= {f"shared.{name}" for name in INNER_SHARED}
    for name in MODEL:
        module = f"{package}.{name}"
        assert not [
            i
            for i in imports(module)
            if is_below(i, package, "shared") and i not in inner
        ]
        assert not [i for i in imports(module) if is_below(i, *AWS)], module


@pytest.mark.parametrize("name", sorted(INNER_SHARED))
def test_what_operations_share_knows_nothing_further_out(name: str) -> None:
    allowed = {f"shared.{inner}" for inner in (*INNER_SHARED, "faults", "json_reader")}
    known = {i for i in imports(f"shared.{name}") if is_below(i, "shared")}
    assert known <= allowed
    assert not [i for i in imports(f"shared.{name}") if is_below(i, *AWS)]


def test_only_stores_know_aws() -> None:
    knowing = {m for m in SOURCES if any(is_below(i, *AWS) for i in imports(m))}
    outside = {m for m in knowing if not is_below(m, "shared.aws")}
    assert outside == {"assets.objects"}


def test_http_and_aws_know_nothing_of_each_other() -> None:
    for module in SOURCES:
        if is_below(module, "shared.http"):
            assert not [i for i in imports(module) if is_below(i, "shared.aws")]
        if is_below(module, "shared.aws"):
            assert not [i for i in imports(module) if is_below(i, "shared.http")]


def test_there_is_a_module_for_each_operation() -> None:
    for package, names in OPERATIONS.items():
        assert {f"{package}.{name}" for name in names} <= SOURCES.keys()
        for name in names - {"arrived_asset"}:
            tree = ast.parse(SOURCES[f"{package}.{name}"].read_text())
            functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
            assert name in functions


def test_everything_is_caught_in_one_place() -> None:
    places = [
        module
        for module in SOURCES
        for node in ast.walk(ast.parse(SOURCES[module].read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type).endswith("Exception"))
    ]
    assert places == ["shared.http.entry"]


def test_standard_output_has_one_writer() -> None:
    for module, path in SOURCES.items():
        names = {
            n.id
            for n in ast.walk(ast.parse(path.read_text()))
            if isinstance(n, ast.Name)
        }
        assert "print" not in names, module
        assert "logging" not in imports(module), module
