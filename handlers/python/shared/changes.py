"""Read, change, write on condition: how every record is written after its creation."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from shared.clock import Deadline
from shared.errors import Conflict, PreconditionFailed
from shared.etags import EntityTags


class Versioned(Protocol):
    """What counts its writes."""

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
    """Write what `find` returns with `write`, again when others were faster.

    `write` returns None when the record is no longer as it was found. A race that is
    lost under If-Match ends when the new version is looked at. Raises what `find`
    raises, `PreconditionFailed`, and `Conflict` after the last attempt.
    """
    for _ in deadline.attempts():
        record = find()
        if if_match is not None and not if_match.match_strongly(record.version):
            raise PreconditionFailed
        written = write(record)
        if written is not None:
            return written
    raise Conflict
