"""Starts the local stack like `make start`; reads its output, finds its processes."""

from __future__ import annotations

import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

import boto3
from botocore.config import Config
from mypy_boto3_cloudformation import CloudFormationClient
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_lambda import LambdaClient
from mypy_boto3_s3 import S3Client
from mypy_boto3_sts import STSClient

ROOT = Path(__file__).resolve().parents[2]
# The first start on a machine builds; everything else is far quicker.
READY_SECONDS = 180
# The files that a checkout needs to start; links share the environments.
COPIED = (
    "contract",
    "handlers",
    "local",
    "package.json",
    "package-lock.json",
    "samconfig.toml",
    "template.yaml",
)
LINKED = (".venv", "node_modules")


def free_ports() -> tuple[int, int]:
    """Return PORT and CLOUD_PORT; each of them and the port after it are free.

    They are below the range that the kernel assigns, so that they stay free.
    """
    chosen = random.SystemRandom()
    found: list[int] = []
    while len(found) < 2:
        port = chosen.randrange(20_000, 32_000)
        if free(port) and free(port + 1) and all(abs(port - one) > 1 for one in found):
            found.append(port)
    return found[0], found[1]


def free_page() -> str:
    """Return the origin of a page at a free port of the loopback."""
    return f"http://127.0.0.1:{free_ports()[0]}"


def free(port: int) -> bool:
    with socket.socket() as probe:
        # As a server binds: a port with connections in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Settings(TypedDict):
    """The settings of every boto3 client here."""

    endpoint_url: str
    region_name: str
    aws_access_key_id: str
    aws_secret_access_key: str
    config: Config


class Stack:
    """A local stack in its own process, and its output so far.

    `page` is the origin of a page that may call it beside its own.
    """

    def __init__(
        self,
        root: Path = ROOT,
        ports: tuple[int, int] | None = None,
        *arguments: str,
        page: str = "",
    ) -> None:
        self.page = page
        self.port, self.cloud_port = ports or free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.typescript_url = f"http://127.0.0.1:{self.port + 1}"
        self.endpoint = f"http://127.0.0.1:{self.cloud_port}"
        self.lambda_endpoint = f"http://127.0.0.1:{self.cloud_port + 1}"
        self.logs = root / ".local" / f"stack-{self.cloud_port}" / "logs"
        self.ports = (
            *(self.port, self.port + 1),
            *(self.cloud_port, self.cloud_port + 1),
        )
        self.lines: list[str] = []
        self._printed = threading.Condition()
        options = ["--port", str(self.port), "--cloud-port", str(self.cloud_port)]
        self.process = subprocess.Popen(
            [
                *[sys.executable, "-m", "local.commands.start", *options],
                *["--cors-origins", page, *arguments],
            ],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._printed:
                self.lines.append(line.rstrip("\n"))
                self._printed.notify_all()
        with self._printed:
            self.lines.append("")  # the end, which wakes whoever waits
            self._printed.notify_all()

    def wait_for(
        self, text: str, since: int = 0, seconds: float = READY_SECONDS
    ) -> str:
        """Return the first line with `text`; fail if the stack ends before."""

        def found() -> str | None:
            lines = self.lines[since:]
            return next((line for line in lines if text in line), None)

        def settled() -> bool:
            return found() is not None or not self._reader.is_alive()

        with self._printed:
            self._printed.wait_for(settled, seconds)
        line = found()
        assert line is not None, f"no {text!r} in:\n" + "\n".join(self.lines)
        return line

    def ready(self) -> Stack:
        """Wait until everything answers."""
        self.wait_for("ready")
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal and return the seconds until the process was gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        self._reader.join(5)
        return time.monotonic() - began

    def exit_code(self, seconds: float = READY_SECONDS) -> int:
        """Wait for the process to end by itself."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def close(self) -> None:
        """End the process where a test has not."""
        if self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.end()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self._reader.join(5)
        self.process.stdout.close()

    def descendants(self) -> dict[int, str]:
        """Return every process that it started, by id, with its command line."""
        return descendants(self.process.pid)

    # ---- clients: the cloud as its administrator, Lambda at its own endpoint -----

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return boto3.client("cloudformation", **self._at(self.endpoint))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return boto3.client("dynamodb", **self._at(self.endpoint))

    @cached_property
    def s3(self) -> S3Client:
        return boto3.client("s3", **self._at(self.endpoint))

    @cached_property
    def functions(self) -> LambdaClient:
        return boto3.client("lambda", **self._at(self.lambda_endpoint))

    def role_of(self, function: str) -> str:
        """Return the ARN of a function's role, from the cloud."""
        deployed = boto3.client("lambda", **self._at(self.endpoint))
        return deployed.get_function_configuration(FunctionName=function)["Role"]

    @cached_property
    def tokens(self) -> STSClient:
        return boto3.client("sts", **self._at(self.endpoint))

    @cached_property
    def log_events(self) -> Any:  # its stubs are not among the tools
        return boto3.client("logs", **self._at(self.lambda_endpoint))

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack that owns the data."""
        described = self.cloudformation.describe_stacks(StackName="parity-python")
        outputs = described["Stacks"][0]["Outputs"]
        return {one["OutputKey"]: one["OutputValue"] for one in outputs}

    @staticmethod
    def _at(endpoint: str) -> Settings:
        return Settings(
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            # A retry would hide what a test checks.
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )


def descendants(pid: int) -> dict[int, str]:
    """Return the living descendants of a process by id, with their command lines."""
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for child in children(waiting.pop()):
            found[child] = command_line(child)
            waiting.append(child)
    return found


def children(pid: int) -> list[int]:
    found: list[int] = []
    # It may end at any moment: while its threads are listed, or one of them is read.
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def gone(pids: list[int], seconds: float = 5) -> bool:
    """Wait until all of these processes are gone; return whether they are."""
    return eventually(lambda: not any(map(alive, pids)), seconds)


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until a condition is true; return whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def copy_checkout(folder: Path) -> Path:
    """Return a separate checkout: files to edit, and links to the environments."""
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy2(source, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    copy_builds(folder)
    return folder


def copy_builds(folder: Path) -> None:
    """Copy the builds; the stack reuses them if their inputs are the same."""
    for build in (ROOT / ".local").glob("*/build"):
        taken = folder / build.relative_to(ROOT)
        shutil.copytree(build, taken)
        digest = build.with_name("build.digest")
        if digest.is_file():
            shutil.copy2(digest, taken.with_name(digest.name))
