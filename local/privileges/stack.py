"""A stack of its own for the proof, and the policies of its roles."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from local.children import tied
from local.clients import Clients
from local.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = Any
STACK = "parity-python"
# An end by SIGTERM takes less than 5 s; what takes longer is killed.
END_SECONDS = 30


class CannotProveError(Exception):
    """The proof could not be run; the text is one line that says why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the stack listens: its first front and its AWS endpoint."""

    api: int
    cloud: int

    @property
    def endpoint(self) -> str:
        """The URL of the local cloud."""
        return f"http://127.0.0.1:{self.cloud}"


@dataclass(frozen=True, slots=True)
class Policy:
    """The one inline policy of a function's role, as it is deployed."""

    function: str
    role: str
    name: str
    document: Mapping[str, Json]


@contextmanager
def started(ports: Ports) -> Iterator[Clients]:
    """Run `make start` on these ports for the length of a block."""
    command = [sys.executable, "-m", "local.start", "--port", str(ports.api)]
    process = subprocess.Popen(
        tied([*command, "--cloud-port", str(ports.cloud)]),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C is for the proof, which ends this
    )
    try:
        _wait_until_ready(process)
        # Its request log would fill the pipe, and then the stack would stand still.
        threading.Thread(target=_drain, args=[process], daemon=True).start()
        yield Clients(ports.endpoint)
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    line = "it said nothing"
    for line in process.stdout or ():
        if line.strip() == "ready":
            return
    raise CannotProveError(f"the stack did not start: {line.strip()}")


def _drain(process: subprocess.Popen[str]) -> None:
    for _ in process.stdout or ():
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def policy_of(function: str, clients: Clients) -> Policy:
    """Return the policy of a function (`Users`, `Assets`); it must be the only one."""
    name = f"{STACK}-{function.lower()}"
    held = clients.of("lambda").get_function(FunctionName=name)["Configuration"]
    role = held["Role"].rsplit("/", 1)[1]
    (policy,) = clients.of("iam").list_role_policies(RoleName=role)["PolicyNames"]
    answer = clients.of("iam").get_role_policy(RoleName=role, PolicyName=policy)
    document = answer["PolicyDocument"]
    if isinstance(document, str):
        document = json.loads(urllib.parse.unquote(document))
    return Policy(function, role, policy, document)


@contextmanager
def replaced(
    policy: Policy, document: Mapping[str, Json], clients: Clients
) -> Iterator[None]:
    """Give a role another document for the length of a block."""
    put = clients.of("iam").put_role_policy
    names = {"RoleName": policy.role, "PolicyName": policy.name}
    put(**names, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        put(**names, PolicyDocument=json.dumps(policy.document))


@dataclass(frozen=True, slots=True)
class Ran:
    """A case's verdict, and the status of every answer it got."""

    verdict: str
    statuses: frozenset[int]


def verdicts(cases: Sequence[str], ports: Ports) -> dict[str, str]:
    """Run cases on the Python implementation; return the verdict of each by its id."""
    return {case: one.verdict for case, one in statuses(cases, ports).items()}


def statuses(cases: Sequence[str], ports: Ports) -> dict[str, Ran]:
    """Run cases on the Python implementation; return what became of each, by its id."""
    with TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("parity")), "check"]
        command += ["--target", f"python=http://127.0.0.1:{ports.api}"]
        command += ["--endpoint", ports.endpoint, "--report", folder]
        command += ["--lambda-endpoint", f"http://127.0.0.1:{ports.cloud + 1}"]
        for case in cases:
            command += ["--case", case]
        ran = subprocess.run(tied(command), capture_output=True, text=True, check=False)
        report = Path(folder, "parity.json")
        if not report.exists():
            said = (ran.stderr or ran.stdout).strip().splitlines() or ["no report"]
            raise CannotProveError(f"the suite did not run: {said[-1]}")
        results = json.loads(report.read_text("utf-8"))["results"]
    return {
        one["id"]: Ran(
            one["verdict"], frozenset(call["status"] for call in one["calls"])
        )
        for one in results
    }
