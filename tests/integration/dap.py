"""A client of the Debug Adapter Protocol, like an editor.

Source: microsoft.github.io/debug-adapter-protocol, base protocol and specification.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

SECONDS = 30
POLL_SECONDS = 0.05


class Debugger:
    """A connection to a debug adapter on the loopback."""

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._input = self._socket.makefile("rb")
        self._number = 0
        self._kept: list[dict[str, Any]] = []

    def __enter__(self) -> Debugger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._input.close()
        self._socket.close()

    def send(self, command: str, **arguments: object) -> int:
        """Send a request; return its number."""
        self._number += 1
        body = {"seq": self._number, "type": "request", "command": command}
        data = json.dumps({**body, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        return self._number

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Send a request and return the body of its response."""
        number = self.send(command, **arguments)
        answer = self._find(lambda one: one.get("request_seq") == number)
        assert answer["success"], answer
        body: dict[str, Any] = answer.get("body", {})
        return body

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event if it has not come yet; return its body."""
        found = self._find(lambda one: one.get("event") == name)
        body: dict[str, Any] = found.get("body", {})
        return body

    def _find(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for number, message in enumerate(self._kept):
            if wanted(message):
                return self._kept.pop(number)
        while not wanted(message := self._read()):
            self._kept.append(message)
        return message

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._input.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the adapter closed the connection"
        message: dict[str, Any] = json.loads(self._input.read(length))
        return message


def _connected(port: int) -> socket.socket:
    """Connect once the adapter listens: the sandbox may have just been started."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
