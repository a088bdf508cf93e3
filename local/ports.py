"""Ports of the loopback that a command was told to use."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from local.http_server import listen

if TYPE_CHECKING:
    import socket


class PortError(Exception):
    """A port cannot be had; the text is one line that says what to do."""


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
