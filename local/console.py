"""What `make start` prints: steps and their times, a table, then line by line."""

from __future__ import annotations

import errno
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

WIDTH = 20
# The reader of a pipe, or the terminal, is gone.
NEVER_AGAIN = {errno.EPIPE, errno.EIO}


def print_line(text: str) -> None:
    """Print a line at once, also into a pipe.

    Characters that the terminal's encoding does not have, and bytes of a file name that
    are not text, are printed as escapes. Nothing is raised where it cannot be printed,
    for the work goes on: nobody may read any more (`make start | head`), the terminal
    may have been closed, the disk may be full.
    """
    _write(text + "\n")


def _write(text: str) -> None:
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        if error.errno in NEVER_AGAIN:
            # Else Python would try again when it ends, and print a traceback.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def step(name: str, detail: str) -> Iterator[None]:
    """Print what is begun, and on the same line the time it took once it is done."""
    began = time.monotonic()
    _write(f"{name:<{WIDTH}}{detail} ... ")
    try:
        yield
    except BaseException:
        print_line("")
        raise
    print_line(f"{time.monotonic() - began:.1f} s")


def table(rows: Sequence[tuple[str, str]]) -> None:
    """Print names and what belongs to them, one row each."""
    print_line("")
    for name, value in rows:
        print_line(f"  {name:<{WIDTH}}{value}")
    print_line("")


def in_one_line(error: BaseException, foreseen: tuple[type[BaseException], ...]) -> str:
    """Return what went wrong; for an error nobody foresaw also its kind and place."""
    text = " ".join(str(error).split())
    if isinstance(error, foreseen):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text}{where}"
