"""A package has the function's own files, wheels for its platform, and nothing else."""

from __future__ import annotations

import json
import re
import runpy
import struct
from pathlib import Path

import pytest

from handlers.packaging import python as packaging
from handlers.packaging import schemas, typescript
from handlers.packaging.order import ROOT, BuildError, Order, read_order
from handlers.packaging.wheels import refuse_foreign

GRAPH = """
[function_build_definitions.1e30edc0-abfe-423e-b26a-64e44bb189fb]
codeuri = "/somewhere/handlers/python"
runtime = "python3.12"
architecture = "arm64"
functions = ["AssetsFunction"]
"""
X86_64, AARCH64 = 62, 183


def wheel(tree: Path, tag: str) -> None:
    info = tree / "thing-1.0.dist-info"
    info.mkdir()
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")


def native(tree: Path, name: str, machine: int) -> None:
    (tree / name).write_bytes(b"\x7fELF" + bytes(14) + struct.pack("<H", machine))


def test_runtime_and_architecture_are_those_sam_resolved(tmp_path: Path) -> None:
    artefact = tmp_path / "build" / "AssetsFunction"
    (tmp_path / "build.toml").write_text(GRAPH)
    order = read_order("python", "AssetsFunction", artefact)
    assert order == Order("AssetsFunction", "python", "python3.12", "arm64", artefact)


def test_a_function_sam_did_not_order_is_refused(tmp_path: Path) -> None:
    (tmp_path / "build.toml").write_text(GRAPH)
    with pytest.raises(BuildError, match="has no build of UsersFunction"):
        read_order("python", "UsersFunction", tmp_path / "build" / "UsersFunction")


def test_code_of_another_implementation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "build.toml").write_text(GRAPH)
    with pytest.raises(BuildError, match="built from python, not typescript"):
        read_order("typescript", "AssetsFunction", tmp_path / "build" / "x")


def test_without_sam_s_build_graph_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="is not the build graph"):
        read_order("python", "UsersFunction", tmp_path / "build" / "UsersFunction")


@pytest.mark.parametrize(
    ("function", "own", "foreign"),
    [
        ("UsersFunction", "users", "assets"),
        ("AssetsFunction", "assets", "users"),
    ],
)
def test_a_package_has_nothing_of_the_other_function(
    function: str, own: str, foreign: str
) -> None:
    names = packaging.top_level(function)
    assert {own, f"{own}_handler.py", "shared"} <= names
    assert not {foreign, f"{foreign}_handler.py"} & names


def test_both_implementations_are_given_the_same_bounds(tmp_path: Path) -> None:
    typescript.run("node", "handlers/packaging/contract.mjs")
    generated = (ROOT / "build/typescript/contract/schemas.ts").read_text("utf-8")
    constant = r"^export const (\w+) = (.+) as const satisfies Schema;$"
    found = re.findall(constant, generated, re.MULTILINE)

    module = runpy.run_path(str(schemas.write(tmp_path)))

    assert {name: json.loads(bounds) for name, bounds in found} == {
        name: value for name, value in module.items() if name.isupper()
    }


def test_schema_that_cannot_be_read_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "user.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(schemas, "SCHEMAS", tmp_path)

    assert schemas.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("schemas: contract/schemas/user.json: Expecting property")


def test_health_is_served_by_the_users_function_alone() -> None:
    assert "health" in packaging.top_level("UsersFunction")
    assert "health" not in packaging.top_level("AssetsFunction")


@pytest.mark.parametrize(
    "tag",
    [
        "py3-none-any",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp39-abi3-manylinux2014_x86_64",
    ],
)
def test_a_wheel_the_runtime_can_load_is_packaged(tmp_path: Path, tag: str) -> None:
    wheel(tmp_path, tag)
    refuse_foreign(tmp_path, "python3.12", "x86_64")


@pytest.mark.parametrize(
    "tag",
    [
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_17_aarch64",
        "cp312-cp312-macosx_11_0_arm64",
        "cp313-abi3-manylinux_2_17_x86_64",
        "py2-none-any",
    ],
)
def test_a_foreign_wheel_fails_the_build(tmp_path: Path, tag: str) -> None:
    wheel(tmp_path, tag)
    with pytest.raises(BuildError, match=r"foreign wheel for python3\.12 on x86_64"):
        refuse_foreign(tmp_path, "python3.12", "x86_64")


def test_native_code_is_believed_over_the_wheel_s_tag(tmp_path: Path) -> None:
    wheel(tmp_path, "py3-none-any")
    native(tmp_path, "core.so", AARCH64)
    with pytest.raises(BuildError, match=r"core\.so is native code of another"):
        refuse_foreign(tmp_path, "python3.12", "x86_64")


def test_an_extension_of_another_python_fails_the_build(tmp_path: Path) -> None:
    native(tmp_path, "core.cpython-311-x86_64-linux-gnu.so", X86_64)
    with pytest.raises(BuildError, match=r"core\.cpython-311"):
        refuse_foreign(tmp_path, "python3.12", "x86_64")


def test_an_extension_of_the_runtime_is_packaged(tmp_path: Path) -> None:
    native(tmp_path, "core.cpython-312-x86_64-linux-gnu.so", X86_64)
    refuse_foreign(tmp_path, "python3.12", "x86_64")


def test_a_package_that_is_no_linux_library_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "core.pyd").write_bytes(b"MZ")
    with pytest.raises(BuildError, match=r"core\.pyd"):
        refuse_foreign(tmp_path, "python3.12", "x86_64")
