"""Instructions of one warm request, counted by valgrind (cachegrind).

CPU time varies by a tenth from round to round; instructions repeat. Python's repeat to
a few in ten thousand if strings hash alike. Node's repeat to 3 in a thousand if V8 runs
in one thread with fixed seeds. The kernel's instructions are not counted.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from lab.bench.candidates import Candidate
from lab.bench.measuring.handler_only import command_of, environment_of
from lab.bench.records import function_of
from lab.sandboxed import MeasureError
from local.children import die_with_parent

# Few enough to wait for under valgrind, and enough to fill every cache; in Node, enough
# to compile the code that is called often.
FEW = {"python": 10, "node": 500}
MANY = {"python": 30, "node": 1_500}
# V8 compiles and collects garbage in other threads, and draws new seeds at each start.
SINGLE = ["--single-threaded", "--predictable", "--predictable-gc-schedule"]
SEEDED = ["--hash-seed=1", "--random-seed=1"]
OPTIONS: dict[str, list[str]] = {
    "python": [],
    "node": [*SINGLE, *SEEDED],
}


def available() -> bool:
    """Return whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def of_request(one: Candidate, request: str, endpoint: str) -> float:
    """Return the instructions of one warm request; raises `MeasureError`."""
    few, many = FEW[one.language], MANY[one.language]
    counts = [_count(one, request, endpoint, times) for times in (few, many)]
    return (counts[1] - counts[0]) / (many - few)


def _count(one: Candidate, request: str, endpoint: str, times: int) -> int:
    interpreter, *arguments = command_of(one, request)
    done = subprocess.run(
        die_with_parent(
            [
                *["valgrind", "--tool=cachegrind", "--cache-sim=no"],
                # V8 rewrites its code in place.
                *["--cachegrind-out-file=/dev/null", "--smc-check=all-non-file"],
                *[interpreter, *OPTIONS[one.language], *arguments],
            ]
        ),
        cwd=one.package(function_of(request)).folder,
        env=environment_of(one, request, endpoint),
        input=f"{times}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or counted is None:
        raise MeasureError(f"{one.label} under valgrind: {done.stderr[-300:]}")
    return int(counted[1].replace(",", ""))
