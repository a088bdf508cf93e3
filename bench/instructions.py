"""Instructions of one warm request of Python, counted by valgrind (cachegrind).

CPU time differs by a tenth from round to round; instructions repeat to a few in ten
thousand, as long as strings are hashed alike. The kernel's are not counted.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from bench.processes import CREDENTIALS, ENVIRONMENT, MeasureError
from bench.records import event, function_of
from local.runtimes import PYTHON

if TYPE_CHECKING:
    from bench.contestants import Contestant

LOOP = Path(__file__).with_name("loop.py")
# Few enough to wait for under valgrind, enough to fill every cache.
FEW, MANY = 20, 60


def available() -> bool:
    """Tell whether instructions can be counted here."""
    return shutil.which("valgrind") is not None


def of_request(one: Contestant, request: str, endpoint: str) -> float:
    """Return the instructions of one warm request."""
    few, many = (_count(one, request, endpoint, times) for times in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def _count(one: Contestant, request: str, endpoint: str, times: int) -> int:
    package = one.package(function_of(request))
    command = [
        *["valgrind", "--tool=cachegrind", "--cache-sim=no"],
        "--cachegrind-out-file=/dev/null",
        *[str(PYTHON), "-B", str(LOOP), package.handler],
        *[event(request).decode(), str(times)],
    ]
    environment = {
        **ENVIRONMENT,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(package.folder),
        "PYTHONHASHSEED": "0",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_access_key,
        "AWS_SESSION_TOKEN": CREDENTIALS.session_token,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    done = subprocess.run(
        command,
        cwd=package.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or counted is None:
        raise MeasureError(f"{one.label} under valgrind: {done.stderr[-300:]}")
    return int(counted[1].replace(",", ""))
