"""The output of a process is kept up to a limit, and the dropped bytes are counted."""

from __future__ import annotations

import re

from local.lambda_.output import MAX_BYTES, Output


def test_output_below_the_limit_is_complete_and_returned_once() -> None:
    output = Output()
    output.add(b"a\n")
    output.add(b"b" * (MAX_BYTES - 2))

    assert output.take() == b"a\n" + b"b" * (MAX_BYTES - 2)
    assert output.take() == b""


def test_above_the_limit_the_end_is_kept_and_the_rest_counted() -> None:
    output = Output()
    for number in range(100):
        output.add(b"%02d" % number + b"x" * 99_998)

    line, _, kept = output.take().partition(b"\n")

    assert MAX_BYTES <= len(kept) < MAX_BYTES + 100_000
    assert kept.rindex(b"99x") > kept.index(b"98x")
    said = re.fullmatch(rb"\((\d+) bytes left out\)", line)
    assert said
    assert int(said[1]) + len(kept) == 100 * 100_000
