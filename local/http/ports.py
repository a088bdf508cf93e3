"""The loopback ports that a command uses."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from local.http.server import listen

LAST_PORT = 65_535


class PortError(Exception):
    """A port is not available; the text is one line that says what to do."""


def require_apart(ports: Mapping[str, int]) -> None:
    """Raise `PortError` where two of the ports are the same, or one is no port.

    `ports` are keyed by what a user calls each: `PORT`, `PORT + 1`.
    """
    taken: dict[int, str] = {}
    for name, port in ports.items():
        setting = name.split()[0]
        if not 1 <= port <= LAST_PORT:
            raise PortError(f"{name}: {port} is no port; choose another with {setting}")
        if port in taken:
            both = f"{taken[port]} and {name} are both {port}"
            raise PortError(f"{both}; choose another with {setting}")
        taken[port] = name


def claim(port: int, setting: str) -> socket.socket:
    """Return a listening socket; raises `PortError`, which names the `setting`."""
    try:
        return listen(port)
    except OverflowError as error:
        raise PortError(f"{port} is no port; choose another with {setting}") from error
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        reason = "is in use" if used else f"cannot be had ({error.strerror})"
        raise PortError(
            f"port {port} {reason}; choose another with {setting}"
        ) from error
