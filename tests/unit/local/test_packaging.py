"""What goes into a package: the function's own files, fitting wheels, no junk."""

from __future__ import annotations

import gzip
import json
import struct
from typing import TYPE_CHECKING

import pytest

from handlers.packaging import python as packaging
from handlers.packaging.models import OPERATIONS, trimmed
from handlers.packaging.order import BuildError, Order, read_order
from handlers.packaging.wheels import refuse_foreign

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.packaging.models import Document

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


def test_trimming_keeps_what_is_called_and_no_junk(tmp_path: Path) -> None:
    kept = [
        "boto3/session.py",
        "thing-1.0.dist-info/METADATA",
        "thing-1.0.dist-info/licenses/LICENSE",
    ]
    junk = [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/s3/2006-03-01/examples-1.json",
        "botocore/data/dynamodb/2011-12-05/service-2.json.gz",
        "botocore/data/unknown.json",
        "boto3/data/s3/2006-03-01/resources-1.json",
        "boto3/examples/s3.rst",
        "thing-1.0.dist-info/RECORD",
        "thing/tests/test_thing.py",
        "thing/stub.pyi",
        "bin/jp.py",
    ]
    for name in kept + junk:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    data = tmp_path / "botocore" / "data"
    for service, version in (("dynamodb", "2012-08-10"), ("s3", "2006-03-01")):
        model = data / service / version / "service-2.json.gz"
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_bytes(gzip.compress(json.dumps(a_model(service)).encode()))
    services: Document = {"dynamodb": {}, "s3": {}, "ec2": {}}
    partitions = {"partitions": [{"services": services}]}
    (data / "endpoints.json").write_text(json.dumps(partitions), "utf-8")

    packaging.trim(tmp_path)

    files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {
        *kept,
        "botocore/data/endpoints.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json",
        "botocore/data/s3/2006-03-01/service-2.json",
    }
    (left,) = json.loads((data / "endpoints.json").read_bytes())["partitions"]
    assert left["services"].keys() == {"dynamodb", "s3"}


def a_model(service: str) -> Document:
    names = (*OPERATIONS[service], "Another")
    operations = {
        name: {"input": {"shape": f"{name}Input"}, "documentation": "long"}
        for name in names
    }
    shapes: Document = {f"{name}Input": {"members": {}} for name in names}
    shapes["DeleteObjectInput"] = {
        "members": {"documentation": {"shape": "Text", "documentation": "long"}}
    }
    shapes["Text"] = {"type": "string"}
    parameters = {"Accelerate": {"type": "boolean", "documentation": "is read"}}
    return {
        "operations": operations,
        "shapes": shapes,
        "clientContextParams": parameters,
    }


def test_model_keeps_what_botocore_reads_of_the_operations_called() -> None:
    model = trimmed(a_model("s3"), OPERATIONS["s3"])

    assert model["operations"].keys() == set(OPERATIONS["s3"])
    assert model["shapes"].keys() == {
        *(f"{name}Input" for name in OPERATIONS["s3"]),
        "Text",
    }
    assert "documentation" not in model["operations"]["HeadObject"]
    member = model["shapes"]["DeleteObjectInput"]["members"]["documentation"]
    assert member == {"shape": "Text"}
    # botocore takes these texts for granted.
    assert model["clientContextParams"]["Accelerate"]["documentation"] == "is read"


def test_operation_that_botocore_does_not_know_fails_the_build() -> None:
    with pytest.raises(BuildError, match="no operation Shout"):
        trimmed(a_model("s3"), ("Shout",))
