"""What the emulator does not hold is excused by entries, while they are true."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from lab.rehearsal.ledger import Entry, Ledger
from local.template import load

RECOVERY = Entry("*Table/Recovery/*", "it forgets them")
TAGS = Entry("Api/tags", "it has none")


def test_an_entry_tells_the_cause_of_what_its_pattern_names() -> None:
    ledger = Ledger((RECOVERY, TAGS))

    assert ledger.cause("UsersTable/Recovery/Days") == "it forgets them"
    assert not ledger.cause("UsersTable/Keys")


def test_an_entry_that_nothing_needed_is_stale() -> None:
    ledger = Ledger((RECOVERY, TAGS))

    ledger.cause("UsersTable/Recovery/Days")

    assert ledger.stale() == [TAGS]


@pytest.mark.parametrize(
    "entry", ["{path: a}", "{path: a, cause: b, until: c}", "{cause: b}"]
)
def test_an_entry_is_a_path_and_a_cause_and_nothing_else(
    tmp_path: Path, entry: str
) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(f"- {entry}\n", "utf-8")

    with pytest.raises(TypeError):
        Ledger.read(path)


def test_every_entry_names_something_of_the_template_and_says_why() -> None:
    resources = [*load()["Resources"], "Stack"]

    for entry in Ledger.read().entries:
        pattern = entry.path.split("/")[0]
        assert any(fnmatchcase(name, pattern) for name in resources), entry.path
        assert pattern != "*", entry.path
        assert len(entry.cause) > 20, entry.path
