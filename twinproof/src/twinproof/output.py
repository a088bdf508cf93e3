"""The one way out to terminals and XML: text is made printable, whatever a target sent.

A lone surrogate cannot be encoded, a control character can rewrite a terminal, and a
line break can forge a line of the report. HTML has boxes for them, see
report/html/markup.py; JSON has escapes of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


def printable(text: str) -> str:
    r"""Return a text as one line; what cannot be printed is escaped: `\ud800`, `\n`."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def print_line(line: str, out: TextIO) -> None:
    """Print one line; what the stream's encoding does not have is escaped too."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    octets = printable(line).encode(encoding, "backslashreplace")
    print(octets.decode(encoding), file=out)


@contextmanager
def flushed(out: TextIO | None) -> Iterator[None]:
    """Flush a stream at the end, so that a reader who is gone is noticed in time.

    Raises `OSError` where it cannot be written: `BrokenPipeError` of a closed pipe. The
    stream then leads nowhere, or Python would fail on it again as it ends.
    """
    if out is None:  # it was closed before Python began
        yield
        return
    try:
        try:
            yield
        finally:
            out.flush()
    except OSError:
        _lead_nowhere(out)
        raise


def complain(line: str, err: TextIO | None) -> None:
    """Print one line for a person; where nobody can read it, nothing happens."""
    if err is None:  # Python's word for a stream that was closed before it began
        return
    with suppress(OSError), flushed(err):
        print_line(line, err)


def _lead_nowhere(out: TextIO) -> None:
    try:
        out.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)
