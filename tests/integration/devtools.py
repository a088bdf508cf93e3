"""A tab of headless Chromium, driven by the DevTools protocol over a pipe.

Source: chromedevtools.github.io/devtools-protocol; with `--remote-debugging-pipe` the
browser reads its file descriptor 3 and writes 4, one JSON text before each zero byte.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

# Of a whole visit; one takes 10 s.
PATIENCE_SECONDS = 240
# The shell puts the pipes where the browser looks for them.
SHELL = 'exec "$@" 3<&{} 4>&{}'


class Tab:
    """One page; `events` are those that came while waiting for something else."""

    def __init__(self, orders: BinaryIO, reports: BinaryIO) -> None:
        self._orders = orders
        self._reports = reports
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._number += 1
        order = {"id": self._number, "method": method, "params": parameters}
        self._orders.write(json.dumps(order | self._session).encode() + b"\0")
        self._orders.flush()
        while "id" not in (report := self._read()):
            self.events.append(report)
        assert "error" not in report, report
        found: dict[str, Any] = report["result"]
        return found

    def open(self, url: str, scheme: str = "light") -> None:
        """Open a page, with a colour scheme, and wait until it has loaded."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            self.events.append(self._read())

    def run(self, script: str) -> Any:
        """Return the value of an expression of JavaScript, awaited."""
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path: Path) -> None:
        """Write a PNG of the whole page."""
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(taken["data"]))

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (one := self._reports.read(1)) != b"\0":
            assert one, "the browser has ended"
            text += one
        found: dict[str, Any] = json.loads(text)
        return found


@contextmanager
def tab(chromium: list[str], profile: Path) -> Iterator[Tab]:
    """Yield a tab; its browser ends with it."""
    theirs, ours = os.pipe(), os.pipe()
    # Out of the way of 3 and 4.
    given = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (theirs[0], ours[1])]
    for fd in (theirs[0], ours[1]):
        os.close(fd)
    command = [*chromium, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    with (
        os.fdopen(theirs[1], "wb") as orders,
        os.fdopen(ours[0], "rb") as reports,
        subprocess.Popen(
            ["bash", "-c", SHELL.format(*given), "bash", *command],
            pass_fds=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as browser,
    ):
        for fd in given:
            os.close(fd)
        # A page that never answers ends with its browser, and so does the test.
        patience = threading.Timer(PATIENCE_SECONDS, browser.kill)
        patience.start()
        try:
            yield Tab(orders, reports)
        finally:
            patience.cancel()
            browser.terminate()
