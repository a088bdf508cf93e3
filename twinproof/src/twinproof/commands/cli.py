"""`twinproof`: reads the command line, calls, prints. All work is done elsewhere."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from twinproof.cases.model import Collection, read_cases, read_chosen
from twinproof.cases.statements import cited, read_statements
from twinproof.checks.checks import Checks
from twinproof.contract.config import FILE
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault, FileFinding, ToolError, UsageError, located
from twinproof.lint.lint import lint_and_cover
from twinproof.output import complain, flushed, print_line
from twinproof.report.console import ProgressLine, print_run
from twinproof.run.emulators import emulators_of, not_run, read_emulator, render_page
from twinproof.run.grounds import grounds_of
from twinproof.run.known_failures import ByTarget, apply_known, read_known_failures
from twinproof.run.relay import orders
from twinproof.run.results import Run
from twinproof.run.runner import Runner, new_run_id
from twinproof.run.samples import drift, render, write
from twinproof.targets.prepared import PreparedTarget, prepare
from twinproof.targets.target import Overrides, Target, read_target

PASSED, FAILED, NOT_RUN = 0, 1, 2
FUZZ_WORKERS = 4
"""Sequences at once. More only wait: a local target has a core or two."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose faults are one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parser() -> argparse.ArgumentParser:
    """Return the parser of `twinproof`'s command line."""
    whole = _Parser(
        prog="twinproof", description="Holds implementations to the contract."
    )
    whole.set_defaults(contract=None)
    # Taken before the command and behind it: a command that is shown to be run again
    # has all its options behind.
    common = _Parser(add_help=False)
    for each in (whole, common):
        each.add_argument(
            "--contract",
            type=Path,
            default=argparse.SUPPRESS,
            metavar="DIR",
            help=f"the contract folder; else the nearest with a {FILE}",
        )
    connection = _Parser(add_help=False)
    connection.add_argument(
        "--target",
        action="append",
        required=True,
        metavar="NAME[=URL]",
        help="a base URL, lambda:FUNCTION, or lambda: for the stack's functions",
    )
    connection.add_argument(
        "--report", type=Path, metavar="DIR", help="write reports here"
    )
    connection.add_argument("--stack", help="whose Outputs name tables and buckets")
    connection.add_argument(
        "--endpoint", metavar="URL", help="of AWS; none: AWS itself"
    )
    connection.add_argument(
        "--lambda-endpoint", metavar="URL", help="of the Invoke API"
    )
    commands = whole.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", parents=[common, connection], help="run cases and journeys on targets"
    )
    check.add_argument(
        "--case",
        action="append",
        default=[],
        metavar="ID",
        help="a case, an operation, "
        "a journey (journeys/NAME), or journeys; again for more",
    )
    check.add_argument(
        "--emulator", metavar="NAME", help="excuse what emulators/NAME.yaml names"
    )
    _add_fuzz_options(
        commands.add_parser(
            "fuzz",
            parents=[common, connection],
            help="send drawn sequences to two targets",
        )
    )
    for name, help_text in (
        ("events", "render sample events from the cases"),
        ("emulators", "render the page of emulators from the data"),
    ):
        one = commands.add_parser(name, parents=[common], help=help_text)
        one.add_argument("--check", action="store_true", help="only tell of drift")
    linting = commands.add_parser(
        "lint", parents=[common], help="check the contract's own files"
    )
    linting.add_argument(
        "--counts", action="store_true", help="count what cases and tests cover"
    )
    return whole


def _add_fuzz_options(fuzzing: argparse.ArgumentParser) -> None:
    """Add what `fuzz` takes beside what reaches its two targets."""
    fuzzing.add_argument("--sequences", type=int, default=200, metavar="N")
    fuzzing.add_argument("--seed", type=int, default=1, metavar="S")
    fuzzing.add_argument(
        "--seeds", type=int, metavar="N", help="in place of one, this many at random"
    )
    fuzzing.add_argument(
        "--sequence", type=int, metavar="I", help="only this one of the seed's"
    )
    fuzzing.add_argument(
        "--first", type=int, default=0, metavar="I", help="begin with this number"
    )
    fuzzing.add_argument("--workers", type=int, default=FUZZ_WORKERS, metavar="W")
    fuzzing.add_argument(
        "--save", type=Path, metavar="DIR", help="save known_failures as cases here"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run `twinproof`; return 0 all held, 1 a contract failure, 2 it could not run."""
    try:
        with flushed(sys.stdout):
            return _run(argv)
    except FileFault as fault:
        lines = [str(finding) for finding in fault.findings]
    except ToolError as error:
        lines = [f"twinproof: {error}"]
    except KeyboardInterrupt:
        lines = ["twinproof: interrupted"]
    except BrokenPipeError:
        lines = ["twinproof: the output was closed before everything was printed"]
    except OSError as error:
        lines = [f"twinproof: {error}"]
    except Exception as bug:  # noqa: BLE001 - Python would exit with 1: a verdict
        lines = [f"twinproof: a bug in the suite: {located(bug)}"]
    for line in lines:
        complain(line, sys.stderr)
    return NOT_RUN


def _run(argv: Sequence[str] | None) -> int:
    options = parser().parse_args(argv)
    options.folder = options.contract or _nearest_contract(Path.cwd())
    if not options.folder.is_dir():
        raise UsageError(f"--contract {options.folder}: there is no such folder")
    command = {
        "check": _check,
        "fuzz": _fuzz,
        "events": _events,
        "emulators": _emulators,
        "lint": _lint,
    }[options.command]
    return command(options)


def _nearest_contract(here: Path) -> Path:
    """Return the contract folder of a place: itself, its `contract`, or one above."""
    for folder in (here, *here.parents):
        for found in (folder, folder / "contract"):
            if (found / FILE).is_file():
                return found
    raise UsageError(f"no {FILE} here or above; say --contract DIR")


def _check(options: argparse.Namespace) -> int:
    if options.report:
        # Most runs of one case write none, and need not wait for its pages' modules.
        from twinproof.report.files import make_folder  # noqa: PLC0415

        make_folder(options.report)
    contract = Contract(options.folder)
    chosen = read_chosen(contract.root, contract.schemas, options.case)
    targets = _targets(options, contract)
    names = [target.name for target in targets]
    known_failures = dict(read_known_failures(contract.root, names, contract.schemas))
    if options.emulator:
        emulated = read_emulator(contract, options.emulator)
        known_failures |= {
            name: [*known_failures.get(name, ()), *emulated] for name in names
        }
    prepared_targets = [prepare(target, contract) for target in targets]
    turns = len(prepared_targets) + len(orders(prepared_targets))
    total = len(chosen.cases) * len(prepared_targets) + len(chosen.journeys) * turns
    progress = ProgressLine(total, sys.stderr)
    checks = Checks.read(contract)
    skipped = not_run(contract, options.emulator) if options.emulator else {}
    runner = Runner(checks, prepared_targets, progress, new_run_id(), not_run=skipped)
    run = runner.run(chosen)
    progress.clear()
    for name in names:
        _check_ran(run, name)
    run = apply_known(run, known_failures, _ids(contract, chosen, known_failures))
    grounds = grounds_of(run, cited(contract, chosen), read_statements(contract))
    run = replace(run, grounds=grounds, contract=str(options.contract or ""))
    flags = {target.name: _flag(target, options) for target in targets}
    # Before anything is printed: whoever reads may stop after the first line.
    if options.report:
        from twinproof.report.files import write_reports  # noqa: PLC0415

        write_reports(run, targets, contract.version, options.report)
    print_run(run, flags, sys.stdout, _shared(options))
    return run.exit_code


def _ids(contract: Contract, chosen: Collection, known_failures: ByTarget) -> set[str]:
    """Return every id that there is; where nothing is excused, none is asked for."""
    some = read_cases(contract.root, contract.schemas) if known_failures else chosen
    return {each.full_id for each in some.all}


def _check_ran(run: Run, target: str) -> None:
    """Raise `UsageError` where nothing ran on a target: that would look held."""
    if any(result.target == target for result in run.results):
        return
    reasons = {each.why for each in run.left_out if each.target == target}
    where = f" on {target}" if len(run.targets) > 1 else ""
    why = "; ".join(sorted(reasons)) or "no cases"
    raise UsageError(f"nothing ran{where}: {why}")


def _targets(options: argparse.Namespace, contract: Contract) -> list[Target]:
    overrides = Overrides(options.stack, options.endpoint, options.lambda_endpoint)
    folder = contract.root / "targets"
    targets = [
        read_target(flag, overrides, folder, contract.schemas)
        for flag in options.target
    ]
    if len({target.name for target in targets}) < len(targets):
        raise UsageError("two targets have the same name")
    return targets


def _fuzz(options: argparse.Namespace) -> int:
    # Every other command would wait for its modules, and has no use for them.
    from twinproof.commands.fuzz import fuzz  # noqa: PLC0415

    contract = Contract(options.folder)
    targets = _targets(options, contract)
    rerun = " ".join([*(_flag(t, options) for t in targets), _shared(options)]).strip()

    def ready() -> list[PreparedTarget]:
        return [prepare(target, contract) for target in targets]

    return fuzz(options, contract, ready, rerun)


def _flag(target: Target, options: argparse.Namespace) -> str:
    """Return the flag that reaches a target as this run did."""
    flag = next(f for f in options.target if f.partition("=")[0] == target.name)
    return f"--target {flag}"


def _shared(options: argparse.Namespace) -> str:
    """Return the options that hold for every target of this run."""
    options_ = [
        (name.replace("_", "-"), getattr(options, name))
        for name in ("contract", "stack", "endpoint", "lambda_endpoint")
    ]
    return " ".join(f"--{name} {value}" for name, value in options_ if value)


def _events(options: argparse.Namespace) -> int:
    contract = Contract(options.folder)
    files = render(contract, read_cases(contract.root, contract.schemas))
    folder = contract.root / contract.config.rendered.events
    if not options.check:
        write(folder, files)
        return PASSED
    drifted = drift(folder, files)
    for name in drifted:
        line = (
            f"{folder.name}/{name} is not as the cases render it; run twinproof events"
        )
        print_line(line, sys.stdout)
    return FAILED if drifted else PASSED


def _emulators(options: argparse.Namespace) -> int:
    contract = Contract(options.folder)
    if not emulators_of(contract):
        raise UsageError(f"{options.folder} has no emulators/*.yaml to render")
    name = contract.config.rendered.emulators
    page, text = contract.root / name, render_page(contract)
    if not options.check:
        page.write_text(text, "utf-8")
    elif not page.is_file() or page.read_text("utf-8") != text:
        shown = name.removeprefix("../")
        line = f"{shown} is not as emulators/ says; run twinproof emulators"
        print_line(line, sys.stdout)
        return FAILED
    return PASSED


def _lint(options: argparse.Namespace) -> int:
    # It loads a validator of OpenAPI, which no other command has a use for.
    from twinproof.lint.structure import lint_structure  # noqa: PLC0415

    findings = lint_structure(options.folder)
    if findings:
        return _print_findings(findings)
    contract = Contract(options.folder)
    findings, coverage = lint_and_cover(contract)
    code = _print_findings(findings)
    if options.counts and coverage:
        for line in coverage.counts():
            print_line(line, sys.stdout)
    return code


def _print_findings(findings: list[FileFinding]) -> int:
    for finding in findings:
        print_line(str(finding), sys.stdout)
    return FAILED if findings else PASSED
