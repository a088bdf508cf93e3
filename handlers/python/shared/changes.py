"""Read, change, write under a condition: how every existing record is written."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from shared.clock import Deadline
from shared.errors import Conflict, PreconditionFailed
from shared.etags import EntityTags


class Versioned(Protocol):
    """A record that counts its writes."""

    @property
    def version(self) -> int:
        """1 at creation, one more with each write."""
        ...


Record = TypeVar("Record", bound=Versioned)
Written = TypeVar("Written")


def change(
    find: Callable[[], Record],
    if_match: EntityTags | None,
    write: Callable[[Record], Written | None],
    deadline: Deadline,
) -> Written:
    """Find a record and write it; try again if another request changed it meanwhile.

    `write` returns None if the record is no longer as `find` returned it. With
    If-Match, the next attempt then raises `PreconditionFailed`, because the version has
    changed. Raises what `find` raises, and `Conflict` after the last attempt.
    """
    for _ in deadline.attempts():
        record = find()
        if if_match is not None and not if_match.match_strongly(record.version):
            raise PreconditionFailed
        written = write(record)
        if written is not None:
            return written
    raise Conflict
