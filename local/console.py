"""What `make start` prints: steps and their times, a table, then line by line."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH = 20


def say(text: str) -> None:
    """Print a line at once, also into a pipe.

    A character that the terminal has no octets for, and half of a file's name that is
    no text, come as their escapes.
    """
    encoding = sys.stdout.encoding
    line = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def log(text: str) -> None:
    """Print a line where that is possible: what serves goes on without its log.

    Nobody may read any more (`make start | head`), or the disk may be full.
    """
    with suppress(OSError):
        say(text)


@contextmanager
def step(name: str, detail: str) -> Iterator[None]:
    """Print what is begun, and on the same line the time it took once it is done."""
    began = time.monotonic()
    sys.stdout.write(f"{name:<{WIDTH}}{detail} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def table(rows: Sequence[tuple[str, str]]) -> None:
    """Print names and what belongs to them, one row each."""
    say("")
    for name, value in rows:
        say(f"  {name:<{WIDTH}}{value}")
    say("")
