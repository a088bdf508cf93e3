"""The options of `twinproof` and its commands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from twinproof.contract.config import FILE
from twinproof.errors import UsageError

FUZZ_WORKERS = 4
"""Sequences that run at the same time. A local target has too few cores for more."""


class _Parser(argparse.ArgumentParser):
    """An argument parser that reports an error in one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parser() -> argparse.ArgumentParser:
    """Return the parser of `twinproof`'s command line."""
    whole = _Parser(
        prog="twinproof",
        description="Checks an API against its contract, "
        "and two APIs against each other.",
    )
    whole.set_defaults(contract=None)
    # Accepted before and after the command's name: the printed rerun commands have all
    # options after it.
    common = _Parser(add_help=False)
    for each in (whole, common):
        each.add_argument(
            "--contract",
            type=Path,
            default=argparse.SUPPRESS,
            metavar="DIR",
            help=f"the contract folder (default: the nearest folder with a {FILE})",
        )
    connection = _Parser(add_help=False)
    connection.add_argument(
        "--target",
        action="append",
        required=True,
        metavar="NAME[=URL]",
        help="what to check: a base URL, lambda:FUNCTION, or lambda: for the functions "
        "of the stack; without a URL, targets/NAME.yaml has it",
    )
    connection.add_argument(
        "--report", type=Path, metavar="DIR", help="write the reports to this folder"
    )
    connection.add_argument(
        "--stack", help="the CloudFormation stack whose outputs name tables and buckets"
    )
    connection.add_argument(
        "--endpoint", metavar="URL", help="the endpoint of AWS (default: AWS itself)"
    )
    connection.add_argument(
        "--lambda-endpoint",
        metavar="URL",
        help="the endpoint of Lambda's Invoke API (default: that of --endpoint)",
    )
    commands = whole.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check",
        parents=[common, connection],
        help="run the cases and journeys on each target",
    )
    check.add_argument(
        "--case",
        action="append",
        default=[],
        metavar="ID",
        help="run only this case (OPERATION/NAME), the cases of an OPERATION, the "
        "journey journeys/NAME, or all journeys (journeys); can be repeated",
    )
    check.add_argument(
        "--emulator",
        metavar="NAME",
        help="accept the known failures that emulators/NAME.yaml lists",
    )
    _add_fuzz_options(
        commands.add_parser(
            "fuzz",
            parents=[common, connection],
            help="send random sequences of requests to two targets and compare them",
        )
    )
    for name, help_text in (
        ("events", "write the sample events that the cases describe"),
        ("emulators", "write the page about emulators"),
    ):
        one = commands.add_parser(name, parents=[common], help=help_text)
        one.add_argument(
            "--check",
            action="store_true",
            help="write nothing; exit with 1 if a file is out of date",
        )
    linting = commands.add_parser(
        "lint", parents=[common], help="check the files of the contract folder"
    )
    linting.add_argument(
        "--counts",
        action="store_true",
        help="also count the requirements that cases and tests meet",
    )
    return whole


def _add_fuzz_options(fuzzing: argparse.ArgumentParser) -> None:
    """Add the options of `fuzz` that do not concern its targets."""
    fuzzing.add_argument(
        "--sequences",
        type=int,
        default=200,
        metavar="N",
        help="how many sequences (default: 200)",
    )
    fuzzing.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the seed (default: 1)"
    )
    fuzzing.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="run this many random seeds one after another",
    )
    fuzzing.add_argument(
        "--sequence",
        type=int,
        metavar="I",
        help="run only the sequence with this number",
    )
    fuzzing.add_argument(
        "--first",
        type=int,
        default=0,
        metavar="I",
        help="the number of the first sequence (default: 0)",
    )
    fuzzing.add_argument(
        "--workers",
        type=int,
        default=FUZZ_WORKERS,
        metavar="W",
        help=f"how many sequences run at the same time (default: {FUZZ_WORKERS})",
    )
    fuzzing.add_argument(
        "--save",
        type=Path,
        metavar="DIR",
        help="save each difference here, as a case or a journey",
    )
