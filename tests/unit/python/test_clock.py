"""Attempts, and the conditions that end them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.changes import change
from shared.clock import CALL_MS, Deadline
from shared.errors import Conflict, PreconditionFailed, Unavailable
from shared.etags import read_entity_tags
from tests.unit.python.support import deadline


@dataclass
class Versions:
    """A record whose next `races` writes lose against other requests."""

    version: int = 1
    races: int = 0

    def find(self) -> Versions:
        return Versions(self.version)

    def write(self, found: Versions) -> str | None:
        if self.races > 0:
            self.races -= 1
            self.version += 1
            return None
        assert found.version == self.version
        return "written"


def test_there_are_five_attempts_with_growing_random_pauses() -> None:
    pauses: list[float] = []
    attempts = Deadline(lambda: 29_000, pauses.append).attempts()
    assert list(attempts) == [0, 1, 2, 3, 4]
    longest = [0.05, 0.1, 0.2, 0.4]
    assert all(0 <= p <= most for p, most in zip(pauses, longest, strict=True))
    assert len(set(pauses)) == 4


def test_no_attempt_starts_that_might_not_end_in_time() -> None:
    attempts = deadline(remaining=CALL_MS - 1).attempts()
    assert next(attempts) == 0
    with pytest.raises(Unavailable):
        next(attempts)
    assert list(deadline(remaining=CALL_MS).attempts()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("races", [0, 1, 4])
def test_a_lost_race_is_tried_again(races: int) -> None:
    record = Versions(races=races)
    assert change(record.find, None, record.write, deadline()) == "written"
    assert record.version == 1 + races


def test_the_fifth_lost_race_is_a_conflict() -> None:
    record = Versions(races=5)
    with pytest.raises(Conflict):
        change(record.find, None, record.write, deadline())


def test_a_lost_race_with_if_match_is_a_failed_precondition() -> None:
    record = Versions(races=1)
    with pytest.raises(PreconditionFailed):
        change(record.find, read_entity_tags('"1"'), record.write, deadline())


def test_a_lost_race_with_if_match_star_is_tried_again() -> None:
    record = Versions(races=1)
    tags = read_entity_tags("*")
    assert change(record.find, tags, record.write, deadline()) == "written"


def test_a_tag_of_another_version_writes_nothing() -> None:
    record = Versions(races=1)
    with pytest.raises(PreconditionFailed):
        change(record.find, read_entity_tags('"2",W/"1"'), record.write, deadline())
    assert record.races == 1
