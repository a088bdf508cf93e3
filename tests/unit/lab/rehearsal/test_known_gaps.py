"""What the emulator does not hold is excused by entries, while they are true."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lab.rehearsal.known_gaps import KnownGap, KnownGaps
from local.template import load

RECOVERY = KnownGap("*Table/Recovery/*", "it forgets them")
TAGS = KnownGap("Api/tags", "it has none")


def test_an_entry_tells_the_cause_of_what_its_pattern_names() -> None:
    known_gaps = KnownGaps((RECOVERY, TAGS))

    assert known_gaps.cause("UsersTable/Recovery/Days") == "it forgets them"
    assert not known_gaps.cause("UsersTable/Keys")


def test_an_entry_that_nothing_needed_is_stale() -> None:
    known_gaps = KnownGaps((RECOVERY, TAGS))

    known_gaps.cause("UsersTable/Recovery/Days")

    assert known_gaps.stale() == [TAGS]


@pytest.mark.parametrize(
    "entry", ["{path: a}", "{path: a, cause: b, until: c}", "{cause: b}"]
)
def test_an_entry_is_a_path_and_a_cause_and_nothing_else(
    tmp_path: Path, entry: str
) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(f"- {entry}\n", "utf-8")

    with pytest.raises(TypeError):
        KnownGaps.read(path)


def test_every_entry_names_something_of_the_template_and_says_why() -> None:
    resources = [*load()["Resources"], "Stack"]

    for entry in KnownGaps.read().entries:
        pattern = entry.path.split("/")[0]
        assert any(fnmatchcase(name, pattern) for name in resources), entry.path
        assert pattern != "*", entry.path
        assert len(entry.cause) > 20, entry.path
