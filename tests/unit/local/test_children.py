"""Work in threads ends with its processes when the stack gives it up."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.children import side_by_side

# Its own process, because whatever it started is ended with the work.
GIVING_UP = """
import subprocess, sys, threading
from local.children import side_by_side
begun = threading.Event()

def work():
    first = subprocess.Popen(["sleep", "60"])
    begun.set()
    first.wait()
    subprocess.run(["sleep", "60"])  # started after the first had been ended
    print("ended", flush=True)

try:
    with side_by_side(1) as workers:
        workers.submit(work)
        begun.wait()
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("told", flush=True)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux tells descendants")
def test_work_given_up_is_ended_with_every_process_it_still_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GIVING_UP],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.split() == ["ended", "told"]


def test_pieces_of_work_run_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=20)
    with side_by_side(2) as workers:
        places = list(workers.map(lambda _: meeting.wait(), range(2)))
    assert sorted(places) == [0, 1]


def test_work_that_was_begun_ends_before_the_block_does() -> None:
    ended: list[str] = []
    with side_by_side(1) as workers:
        workers.submit(ended.append, "one")
        workers.submit(ended.append, "two")
    assert ended == ["one", "two"]
