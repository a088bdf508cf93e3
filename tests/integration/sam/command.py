"""Runs SAM CLI's own commands as a user would, and ends them."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from local.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.sam import SAM, environment_of
from local.sam_local import credentials
from local.template import ROOT
from tests.integration.stacks import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

READY_SECONDS = 180
STOP_SECONDS = 60
LOOK_SECONDS = 0.2


def environment() -> dict[str, str]:
    return environment_of(credentials())


def config_of(implementation: str) -> str:
    return "default" if implementation == "python" else f"default-{implementation}"


class Data:
    """`make sam-data` in a process of its own."""

    def __init__(self) -> None:
        _, self.port = free_ports()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self._ready = threading.Event()
        command = [sys.executable, "-m", "local.sam_local", "data"]
        self._process = subprocess.Popen(
            [*command, "--cloud-port", str(self.port)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            if line.rstrip() == "ready":
                self._ready.set()
        self._ready.set()

    def wait(self) -> None:
        assert self._ready.wait(READY_SECONDS), self.lines
        assert self._process.poll() is None, self.lines

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
        assert self._process.wait(STOP_SECONDS) == 0, self.lines


def configured(template: Path, implementation: str) -> list[str]:
    """Return the options by which SAM CLI takes a build as samconfig.toml says.

    It looks for that file beside the template, which here is a build.
    """
    config = ["--config-file", str(ROOT / "samconfig.toml")]
    return [*config, "--config-env", config_of(implementation), "-t", str(template)]


def invoke(template: Path, implementation: str, function: str, event: str) -> str:
    """Return what `sam local invoke` prints to standard output: the answer alone."""
    command = [str(SAM), "local", "invoke", function, "-e", event]
    done = subprocess.run(
        [*command, *configured(template, implementation)],
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
def serving(kind: str, implementation: str, template: Path, log: Path) -> Iterator[str]:
    """Run `sam local start-api` or `start-lambda`; yield its URL once it answers."""
    port, _ = free_ports()
    url = f"http://127.0.0.1:{port}"
    command = [str(SAM), "local", kind, "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *configured(template, implementation)],
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
        process.terminate()
        process.wait(STOP_SECONDS)


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


PARITY = str(Path(sys.executable).with_name("parity"))


def parity(arguments: list[str]) -> tuple[int, str]:
    """Run `parity` in a process of its own; return its exit code and all it printed."""
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
