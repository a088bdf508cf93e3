"""The time of a request: its one clock reading, and how long it may still run."""

import random
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.errors import Unavailable

MAX_ATTEMPTS = 5
# The longest time that one call of an AWS client takes, see `shared/aws/clients.py`.
CALL_MS = 15_000
_FIRST_PAUSE_SECONDS = 0.05


class Deadline(NamedTuple):
    """When the function is stopped, and whether there is time for another attempt.

    `remaining` returns milliseconds; `pause` takes seconds.
    """

    remaining: Callable[[], int]
    pause: Callable[[float], None] = time.sleep

    def require_time(self) -> None:
        """Raise `Unavailable` if a call of an AWS client might not end in time.

        Otherwise Lambda would stop the function during the call, and the client would
        get Lambda's own error.
        """
        if self.remaining() < CALL_MS:
            raise Unavailable

    def attempts(self) -> Iterator[int]:
        """Count up to five attempts, with a random and growing pause between them.

        Raises `Unavailable` if the next attempt might not end in time.
        """
        yield 0
        for attempt in range(1, MAX_ATTEMPTS):
            self.require_time()
            longest = _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
            # A random pause keeps concurrent requests apart; nothing here is a secret.
            self.pause(random.uniform(0, longest))  # noqa: S311
            yield attempt


class Clock(NamedTuple):
    """The clock of one request: it is read once, so all its times agree.

    `now` is milliseconds since 1970.
    """

    now: int
    deadline: Deadline
