"""`twinproof fuzz`: checks its options, runs, prints and saves."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Iterable, Sequence

from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.errors import UsageError
from twinproof.fuzz.fuzzer import Fuzzer, FuzzRun
from twinproof.fuzz.saving import save
from twinproof.output import print_line
from twinproof.report.fuzz_console import (
    FuzzProgress,
    closing_line,
    print_fuzzed,
    write_report,
)
from twinproof.report.html.fuzzed import write_fuzz_page
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import ANY

# `--seeds` draws below this: such a seed is short enough to copy by hand.
ALL_SEEDS = 1_000_000


def fuzz(
    options: argparse.Namespace,
    contract: Contract,
    ready: Callable[[], list[PreparedTarget]],
    rerun: str,
) -> int:
    """Run `twinproof fuzz`; return 0: no difference, 1: a difference, 2: not run.

    `ready` prepares the targets for each seed, because a run closes its connections.
    `rerun` has the options that name the same targets again.
    """
    codes = []
    for seed in _seeds(options):
        one = argparse.Namespace(**{**vars(options), "seed": seed})
        codes.append(_fuzz(one, contract, ready(), rerun))
        sys.stdout.flush()  # also into a pipe: the next seed takes minutes
    return max(codes)


def _seeds(options: argparse.Namespace) -> Sequence[int]:
    if options.seeds is None:
        return [options.seed]
    if options.sequence is not None or options.report:
        raise UsageError("--seeds cannot be combined with --sequence or --report")
    if not 1 <= options.seeds <= ALL_SEEDS:
        raise UsageError(f"--seeds is from 1 to {ALL_SEEDS:,}")
    return secrets.SystemRandom().sample(range(ALL_SEEDS), options.seeds)


def _fuzz(
    options: argparse.Namespace,
    contract: Contract,
    prepared_targets: list[PreparedTarget],
    rerun: str,
) -> int:
    pair = _pair(prepared_targets)
    progress = FuzzProgress(len(list(_indexes(options))), sys.stderr)
    checks = Checks.read(contract)
    drawing = checks.domain.drawing
    if drawing is None:
        raise UsageError("the plugin of the contract draws no sequences")
    fuzzer = Fuzzer(checks, drawing, pair, options.seed, options.workers, progress)
    fuzzed = fuzzer.run(_indexes(options))
    progress.clear()
    if options.save:
        save(fuzzed, contract, options.save)
    if options.report:
        write_report(fuzzed, contract, options.report)
        write_fuzz_page(fuzzed, contract, rerun, options.report)
    code = _code(fuzzed, contract)
    if options.seeds and code == 0:
        print_line(closing_line(fuzzed), sys.stdout)
    else:
        print_fuzzed(fuzzed, contract, rerun, sys.stdout)
    return code


def _code(fuzzed: FuzzRun, contract: Contract) -> int:
    if fuzzed.errors or not fuzzed.coverage.sequences:
        return 2
    passed = (
        not fuzzed.alike and not fuzzed.left and fuzzed.coverage.meets_goals(contract)
    )
    return 0 if passed else 1


def _indexes(options: argparse.Namespace) -> Iterable[int]:
    if options.sequence is not None:
        return [options.sequence]
    if options.sequences < 1 or options.workers < 1 or options.first < 0:
        raise UsageError(
            "--sequences and --workers are at least 1, --first is at least 0"
        )
    return range(options.first, options.first + options.sequences)


def _pair(
    prepared_targets: list[PreparedTarget],
) -> tuple[PreparedTarget, PreparedTarget]:
    if len(prepared_targets) != 2:
        raise UsageError(f"fuzz compares two targets; {len(prepared_targets)} given")
    left, right = prepared_targets
    for prepared in (left, right):
        name = prepared.target.name
        if prepared.target.writes != ANY:
            raise UsageError(f"fuzz needs `writes: any`, which {name} does not allow")
        if prepared.store is None:
            raise UsageError(
                f"fuzz needs access to the data of {name}: {prepared.no_store}"
            )
    return left, right
