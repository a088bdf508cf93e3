"""Lines with any characters reach a terminal; a log continues without its reader."""

from __future__ import annotations

import errno
import io
import sys
from typing import NoReturn

import pytest

from local import console


def test_what_the_terminal_cannot_encode_is_escaped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)

    console.print_line("caf\xe9 \udcff.py")

    assert written.getvalue() == b"caf\\xe9 \\udcff.py\n"


class Closed(io.TextIOBase):
    """A pipe that nobody reads any more."""

    encoding = "utf-8"

    def write(self, _: str) -> NoReturn:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_work_goes_on_where_nobody_reads_what_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Closed())
    done = []

    console.print_line("a line")
    with console.step("a step", "of the work"):
        done.append("the work")

    assert done == ["the work"]
