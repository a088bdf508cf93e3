"""Instructions of one warm request, counted by valgrind (cachegrind).

CPU time differs by a tenth from round to round; instructions repeat: Python's to a few
in ten thousand, as long as strings are hashed alike, Node's to 3 in a thousand, with V8
in one thread and its seeds given. The kernel's are not counted.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from lab.bench.candidates import Candidate
from lab.bench.measuring.handler_only import command_of, environment_of
from lab.bench.records import function_of
from lab.sandboxed import MeasureError
from local.children import tied

# Few enough to wait for under valgrind, enough to fill every cache; of Node, to have
# compiled what is called often.
FEW = {"python": 10, "node": 500}
MANY = {"python": 30, "node": 1_500}
# V8 has threads that compile and collect beside, and draws its seeds anew each time.
SINGLE = ["--single-threaded", "--predictable", "--predictable-gc-schedule"]
SEEDED = ["--hash-seed=1", "--random-seed=1"]
OPTIONS: dict[str, list[str]] = {
    "python": [],
    "node": [*SINGLE, *SEEDED],
}


def available() -> bool:
    """Tell whether instructions can be counted here."""
    return shutil.which("valgrind") is not None


def of_request(one: Candidate, request: str, endpoint: str) -> float:
    """Return the instructions of one warm request."""
    few, many = FEW[one.language], MANY[one.language]
    counts = [_count(one, request, endpoint, times) for times in (few, many)]
    return (counts[1] - counts[0]) / (many - few)


def _count(one: Candidate, request: str, endpoint: str, times: int) -> int:
    interpreter, *arguments = command_of(one, request)
    done = subprocess.run(
        tied(
            [
                *["valgrind", "--tool=cachegrind", "--cache-sim=no"],
                # V8 writes its code anew where it stands.
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
