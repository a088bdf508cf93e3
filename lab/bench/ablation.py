"""What each optimization gains: our users function with and without it.

    python -m lab.bench.ablation

For each optimization, the package is copied and the optimization is removed from the
copy. An optimization of the start is measured by the CPU time of init and the first
getUser, in fresh processes and in the rounds of `make bench`. An optimization of warm
requests is measured by the instructions of the handler's getUser: instructions repeat,
but CPU time varies by more than such an optimization gains.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lab.bench import ablation_report, document, packages
from lab.bench.candidates import Candidate
from lab.bench.measuring import instructions
from lab.bench.measuring.measure import FULL, Figures, cold, print_progress, shuffled
from lab.bench.measuring.processes import stub
from lab.bench.optimizations import BY_LANGUAGE, FOLDER, Optimization
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
    print(ablation_report.markdown(found))
    if save:
        document.save(found, ablation_report.KEPT)
    return DONE


def measured() -> document.Document:
    """Measure both languages and return the document."""
    if not instructions.available():
        raise MeasureError("needs valgrind (Debian: apt-get install valgrind)")
    load = os.getloadavg()[0]
    rows = []
    with stub() as aws:
        for language, optimizations in BY_LANGUAGE.items():
            rows += asyncio.run(measure(language, optimizations, aws.endpoint))
    return ablation_report.whole(rows, load, FULL.cold_rounds)


async def measure(
    language: str, optimizations: Sequence[Optimization], endpoint: str
) -> list[document.Document]:
    """Measure our package and each copy; return one row for each optimization."""
    ours = replace(packages.ours(language), name=WHOLE)
    copies = {}
    for number, optimization in enumerate(optimizations):
        print_progress(f"{language}: undoing: {optimization.name}")
        copies[optimization] = _undone(ours, optimization, number)
    started = await _started(ours, copies, endpoint)
    warm = [one for optimization, one in copies.items() if optimization.warm]
    warmed = _counted([ours, *warm], endpoint)
    return [
        ablation_report.row(
            optimization, ours, one, warmed if optimization.warm else started
        )
        for optimization, one in copies.items()
    ]


def _undone(ours: Candidate, optimization: Optimization, number: int) -> Candidate:
    """Return a copy of our users function without an optimization."""
    folder = FOLDER / f"{ours.language}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ours.users.folder, folder)
    optimization.undo(folder)
    return replace(
        ours, name=optimization.name, users=replace(ours.users, folder=folder)
    )


async def _started(
    ours: Candidate, copies: Mapping[Optimization, Candidate], endpoint: str
) -> ablation_report.Found:
    """Return the CPU seconds of init and first getUser of each round, by name."""
    environments = {
        one: optimization.environment for optimization, one in copies.items()
    }
    measured = [
        ours,
        *(one for optimization, one in copies.items() if not optimization.warm),
    ]
    found = {one.name: Figures() for one in measured}
    for number in range(-1, FULL.cold_rounds):
        print_progress(f"{ours.language}: start {number + 1} of {FULL.cold_rounds}")
        for one in shuffled(measured, number):
            # The first round fills the disk's caches; its figures are not kept.
            figures = found[one.name] if number >= 0 else Figures()
            await cold(one, "get", endpoint, figures, environments.get(one))
    return {name: figures.first["get"] for name, figures in found.items()}


def _counted(measured: Sequence[Candidate], endpoint: str) -> ablation_report.Found:
    """Return the instructions of the handler's getUser, by name."""
    print_progress(f"{measured[0].language}: counting instructions")
    with side_by_side(2) as threads:
        counts = threads.map(
            lambda one: [instructions.of_request(one, "get", endpoint)], measured
        )
        return dict(zip((one.name for one in measured), counts, strict=True))


if __name__ == "__main__":
    sys.exit(main())
