"""Saved files are noticed, an editor's own are not."""

import os
from pathlib import Path

import pytest

from local.reload import Sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users").mkdir()
    (tmp_path / "users" / "model.py").write_text("a = 1\n", encoding="utf-8")
    return tmp_path


def test_nothing_saved_is_no_change(folder: Path) -> None:
    assert not Sources([folder]).changed()


def test_saved_file_is_a_change_once(folder: Path) -> None:
    sources = Sources([folder])
    (folder / "users" / "model.py").write_text("a = 12\n", encoding="utf-8")

    assert sources.changed()
    assert not sources.changed()


def test_file_of_the_same_size_and_time_that_replaces_another_is_a_change(
    folder: Path,
) -> None:
    sources = Sources([folder])
    model = folder / "users" / "model.py"
    before = model.stat()
    draft = folder / ".draft"
    draft.write_text("a = 2\n", encoding="utf-8")
    os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
    draft.replace(model)

    assert sources.changed()


def test_new_and_removed_files_are_changes(folder: Path) -> None:
    sources = Sources([folder])
    new = folder / "users" / "new.py"
    new.write_text("", encoding="utf-8")
    assert sources.changed()

    new.unlink()
    assert sources.changed()


@pytest.mark.parametrize("name", [".model.py.swp", "model.py~", "__pycache__"])
def test_files_of_tools_are_no_change(folder: Path, name: str) -> None:
    sources = Sources([folder])
    (folder / "users" / name).write_text("x", encoding="utf-8")

    assert not sources.changed()


def test_missing_folder_is_empty(tmp_path: Path) -> None:
    sources = Sources([tmp_path / "none"])

    assert not sources.changed()


def test_forgotten_change_is_found_again(folder: Path) -> None:
    sources = Sources([folder])
    sources.forget()

    assert sources.changed()
