"""Handlers without Lambda's runtime, called in a loop.

Lambda's runtime needs the same CPU time for every candidate. Without it, the whole
difference between two handlers is visible.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from lab.bench.candidates import Candidate, Package
from lab.bench.measuring.processes import CREDENTIALS, ENVIRONMENT
from lab.bench.records import event, function_of
from lab.sandboxed import MeasureError
from local import node
from local.children import die_with_parent
from local.lambda_.runtimes import PYTHON

LOOPS = {
    "python": Path(__file__).with_name("loop.py"),
    "node": Path(__file__).with_name("loop.cjs"),
}


def command_of(one: Candidate, request: str) -> list[str]:
    """Return the command that calls the handler of `request`."""
    package = one.package(function_of(request))
    loop, payload = str(LOOPS[one.language]), event(request).decode()
    if one.language == "python":
        return [str(PYTHON), "-B", loop, package.handler, payload]
    return [node.interpreter(package.runtime), loop, str(bundle_of(package)), payload]


def bundle_of(package: Package) -> Path:
    """Return the file of a Node package that has the handler."""
    return package.folder / f"{package.handler.partition('.')[0]}.js"


def environment_of(one: Candidate, request: str, endpoint: str) -> dict[str, str]:
    """Return the variables of Lambda's environment that a handler needs."""
    return {
        **ENVIRONMENT,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(one.package(function_of(request)).folder),
        "PYTHONHASHSEED": "0",
        "NODE_NO_WARNINGS": "1",  # stderr is for the figures
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_access_key,
        "AWS_SESSION_TOKEN": CREDENTIALS.session_token,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


class Loop:
    """A process that calls one handler as often as it is asked to."""

    def __init__(self, label: str, process: Popen[str]) -> None:
        self._label = label
        self._process = process

    def run(self, times: int) -> float:
        """Call the handler `times` times; return the CPU seconds of one call.

        Raises `MeasureError`.
        """
        assert self._process.stdin is not None  # noqa: S101 - tells mypy
        assert self._process.stderr is not None  # noqa: S101 - tells mypy
        self._process.stdin.write(f"{times}\n")
        self._process.stdin.flush()
        line = self._process.stderr.readline()
        try:
            return float(line) / times
        except ValueError:
            raise MeasureError(f"{self._label} in a loop: {line.strip()}") from None


@contextmanager
def running_loop(one: Candidate, request: str, endpoint: str) -> Iterator[Loop]:
    """Yield a loop that calls the handler of `request`; it ends with the block."""
    command = die_with_parent(command_of(one, request))
    environment = environment_of(one, request, endpoint)
    folder = one.package(function_of(request)).folder
    with Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=PIPE,
        text=True,
        start_new_session=True,  # a terminal's Ctrl-C does not reach it
    ) as process:
        try:
            yield Loop(one.label, process)
        finally:
            process.kill()
