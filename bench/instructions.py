"""Instructions of one warm request of Python, counted by valgrind (cachegrind).

CPU time differs by a tenth from round to round; instructions repeat to a few in ten
thousand, as long as strings are hashed alike. The kernel's are not counted.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from bench.alone import command_of, environment_of
from bench.processes import MeasureError
from bench.records import function_of
from local.children import tied

if TYPE_CHECKING:
    from bench.contestants import Contestant

# Few enough to wait for under valgrind, enough to fill every cache.
FEW, MANY = 10, 30


def available() -> bool:
    """Tell whether instructions can be counted here."""
    return shutil.which("valgrind") is not None


def of_request(one: Contestant, request: str, endpoint: str) -> float:
    """Return the instructions of one warm request."""
    few, many = (_count(one, request, endpoint, times) for times in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def _count(one: Contestant, request: str, endpoint: str, times: int) -> int:
    done = subprocess.run(
        tied(
            [
                *["valgrind", "--tool=cachegrind", "--cache-sim=no"],
                *["--cachegrind-out-file=/dev/null", *command_of(one, request)],
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
