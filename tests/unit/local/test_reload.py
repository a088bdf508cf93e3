"""Saved source files are detected; an editor's own files are ignored."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from local.lambda_.reload import Follower, Sources


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
def test_files_of_editors_and_interpreters_are_ignored(folder: Path, name: str) -> None:
    sources = Sources([folder])
    (folder / "users" / name).write_text("x", encoding="utf-8")

    assert not sources.changed()


def test_missing_folder_is_empty(tmp_path: Path) -> None:
    sources = Sources([tmp_path / "none"])

    assert not sources.changed()


def test_change_that_was_not_applied_is_found_again(folder: Path) -> None:
    sources = Sources([folder])
    sources.forget()

    assert sources.changed()


class Followed:
    """A follower of a folder, and its actions in order."""

    def __init__(self, folder: Path) -> None:
        self.model = folder / "users" / "model.py"
        self.done: list[str] = []
        self.failure: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self.follower = Follower(
            Sources([folder]), self._refresh, self._renew, self.done.append
        )

    def _refresh(self) -> None:
        assert self.go_on.wait(20)
        if self.failure:
            raise self.failure
        self.done.append("refresh")

    def _renew(self) -> None:
        self.done.append("renew")

    def save(self) -> None:
        self.model.write_text(self.model.read_text("utf-8") + "#\n", encoding="utf-8")


def test_without_a_save_nothing_is_done(folder: Path) -> None:
    followed = Followed(folder)
    asyncio.run(followed.follower.follow(busy=False))
    assert followed.done == []


def test_after_a_save_packages_are_updated_before_sandboxes_are_replaced(
    folder: Path,
) -> None:
    followed = Followed(folder)
    followed.save()
    asyncio.run(followed.follower.follow(busy=False))
    assert followed.done[:2] == ["refresh", "renew"]
    assert followed.done[2].startswith("sources changed, reloaded in ")


def test_concurrent_request_waits_for_the_update(
    folder: Path,
) -> None:
    followed = Followed(folder)
    followed.save()
    followed.go_on.clear()

    async def play() -> None:
        first = asyncio.create_task(followed.follower.follow(busy=False))
        await asyncio.sleep(0)
        second = asyncio.create_task(followed.follower.follow(busy=True))
        await asyncio.sleep(0)
        assert not second.done()
        followed.go_on.set()
        await asyncio.gather(first, second)

    asyncio.run(play())
    assert followed.done[:2] == ["refresh", "renew"]
    assert len(followed.done) == 3


def test_sources_that_cannot_be_read_yet_are_retried(folder: Path) -> None:
    followed = Followed(folder)
    followed.save()
    followed.failure = FileNotFoundError("gone")
    asyncio.run(followed.follower.follow(busy=False))
    assert followed.done == ["sources changed, but cannot be used yet: gone"]

    followed.failure = None
    asyncio.run(followed.follower.follow(busy=False))
    assert followed.done[1:3] == ["refresh", "renew"]


@pytest.mark.parametrize("target", ["model.py/below", "loop.py", "nowhere"])
def test_broken_link_is_ignored(folder: Path, target: str) -> None:
    """Links through a file, to themselves, and to a missing file."""
    sources = Sources([folder])
    (folder / "users" / "loop.py").symlink_to(target)

    assert not sources.changed()
    (folder / "users" / "model.py").write_text("a = 12\n", encoding="utf-8")
    assert sources.changed()


def test_folder_that_became_a_file_is_empty(folder: Path) -> None:
    sources = Sources([folder / "users" / "model.py", folder / "users"])

    assert not sources.changed()


def test_unexpected_error_in_refresh_fails_the_request_and_is_retried(
    folder: Path,
) -> None:
    followed = Followed(folder)
    followed.save()
    followed.failure = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        asyncio.run(followed.follower.follow(busy=False))

    followed.failure = None
    asyncio.run(followed.follower.follow(busy=False))
    assert followed.done[:2] == ["refresh", "renew"]
