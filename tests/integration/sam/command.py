"""Runs SAM CLI's commands like a user, and ends them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import boto3

from handlers.packaging.env_vars import ENV_VARS
from local.commands.sam_local import credentials
from local.deploy.sam import SAM, environment_of
from local.docker import engine
from local.emulator.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.implementations import IMPLEMENTATIONS
from local.template import ROOT
from tests.integration.stacks import free_ports

READY_SECONDS = 180
STOP_SECONDS = 60
LOOK_SECONDS = 0.2


def environment() -> dict[str, str]:
    return environment_of(credentials())


def config_of(implementation: str) -> str:
    return "default" if implementation == "python" else f"default-{implementation}"


class Data:
    """`make sam-data` in a process of its own.

    The next one overwrites its file for `sam local`, so each keeps a copy.
    """

    stack = IMPLEMENTATIONS[0].stack

    def __init__(self) -> None:
        _, self.port = free_ports()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.env_vars = ENV_VARS.with_stem(f"{ENV_VARS.stem}-{self.port}")
        self.lines: list[str] = []
        self._ready = threading.Event()
        command = [sys.executable, "-m", "local.commands.sam_local", "data"]
        self._process = subprocess.Popen(
            [*command, "--cloud-port", str(self.port)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as printed:
            for line in printed:
                self.lines.append(line.rstrip())
                if line.rstrip() == "ready":
                    self._ready.set()
        self._ready.set()

    def wait(self) -> None:
        assert self._ready.wait(READY_SECONDS), self.lines
        assert self._process.poll() is None, self.lines
        shutil.copy(ENV_VARS, self.env_vars)

    def use_by_default(self) -> None:
        """Make this the data of commands that name none."""
        shutil.copy(self.env_vars, ENV_VARS)

    def empty(self) -> None:
        """Remove every item, so that the same event answers the same again."""
        client = boto3.client(
            "dynamodb",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        )
        for table in client.list_tables()["TableNames"]:
            keys = client.describe_table(TableName=table)["Table"]["KeySchema"]
            for item in client.scan(TableName=table)["Items"]:
                names = [key["AttributeName"] for key in keys]
                client.delete_item(
                    TableName=table, Key={name: item[name] for name in names}
                )

    def close(self) -> None:
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(STOP_SECONDS)
        self._reader.join()
        self.env_vars.unlink(missing_ok=True)
        assert code == 0, self.lines


def configured(template: Path, implementation: str, data: Data) -> list[str]:
    """Return the options with which SAM CLI uses a build like samconfig.toml.

    It looks for that file beside the template, which here is a build.
    """
    return [
        *["--config-file", str(ROOT / "samconfig.toml")],
        *["--config-env", config_of(implementation)],
        *["--template", str(template), "--env-vars", str(data.env_vars)],
    ]


def invoke(
    template: Path, implementation: str, data: Data, function: str, event: str
) -> str:
    """Return what `sam local invoke` prints to standard output: the answer alone."""
    command = [str(SAM), "local", "invoke", function, "-e", event]
    done = subprocess.run(
        [*command, *configured(template, implementation, data)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(
    kind: str, implementation: str, template: Path, log: Path, data: Data
) -> Iterator[str]:
    """Run `sam local start-api` or `start-lambda`; yield its URL once it answers."""
    port, _ = free_ports()
    command = [str(SAM), "local", kind, "--port", str(port)]
    command += configured(template, implementation, data)
    try:
        with running(command, f"http://127.0.0.1:{port}", log, signal.SIGTERM) as url:
            yield url
    finally:
        # SAM CLI sometimes leaves one of two containers that it started at once.
        engine.remove(engine.containers(template.parent))


@contextmanager
def made(implementation: str, log: Path) -> Iterator[str]:
    """Run `make sam-local`; yield its URL once it answers, and end it by Ctrl-C."""
    port, cloud_port = free_ports()
    command = ["make", "sam-local", f"PORT={port}", f"CLOUD_PORT={cloud_port}"]
    command += [f"IMPLEMENTATION={implementation}"]
    with running(command, f"http://127.0.0.1:{port}", log, signal.SIGINT) as url:
        yield url


@contextmanager
def running(
    command: list[str], url: str, log: Path, stop: signal.Signals
) -> Iterator[str]:
    """Run a server in a process group of its own, which the signal then stops."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, url, log)
        yield url
    finally:
        end(process, stop)


def end(process: subprocess.Popen[bytes], stop: signal.Signals) -> int:
    """Send a process group a signal, and wait; return its exit code.

    It may have ended already; if it does not end in time it is killed.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, stop)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        try:
            urllib.request.urlopen(f"{url}/health", timeout=30).close()  # noqa: S310 - ours
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(LOOK_SECONDS)
        else:
            return
    raise AssertionError(log.read_text("utf-8", "replace"))


PARITY = str(Path(sys.executable).with_name("twinproof"))


def parity(arguments: list[str]) -> tuple[int, str]:
    """Run `twinproof` in its own process; return its exit code and all it printed."""
    done = subprocess.run(
        [PARITY, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout
