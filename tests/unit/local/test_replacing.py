"""Source files that are saved, renamed or removed change in the package, too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from handlers.packaging import python as packaging
from handlers.packaging import schemas
from handlers.packaging.order import BuildError, Order, write_note
from handlers.packaging.python import copy_sources, replace_sources

SOURCES = ("users_handler.py", "users/model.py", "shared/text/__init__.py", "once.py")
FILES = {*SOURCES, "schemas.py"}


def text(path: Path) -> str:
    return path.read_text("utf-8")


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "source"
    for name in SOURCES:
        write(folder / name, "old")
    write(tmp_path / "schemas" / "user.json", bounded(100))
    monkeypatch.setattr(schemas, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(packaging, "SOURCE", folder)
    return folder


@pytest.fixture
def package(source: Path, tmp_path: Path) -> Path:
    """A package as a build leaves it: dependencies, sources, bytecode, a note."""
    del source
    folder = tmp_path / "packages" / "UsersFunction"
    write(folder / "six.py", "a dependency")
    write(folder / "boto3" / "session.py", "a dependency")
    copies = copy_sources("UsersFunction", folder)
    for path in (*copies, folder / "six.py"):
        write(path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc", "old")
    order = Order("UsersFunction", "python", "python3.13", "x86_64", folder)
    write_note(order, packaging.top_level("UsersFunction"))
    return folder


def bounded(length: int) -> str:
    return json.dumps({"$defs": {"fullName": {"maxLength": length}}})


def files(package: Path) -> set[str]:
    found = {str(one.relative_to(package)) for one in package.rglob("*.py*")}
    return {name for name in found if "boto3" not in name and "six" not in name}


def test_saved_file_is_replaced_and_its_bytecode_gone(
    source: Path, package: Path
) -> None:
    write(source / "once.py", "new")

    replace_sources("UsersFunction", package)

    assert text(package / "once.py") == "new"
    assert files(package) == FILES


@pytest.mark.parametrize("name", SOURCES)
def test_removed_file_is_removed_whatever_its_folder(
    source: Path, package: Path, name: str
) -> None:
    (source / name).unlink()

    replace_sources("UsersFunction", package)

    assert files(package) == FILES - {name}


def test_renamed_module_keeps_no_copy_under_any_name_it_had(
    source: Path, package: Path
) -> None:
    for old, new in (("once", "twice"), ("twice", "thrice")):
        (source / f"{old}.py").rename(source / f"{new}.py")
        replace_sources("UsersFunction", package)

    assert files(package) == {*FILES, "thrice.py"} - {"once.py"}


def test_dependencies_stay_with_their_bytecode(source: Path, package: Path) -> None:
    (source / "once.py").unlink()

    replace_sources("UsersFunction", package)

    assert text(package / "six.py") == "a dependency"
    assert text(package / "boto3" / "session.py") == "a dependency"
    assert (package / "__pycache__" / "six.cpython-313.pyc").exists()


def test_source_named_as_a_dependency_is_refused_and_changes_nothing(
    source: Path, package: Path
) -> None:
    write(source / "six.py", "a source")
    write(source / "once.py", "new")

    with pytest.raises(BuildError, match=r"handlers/python/six\.py has the name of a"):
        replace_sources("UsersFunction", package)

    assert text(package / "six.py") == "a dependency"
    assert text(package / "once.py") == "old"


@pytest.mark.parametrize("target", ["once.py/below", "link.py", "nowhere"])
def test_link_that_leads_nowhere_is_left_out(
    source: Path, package: Path, target: str
) -> None:
    """Through a file, to itself, to a missing file: editors make such locks."""
    (source / "link.py").symlink_to(target)
    (source / "shared" / ".#link.py").symlink_to(target)

    replace_sources("UsersFunction", package)

    assert files(package) == FILES


def test_hidden_files_are_left_out(source: Path, package: Path) -> None:
    write(source / "shared" / ".draft.py", "x")
    write(source / ".cache" / "draft.py", "x")

    replace_sources("UsersFunction", package)

    assert files(package) == FILES


def test_source_that_cannot_be_read_leaves_the_package_as_it_is(
    source: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(source / "once.py", "new")

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(PermissionError):
        replace_sources("UsersFunction", package)

    assert text(package / "once.py") == "old"
    assert [one.name for one in package.parent.iterdir()] == ["UsersFunction"]


def test_note_says_which_names_are_sources(package: Path) -> None:
    note = json.loads(text(package / "build.json"))

    names = ["once.py", "schemas.py", "shared", "users", "users_handler.py"]
    assert note["sources"] == names


def test_saved_schema_bounds_what_the_package_takes(
    package: Path, tmp_path: Path
) -> None:
    write(tmp_path / "schemas" / "user.json", bounded(99))

    replace_sources("UsersFunction", package)

    assert "USER_FULL_NAME: Schema = {'maxLength': 99}" in text(package / "schemas.py")
    assert not (package / "__pycache__" / "schemas.cpython-313.pyc").exists()


def test_schema_that_cannot_be_read_leaves_the_package_as_it_is(
    source: Path, package: Path, tmp_path: Path
) -> None:
    write(tmp_path / "schemas" / "user.json", "{")
    write(source / "once.py", "new")

    with pytest.raises(BuildError, match=r"^contract/schemas/user\.json: "):
        replace_sources("UsersFunction", package)

    assert text(package / "once.py") == "old"
    assert "100" in text(package / "schemas.py")
