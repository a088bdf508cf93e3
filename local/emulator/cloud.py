"""The AWS endpoint on this machine: a ministack process with enforced permissions."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.children import die_with_parent
from local.emulator.access import LOOPBACK_HOSTS
from local.template import ROOT

PYTHON = ROOT / ".venv" / "cloud" / "bin" / "python"
HOST = "127.0.0.1"
REGION = "us-east-1"

# The emulator's administrator. These keys protect only what runs on this machine.
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"  # noqa: S105 - a fixed word of the emulator, no secret

# SDKs put the bucket before the host.
HOSTS = (*LOOPBACK_HOSTS, ".localhost")
# Gives this process, and no other, access to every path of the emulator.
TOKEN = secrets.token_hex(32)

# A start takes a second; the limit allows for a build on the same single core.
START_SECONDS = 60
POLL_SECONDS = 0.02


class CloudError(Exception):
    """The endpoint does not start; the text is one line that says what to do."""


@dataclass(frozen=True)
class Cloud:
    """A running endpoint. `process` ends when it crashes; `log` then has the reason.

    Pages of `origins`, in lower case, may call it.
    """

    endpoint: str
    process: subprocess.Popen[bytes]
    log: Path
    origins: frozenset[str] = frozenset()

    def failure(self) -> str | None:
        """Return one line if the process has ended by itself, else None."""
        code = self.process.poll()
        if code is None:
            return None
        return f"the AWS endpoint ended by itself (exit code {code}); see {self.log}"

    def stop(self) -> None:
        """End the process and its children at once; nothing of its state is kept."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(
    port: int,
    folder: Path,
    *,
    origins: Iterable[str] = (),
    more_hosts: Iterable[str] = (),
) -> Cloud:
    """Start an empty cloud on a port of the loopback; return when it answers.

    It writes only in `folder`. Pages of `origins` may call it. Its hosts are
    `localhost` and names below it, the loopback's addresses, and `more_hosts`. Raises
    `CloudError`. The process dies with the thread that called this.
    """
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    log = folder / "cloud.log"
    pages = frozenset(one.lower() for one in origins)
    with log.open("wb") as output:
        process = subprocess.Popen(
            die_with_parent([str(PYTHON), "-m", "local.emulator"]),
            cwd=folder,
            env={
                **_environment(port, folder),
                "EMULATOR_ACCESS": json.dumps(
                    {
                        "hosts": [*HOSTS, *more_hosts],
                        "origins": sorted(pages),
                        "token": TOKEN,
                    }
                ),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C goes to the stack, which ends this
        )
    cloud = Cloud(f"http://{HOST}:{port}", process, log, pages)
    try:
        _wait_until_it_answers(cloud)
    except BaseException:
        cloud.stop()
        raise
    return cloud


def _environment(port: int, folder: Path) -> dict[str, str]:
    """Return the whole environment: the developer's own AWS settings stay out."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),  # of `local.emulator`
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        # Both would open ports of their own.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def _wait_until_it_answers(cloud: Cloud) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if cloud.process.poll() is not None:
            raise CloudError(f"the AWS endpoint ended at once; see {cloud.log}")
        if _answers(cloud.endpoint):
            return
        time.sleep(POLL_SECONDS)
    raise CloudError(f"no AWS endpoint after {START_SECONDS} s; see {cloud.log}")


def _answers(endpoint: str) -> bool:
    # Ignores the environment's proxies, because the endpoint is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/_ministack/health", timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
