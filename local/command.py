"""How every command of the project parses arguments, reports errors and ends."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable

from local.console import in_one_line
from local.stopping import StoppedError, stop_on_signals

DONE = 0
FOUND = 1
"""The command ran and found something wrong."""
NOT_RUN = 2
"""The command could not do its work: wrong arguments, or an error."""
STOPPED = 130
"""The command was interrupted: 128 plus the number of SIGINT, as in shells."""


def parser_of(
    name: str, *numbers: tuple[str, int], cors: bool = False
) -> ArgumentParser:
    """Return a parser for `make NAME`.

    `numbers` are options that take a whole number, each with its default: `--port`.
    With `cors` it takes `--cors-origins`, too.
    """
    parser = ArgumentParser(prog=name)
    for option, default in numbers:
        parser.add_argument(option, type=int, default=default)
    if cors:
        parser.add_argument("--cors-origins", default="", metavar="ORIGIN,...")
    return parser


PORT = ("--port", 3000)
CLOUD_PORT = ("--cloud-port", 4566)


def run(
    name: str, work: Callable[[], int], foreseen: tuple[type[Exception], ...] = ()
) -> int:
    """Do the work of `make NAME` and return its exit code.

    An error becomes one line on stderr that begins with the name. If it is not
    `foreseen`, the line adds its class and source line. Signals stop the work and all
    child processes.
    """
    stop_on_signals()
    try:
        return work()
    except StoppedError:
        sys.stderr.write(f"{name}: stopped\n")
        return STOPPED
    except Exception as error:  # noqa: BLE001 # the entry: one line, and nothing left
        sys.stderr.write(f"{name}: {in_one_line(error, foreseen)}\n")
        return NOT_RUN
