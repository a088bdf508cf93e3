"""The loopback ports that a command uses."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from local.http.server import listen

LAST_PORT = 65_535


class PortError(Exception):
    """A port cannot be used; the text is one line that says what to do."""


def require_apart(ports: Mapping[str, int]) -> None:
    """Raise `PortError` if two ports are equal, or if one is not a valid port.

    The keys of `ports` are the user's names for them: `PORT`, `PORT + 1`.
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
    """Return a listening socket; raises a `PortError` that names the `setting`."""
    try:
        return listen(port)
    except OverflowError as error:
        raise PortError(f"{port} is no port; choose another with {setting}") from error
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        reason = "is in use" if used else f"cannot be used ({error.strerror})"
        raise PortError(
            f"port {port} {reason}; choose another with {setting}"
        ) from error
