"""The time of a request: when it was taken up, and whether there is time to retry."""

import random
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.errors import Unavailable

MAX_ATTEMPTS = 5
# What one call of an AWS client may take, see `shared/aws/clients.py`.
CALL_MS = 15_000
_FIRST_PAUSE_SECONDS = 0.05


class Moment(NamedTuple):
    """The one clock reading of a request, and how long the function may still run.

    `now` is milliseconds since 1970; `remaining` returns milliseconds; `pause` takes
    seconds.
    """

    now: int
    remaining: Callable[[], int]
    pause: Callable[[float], None] = time.sleep

    def require_time(self) -> None:
        """Raise `Unavailable` when a call of an AWS client might not end in time.

        Else Lambda would end the function in the midst of it, and answer for it.
        """
        if self.remaining() < CALL_MS:
            raise Unavailable

    def attempts(self) -> Iterator[int]:
        """Count up to five attempts, with a random and growing pause between.

        Raises `Unavailable` instead of a further attempt that might not end in time.
        """
        yield 0
        for attempt in range(1, MAX_ATTEMPTS):
            self.require_time()
            longest = _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
            # Rivals must not meet again; nothing here is a secret.
            self.pause(random.uniform(0, longest))  # noqa: S311
            yield attempt
