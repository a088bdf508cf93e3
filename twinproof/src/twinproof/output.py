"""Makes text safe to print to terminals and XML, whatever a target sent.

A lone surrogate cannot be encoded, a control character can rewrite a terminal, and a
line break can forge a line of the report. HTML shows them in
boxes, see report/html/markup.py; JSON escapes them itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


def printable(text: str) -> str:
    r"""Return a text as one line, unprintable characters escaped: `\ud800`, `\n`."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def print_line(line: str, out: TextIO) -> None:
    """Print one line; characters outside the stream's encoding are escaped too."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    data = printable(line).encode(encoding, "backslashreplace")
    print(data.decode(encoding), file=out)


@contextmanager
def flushed(out: TextIO | None) -> Iterator[None]:
    """Flush a stream at the end, to notice in time that its reader is gone.

    Raises `OSError` if it cannot be written, `BrokenPipeError` for a closed pipe. The
    stream is then redirected to nothing, because Python flushes it again at its end.
    """
    if out is None:  # closed before Python began
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
    """Print one line to stderr; do nothing if stderr is closed."""
    if err is None:  # Python's value for a stream that was closed before it began
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
