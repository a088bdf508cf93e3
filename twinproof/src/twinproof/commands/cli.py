"""`twinproof`: parses the command line, calls the other modules, prints the result."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twinproof.cases.model import Collection, read_cases, read_chosen
from twinproof.cases.statements import cited, read_statements
from twinproof.checks.checks import Checks
from twinproof.commands.options import parser
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run `twinproof`; return 0: no failure, 1: a failure, 2: it could not run."""
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
    except Exception as bug:  # noqa: BLE001 - Python would exit with 1, which means a failure
        lines = [f"twinproof: a bug in twinproof: {located(bug)}"]
    for line in lines:
        complain(line, sys.stderr)
    return NOT_RUN


def _run(argv: Sequence[str] | None) -> int:
    options = parser().parse_args(argv)
    options.folder = options.contract or _nearest_contract(Path.cwd())
    if not options.folder.is_dir():
        raise UsageError(f"--contract {options.folder}: no such folder")
    command = {
        "check": _check,
        "fuzz": _fuzz,
        "events": _events,
        "emulators": _emulators,
        "lint": _lint,
    }[options.command]
    return command(options)


def _nearest_contract(here: Path) -> Path:
    """Return the nearest contract folder: here, in `contract`, or further up."""
    for folder in (here, *here.parents):
        for found in (folder, folder / "contract"):
            if (found / FILE).is_file():
                return found
    raise UsageError(f"no {FILE} in this folder or above; give --contract DIR")


def _check(options: argparse.Namespace) -> int:
    if options.report:
        # Imported here: most runs of one case write no report and start faster without.
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
    # Written before anything is printed: a reader of the output may close it early.
    if options.report:
        from twinproof.report.files import write_reports  # noqa: PLC0415

        write_reports(run, targets, contract.version, options.report)
    print_run(run, flags, sys.stdout, _shared(options))
    return run.exit_code


def _ids(contract: Contract, chosen: Collection, known_failures: ByTarget) -> set[str]:
    """Return the id of every case, or of the chosen ones if no failure is known."""
    some = read_cases(contract.root, contract.schemas) if known_failures else chosen
    return {each.full_id for each in some.all}


def _check_ran(run: Run, target: str) -> None:
    """Raise `UsageError` if nothing ran on a target: it would look as if it passed."""
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
    # Imported here: the other commands start faster without its modules.
    from twinproof.commands.fuzz import fuzz  # noqa: PLC0415

    contract = Contract(options.folder)
    targets = _targets(options, contract)
    rerun = " ".join([*(_flag(t, options) for t in targets), _shared(options)]).strip()

    def ready() -> list[PreparedTarget]:
        return [prepare(target, contract) for target in targets]

    return fuzz(options, contract, ready, rerun)


def _flag(target: Target, options: argparse.Namespace) -> str:
    """Return the flag with which this run named a target."""
    flag = next(f for f in options.target if f.partition("=")[0] == target.name)
    return f"--target {flag}"


def _shared(options: argparse.Namespace) -> str:
    """Return the options of this run that apply to every target."""
    given = [
        (name.replace("_", "-"), getattr(options, name))
        for name in ("contract", "stack", "endpoint", "lambda_endpoint")
    ]
    return " ".join(f"--{name} {value}" for name, value in given if value)


def _events(options: argparse.Namespace) -> int:
    contract = Contract(options.folder)
    files = render(contract, read_cases(contract.root, contract.schemas))
    folder = contract.root / contract.config.rendered.events
    if not options.check:
        write(folder, files)
        return PASSED
    drifted = drift(folder, files)
    for name in drifted:
        line = f"{folder.name}/{name} is out of date; run twinproof events"
        print_line(line, sys.stdout)
    return FAILED if drifted else PASSED


def _emulators(options: argparse.Namespace) -> int:
    contract = Contract(options.folder)
    if not emulators_of(contract):
        raise UsageError(f"{options.folder} has no emulators/*.yaml")
    name = contract.config.rendered.emulators
    page, text = contract.root / name, render_page(contract)
    if not options.check:
        page.write_text(text, "utf-8")
    elif not page.is_file() or page.read_text("utf-8") != text:
        shown = name.removeprefix("../")
        line = f"{shown} is out of date; run twinproof emulators"
        print_line(line, sys.stdout)
        return FAILED
    return PASSED


def _lint(options: argparse.Namespace) -> int:
    # Imported here: it loads a validator of OpenAPI that no other command needs.
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
