"""Known gaps of the emulator: each has a cause, and must still occur."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lab.rehearsal.known_gaps import KnownGap, KnownGaps
from local.template import load

RECOVERY = KnownGap("*Table/Recovery/*", "it forgets them")
TAGS = KnownGap("Api/tags", "it has none")


def test_an_entry_gives_the_cause_of_the_properties_that_match_its_pattern() -> None:
    known_gaps = KnownGaps((RECOVERY, TAGS))

    assert known_gaps.cause("UsersTable/Recovery/Days") == "it forgets them"
    assert not known_gaps.cause("UsersTable/Keys")


def test_an_entry_that_did_not_occur_is_stale() -> None:
    known_gaps = KnownGaps((RECOVERY, TAGS))

    known_gaps.cause("UsersTable/Recovery/Days")

    assert known_gaps.stale() == [TAGS]


@pytest.mark.parametrize(
    "entry", ["{path: a}", "{path: a, cause: b, until: c}", "{cause: b}"]
)
def test_an_entry_is_a_path_and_a_cause_and_nothing_else(
    tmp_path: Path, entry: str
) -> None:
    path = tmp_path / "gaps.yaml"
    path.write_text(f"- {entry}\n", "utf-8")

    with pytest.raises(TypeError):
        KnownGaps.read(path)


def test_every_entry_names_a_resource_of_the_template_and_says_why() -> None:
    resources = [*load()["Resources"], "Stack"]

    for entry in KnownGaps.read().entries:
        pattern = entry.path.split("/")[0]
        assert any(fnmatchcase(name, pattern) for name in resources), entry.path
        assert pattern != "*", entry.path
        assert len(entry.cause) > 20, entry.path
