"""`parity fuzz`: reads its options, runs, prints, saves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from contract.suite.errors import UsageError
from contract.suite.fuzz.fuzzing import Fuzzer
from contract.suite.fuzz.printing import FuzzProgress, print_outcome, write_report
from contract.suite.fuzz.saving import save
from contract.suite.page.fuzzed import write_fuzz_page
from contract.suite.rulebook import Rulebook
from contract.suite.targets import ANY
from contract.suite.volatile import Volatile

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from contract.suite.benches import Bench
    from contract.suite.openapi import Contract


def fuzz(
    options: argparse.Namespace, contract: Contract, benches: list[Bench], rerun: str
) -> int:
    """Run `parity fuzz`; return 0 all held, 1 a divergence, 2 it could not run.

    `rerun`: the options that reach the targets again.
    """
    pair = _pair(benches)
    progress = FuzzProgress(len(list(_indexes(options))), sys.stderr)
    book = Rulebook(contract, Volatile.read(contract))
    fuzzer = Fuzzer(book, pair, options.seed, options.workers, progress)
    outcome = fuzzer.run(_indexes(options))
    progress.clear()
    if options.save:
        save(outcome, contract, options.save)
    if options.report:
        write_report(outcome, contract, options.report)
        write_fuzz_page(outcome, contract, rerun, options.report)
    print_outcome(outcome, contract, rerun, sys.stdout)
    if outcome.errors or not outcome.reach.sequences:
        return 2
    held = not outcome.alike and not outcome.left and outcome.reach.held(contract)
    return 0 if held else 1


def _indexes(options: argparse.Namespace) -> Iterable[int]:
    if options.sequence is not None:
        return [options.sequence]
    if options.sequences < 1 or options.workers < 1 or options.first < 0:
        raise UsageError("--sequences and --workers are at least 1, --first at least 0")
    return range(options.first, options.first + options.sequences)


def _pair(benches: list[Bench]) -> tuple[Bench, Bench]:
    if len(benches) != 2:
        raise UsageError(f"fuzz compares two targets; {len(benches)} named")
    left, right = benches
    for bench in (left, right):
        name = bench.target.name
        if bench.target.writes != ANY:
            raise UsageError(f"fuzz needs `writes: any`; {name} does not allow it")
        if bench.store is None:
            raise UsageError(f"fuzz needs the data of {name}: {bench.no_store}")
    return left, right
