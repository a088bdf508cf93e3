"""`make gaps`: how the running local stack differs from the template.

    python -m local.commands.gaps --cloud-port 4566

The stack writes the list into its folder and keeps the file locked while it runs, so
that a list which a killed stack left behind is recognised.
"""

from __future__ import annotations

import fcntl
import itertools
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from local import console
from local.command import CLOUD_PORT, DONE, parser_of, run
from local.deploy.build import STATE
from local.model import Deployment

DEFAULT_CLOUD_PORT = 4566


def folder_of(cloud_port: int) -> Path:
    """Return the folder of a stack; two running stacks never have the same port."""
    return STATE / f"stack-{cloud_port}"


class Gaps:
    """What was left out of the template, and what was applied after the deploy.

    All stacks use one template, so a gap that several of them have is listed once.
    """

    def __init__(self, deployments: Sequence[Deployment]) -> None:
        self._left_out = _each_once(one.left_out for one in deployments)
        self._applied = _each_once(one.applied_afterwards for one in deployments)

    def summary(self, cloud_port: int) -> str:
        """Return the counts, and the command that prints the list."""
        command = "make gaps"
        if cloud_port != DEFAULT_CLOUD_PORT:
            command += f" CLOUD_PORT={cloud_port}"
        left_out, applied = len(self._left_out), len(self._applied)
        counts = f"{left_out} left out, {applied} applied afterwards"
        return f"{counts}; {command} lists them"

    def publish(self, folder: Path) -> IO[str]:
        """Write the list into a stack's folder; it is valid while the file is open."""
        file = _file(folder).open("w", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(
            _section("left out, the emulator cannot hold it:", self._left_out)
            + _section("applied afterwards, the emulator dropped it:", self._applied)
        )
        file.flush()
        return file


def published(folder: Path) -> str | None:
    """Return the list of a running stack, or None."""
    try:
        with _file(folder).open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None  # the stack that locked the file has ended
    except BlockingIOError:
        return _file(folder).read_text("utf-8")
    except FileNotFoundError:
        return None


def _file(folder: Path) -> Path:
    return folder / "gaps.txt"


def _each_once(lines: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(itertools.chain.from_iterable(lines)))


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n  ".join([title, *(lines or ["nothing"])]) + "\n"


class NoStackError(Exception):
    """No stack is running; the text is one line that says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the list; return the exit code."""
    options = parser_of("gaps", CLOUD_PORT).parse_args(arguments)
    return run("gaps", lambda: _print(options.cloud_port), (NoStackError,))


def _print(port: int) -> int:
    listed = published(folder_of(port))
    if listed is None:
        raise NoStackError(
            f"no local stack runs with CLOUD_PORT={port}; start one with: make start"
        )
    console.print_line(listed.rstrip("\n"))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
