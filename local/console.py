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
    """Print a line and flush it, also into a pipe.

    Characters that the terminal's encoding lacks, and bytes of a file name that are not
    text, become escapes. A failed write raises nothing, because the work goes on: the
    reader may be gone (`make start | head`), the terminal closed or the disk full.
    """
    _write(text + "\n")


def _write(text: str) -> None:
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        if error.errno in NEVER_AGAIN:
            # Otherwise Python writes again when it exits, and prints a traceback.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def step(name: str, detail: str) -> Iterator[None]:
    """Print the name of a step when it begins, and its duration on the same line."""
    began = time.monotonic()
    _write(f"{name:<{WIDTH}}{detail} ... ")
    try:
        yield
    except BaseException:
        print_line("")
        raise
    print_line(f"{time.monotonic() - began:.1f} s")


def table(rows: Sequence[tuple[str, str]]) -> None:
    """Print names and values, one row each."""
    print_line("")
    for name, value in rows:
        print_line(f"  {name:<{WIDTH}}{value}")
    print_line("")


def in_one_line(error: BaseException, foreseen: tuple[type[BaseException], ...]) -> str:
    """Return an error's text; unless it is `foreseen`, also its class and line."""
    text = " ".join(str(error).split())
    if isinstance(error, foreseen):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text}{where}"
