"""What each trick gains: our users function beside itself with one trick undone.

    python -m lab.bench.ablation

For each trick the package is copied and the trick taken out of the copy. Of a trick for
the start, init and first getUser are measured in fresh processes, in turn as `make
bench` does. Of one for warm requests the instructions of the handler's getUser are
counted, which repeat: its CPU differs by more than such a trick gains.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lab.bench import document, gains, packages
from lab.bench.contestants import Contestant
from lab.bench.measuring import instructions
from lab.bench.measuring.measure import FULL, Figures, cold, say, shuffled
from lab.bench.measuring.processes import stub
from lab.bench.tricks import BY_LANGUAGE, PLACE, Trick
from lab.sandboxed import MeasureError
from local.children import side_by_side
from local.command import DONE, parser_of, run
from local.deploy.sam import SamError
from local.template import ConfigurationError

WHOLE = "as it is"
FORESEEN = (SamError, ConfigurationError, MeasureError, OSError)


def main(argv: list[str] | None = None) -> int:
    """Measure both languages and print the tables; return the exit code."""
    parser = parser_of("ablation")
    parser.add_argument("--save", action="store_true", help="keep as lab/bench/results")
    options = parser.parse_args(argv)
    return run("ablation", lambda: _compare(save=options.save), FORESEEN)


def _compare(*, save: bool) -> int:
    try:
        found = measured()
    except subprocess.CalledProcessError as error:
        raise MeasureError(error.stderr or str(error)) from error
    print(gains.markdown(found))
    if save:
        document.save(found, gains.KEPT)
    return DONE


def measured() -> document.Document:
    """Measure both languages and return the document."""
    if not instructions.available():
        raise MeasureError("needs valgrind (Debian: apt-get install valgrind)")
    load = os.getloadavg()[0]
    rows = []
    with stub() as aws:
        for language, tricks in BY_LANGUAGE.items():
            rows += asyncio.run(measure(language, tricks, aws.endpoint))
    return gains.whole(rows, load, FULL.cold_rounds)


async def measure(
    language: str, tricks: Sequence[Trick], endpoint: str
) -> list[document.Document]:
    """Measure our package and each copy; return a row for each trick."""
    ours = replace(packages.ours(language), name=WHOLE)
    copies = {}
    for number, trick in enumerate(tricks):
        say(f"{language}: undoing: {trick.name}")
        copies[trick] = _undone(ours, trick, number)
    started = await _started(ours, copies, endpoint)
    warm = [one for trick, one in copies.items() if trick.warm]
    warmed = _counted([ours, *warm], endpoint)
    return [
        gains.row(trick, ours, one, warmed if trick.warm else started)
        for trick, one in copies.items()
    ]


def _undone(ours: Contestant, trick: Trick, number: int) -> Contestant:
    """Return a copy of our users function without a trick."""
    folder = PLACE / f"{ours.language}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ours.users.folder, folder)
    trick.undo(folder)
    return replace(ours, name=trick.name, users=replace(ours.users, folder=folder))


async def _started(
    ours: Contestant, copies: Mapping[Trick, Contestant], endpoint: str
) -> gains.Found:
    """Return the CPU of init and first getUser by name, round by round."""
    environments = {one: trick.environment for trick, one in copies.items()}
    measured = [ours, *(one for trick, one in copies.items() if not trick.warm)]
    found = {one.name: Figures() for one in measured}
    for number in range(-1, FULL.cold_rounds):
        say(f"{ours.language}: start {number + 1} of {FULL.cold_rounds}")
        for one in shuffled(measured, number):
            # The first round is for caches on the disk, and not kept.
            figures = found[one.name] if number >= 0 else Figures()
            await cold(one, "get", endpoint, figures, environments.get(one))
    return {name: figures.first["get"] for name, figures in found.items()}


def _counted(measured: Sequence[Contestant], endpoint: str) -> gains.Found:
    """Return the instructions of the handler's getUser by name."""
    say(f"{measured[0].language}: counting instructions")
    with side_by_side(2) as threads:
        counts = threads.map(
            lambda one: [instructions.of_request(one, "get", endpoint)], measured
        )
        return dict(zip((one.name for one in measured), counts, strict=True))


if __name__ == "__main__":
    sys.exit(main())
