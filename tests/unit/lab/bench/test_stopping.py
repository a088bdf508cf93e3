"""Ctrl-C while handlers run in a loop ends every process without a message."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from local.template import ROOT

# It writes its process id to a FIFO, which waits until the test reads it.
HANDLER = """
import os

def handler(event, context):
    with open("called", "w") as called:
        print(os.getpid(), file=called)
"""
# `make bench`, but it measures only the handler in a loop.
COMMAND = """
import asyncio, sys
from pathlib import Path
from lab.bench import __main__ as bench, ablation
from lab.bench.measuring import handler_only, measure
from lab.bench.candidates import Candidate, Package
from lab.bench.measuring.processes import stub

handler_only.PYTHON = Path(sys.executable)
package = Package(Path(sys.argv[1]), 1, "users.handler", "python3.11")
ours = Candidate("python", "ours", "our Python", package, package)

async def loops(*given):
    found = {"ours": measure.Figures()}
    measure.handler_only([ours], "get", "http://127.0.0.1:9", measure.FULL, found)

def compare(options):
    with stub() as aws:
        asyncio.run(loops())

bench.compare = compare
ablation.measure = loops
sys.exit(bench.main([]) if sys.argv[2] == "bench" else ablation.main([]))
"""


@pytest.mark.parametrize("command", ["bench", "ablation"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_leaves_no_process(
    command: str, number: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "users.py").write_text(HANDLER)
    os.mkfifo(tmp_path / "called")
    with Popen(
        [sys.executable, "-c", COMMAND, str(tmp_path), command],
        cwd=ROOT,
        stderr=PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        with (tmp_path / "called").open() as called:
            loop = int(called.readline())
        os.killpg(process.pid, number)  # as a terminal does
        _, stderr = process.communicate()  # every process that shares it has ended

    assert process.returncode == 130
    assert (
        stderr == f"bench: python: handlers without runtime, get\n{command}: stopped\n"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(loop, 0)
