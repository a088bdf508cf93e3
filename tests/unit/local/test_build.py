"""A build is done again when what it reads has changed, and only then."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.deploy import build
from local.deploy.build import only_one

PARAMETERS = {"Implementation": "python", "RuntimeTrack": "oldest"}


class FakeSam:
    """Replaces SAM CLI: writes a template and one package."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.root = state.parent
        self.runs = 0
        self.implementation = "python"

    def __call__(self, arguments: list[str], log: Path, env: Mapping[str, str]) -> None:
        self.runs += 1
        package = self.state / self.implementation / "build" / "UsersFunction"
        package.mkdir(parents=True, exist_ok=True)
        (package / "build.json").write_text("{}")
        (package.parent / "template.yaml").write_text("{}")


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSam:
    fake = FakeSam(tmp_path / ".local")
    sources = tmp_path / "handlers" / "python"
    sources.mkdir(parents=True)
    (sources / "users_handler.py").write_text("one")
    (tmp_path / "template.yaml").write_text("{}")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "STATE", fake.state)
    monkeypatch.setattr(build, "TEMPLATE", tmp_path / "template.yaml")
    monkeypatch.setattr(build, "machine_parameters", lambda _: PARAMETERS)
    monkeypatch.setattr(build, "sam", fake)
    return fake


def test_nothing_changed_is_not_built_again(sam: FakeSam) -> None:
    assert build.build("python").fresh
    assert not build.build("python").fresh
    assert sam.runs == 1


@pytest.mark.parametrize(
    "changed",
    ["contract/schemas/user.json", "handlers/python/users_handler.py", "template.yaml"],
)
def test_a_change_of_an_input_is_built(sam: FakeSam, changed: str) -> None:
    build.build("python")
    (sam.root / changed).parent.mkdir(parents=True, exist_ok=True)
    (sam.root / changed).write_text("two")
    assert build.build("python").fresh


def test_a_new_file_is_built(sam: FakeSam) -> None:
    build.build("python")
    (sam.root / "handlers" / "python" / "new.py").touch()
    assert build.build("python").fresh


def test_another_runtime_is_built(
    sam: FakeSam, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build("python")
    newer = PARAMETERS | {"RuntimeTrack": "newest"}
    monkeypatch.setattr(build, "machine_parameters", lambda _: newer)
    assert build.build("python").fresh


def test_bytecode_beside_the_sources_is_no_input(sam: FakeSam) -> None:
    build.build("python")
    cache = sam.root / "handlers" / "python" / "__pycache__"
    cache.mkdir()
    (cache / "users_handler.pyc").touch()
    assert not build.build("python").fresh


def test_after_a_build_that_failed_nothing_counts_as_built(
    sam: FakeSam, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build("python")
    (sam.root / "template.yaml").write_text("two")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(build, "sam", fail)
    with pytest.raises(RuntimeError):
        build.build("python")
    (sam.root / "template.yaml").write_text("{}")
    monkeypatch.setattr(build, "sam", sam)
    assert build.build("python").fresh


def test_the_same_package_gives_the_same_zip(tmp_path: Path) -> None:
    package = tmp_path / "UsersFunction"
    (package / "users").mkdir(parents=True)
    (package / "users" / "store.py").write_text("x = 1")
    (package / "build.json").write_text("{}")
    zipped = tmp_path / "UsersFunction.zip"
    build.archive(package)
    first = zipped.read_bytes()
    (package / "build.json").touch()
    build.archive(package)
    assert zipped.read_bytes() == first
    assert zipfile.ZipFile(zipped).namelist() == ["build.json", "users/store.py"]


@pytest.mark.parametrize(
    "changed",
    ["contract/openapi.yaml", "contract/schemas/user.json", "package-lock.json"],
)
def test_typescript_is_made_of_the_contract_and_of_its_pins_too(
    sam: FakeSam, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(sam, "implementation", "typescript")
    build.build("typescript")
    assert not build.build("typescript").fresh
    (sam.root / changed).parent.mkdir(parents=True, exist_ok=True)
    (sam.root / changed).write_text("{}")
    assert build.build("typescript").fresh


def test_builds_of_one_implementation_wait_for_each_other(tmp_path: Path) -> None:
    inside: list[str] = []

    def second() -> None:
        with only_one(tmp_path):
            inside.append("second")

    other = threading.Thread(target=second)
    with only_one(tmp_path):
        other.start()
        other.join(0.2)
        inside.append("first")
    other.join(20)

    assert inside == ["first", "second"]
