"""`make start DEBUG=python:UsersFunction`: one function waits for a debugger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from local.http.ports import claim
from local.implementations import IMPLEMENTATIONS
from local.model import Deployment, Function
from local.template import functions, load

# The ports where editors look for a debugger by default.
PORTS = {"python": 5678, "typescript": 9229}
FORM = re.compile(r"(?P<name>(?P<language>\w+):\w+)(?::(?P<port>\d{1,5}))?")
# Nothing times out while somebody reads: not the start of the function, not its
# invocation. It is the deadline in the function's context, too, so that the function
# does not refuse to call AWS because its time is up.
PATIENCE_SECONDS = 24 * 3_600


class DebugError(Exception):
    """There is no such function to debug; the text lists the functions in one line."""


@dataclass(frozen=True)
class Debugged:
    """The function that waits (`python:UsersFunction`) and the debugger's port."""

    name: str
    port: int

    @property
    def ports(self) -> dict[str, int]:
        """Return the debugger's port, keyed by the setting that chooses it."""
        return {"DEBUG": self.port}

    @property
    def row(self) -> tuple[str, str]:
        """The lines to print about it when the stack is ready."""
        return "debugger", f"127.0.0.1:{self.port}  (of {self.name})"

    def made_to_wait(self, deployments: Sequence[Deployment]) -> list[Deployment]:
        """Return the deployments with the function that waits, its package rebuilt.

        The deployed package has no source map, and its bytecode names Lambda's paths.
        """
        changed = []
        for one, deployment in zip(IMPLEMENTATIONS, deployments, strict=True):
            deployed = {
                name: self._waiting(function)
                if self.name == f"{one.name}:{name}"
                else function
                for name, function in deployment.functions.items()
            }
            if deployed != deployment.functions:
                one.refresh(tuple(deployed.values()))
            changed.append(replace(deployment, functions=deployed))
        return changed

    def _waiting(self, function: Function) -> Function:
        return replace(function, debug_port=self.port, timeout_seconds=PATIENCE_SECONDS)


def debugged(value: str) -> Debugged | None:
    """Read `IMPLEMENTATION:FUNCTION` or `IMPLEMENTATION:FUNCTION:PORT`; "" is None.

    Raises `DebugError`, or `PortError` if the port is not free.
    """
    if not value:
        return None
    match = FORM.fullmatch(value)
    if match is None or match["name"] not in _choices():
        raise DebugError(
            f"DEBUG={value} names no function; choose one of {', '.join(_choices())};"
            " for another debugger port, append it: python:UsersFunction:5679"
        )
    name, port = match["name"], int(match["port"] or PORTS[match["language"]])
    claim(port, f"DEBUG={name}:<port>").close()
    return Debugged(name, port)


def _choices() -> list[str]:
    names = functions(load())
    return [f"{one.name}:{name}" for one in IMPLEMENTATIONS for name in names]
