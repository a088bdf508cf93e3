"""Compare our functions with their peers: `python -m lab.bench`.

Exit code 0 if it measured and no limit is exceeded, 1 if a limit is exceeded, 2 if it
could not measure.
"""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import Namespace

from lab.bench import ablation_report, document, goals, limits, packages, page, table
from lab.bench.candidates import FLOOR, LABELS, OURS, Candidate
from lab.bench.measuring import instructions
from lab.bench.measuring.measure import FULL, QUICK, Plan, measure, print_progress
from lab.bench.measuring.processes import StubProcess, stub
from lab.documents import InputError, read
from lab.markdown import MarksError, fill, stale
from lab.sandboxed import MeasureError
from local.children import side_by_side
from local.command import DONE, FOUND, parser_of, run
from local.deploy.sam import SamError
from local.template import ROOT, ConfigurationError

PAGE = ROOT / "docs" / "performance.md"
REPORTS = ROOT / "reports"
FORESEEN = (
    *(SamError, ConfigurationError, MeasureError, OSError),
    *(InputError, MarksError),
)
# Requests whose instructions are counted too.
COUNTED = ("get", "create", "invalid")


def main(argv: list[str] | None = None) -> int:
    """Run what the arguments ask for; return the exit code."""
    options = parse(argv)
    if options.table:
        return run("bench", lambda: write_table(check=options.check), FORESEEN)
    return run("bench", lambda: compare(options), FORESEEN)


def parse(argv: list[str] | None) -> Namespace:
    """Read the command line."""
    parser = parser_of("bench")
    parser.add_argument("--quick", action="store_true", help="ours and the floors only")
    parser.add_argument("--save", action="store_true", help="keep as lab/bench/results")
    parser.add_argument("--table", action="store_true", help="write the tables")
    parser.add_argument("--check", action="store_true", help="only compare the tables")
    found = parser.parse_args(argv)
    if found.quick and found.save:
        parser.error("--save keeps a whole run, not a quick one")
    if found.check and not found.table:
        parser.error("--check goes with --table")
    return found


def compare(options: Namespace) -> int:
    """Measure, print the table, write the results and their HTML page."""
    plan = QUICK if options.quick else FULL
    load = os.getloadavg()[0]
    with stub() as aws:
        parts = {
            language: _measured(_candidates(language, options.quick), aws, plan)
            for language in LABELS
        }
    found = document.whole(plan, parts, load)
    print(table.terminal(found))
    document.save(found, REPORTS / "bench.json")
    (REPORTS / "bench.html").write_text(page.page(found), "utf-8")
    print(f"{REPORTS / 'bench.html'}")
    if options.save:
        document.save(found, document.KEPT)
    lines = list(limits.exceeded(found))
    for line in lines:
        print(f"FAILED {line}")
    return FOUND if lines else DONE


def _candidates(language: str, quick: bool) -> list[Candidate]:
    names = [FLOOR] if quick else list(LABELS[language])
    found = [_built(language, OURS)]
    return found + [_built(language, name) for name in names]


def _built(language: str, name: str) -> Candidate:
    print_progress(f"building {language} {name}")
    return packages.ours(language) if name == OURS else packages.peer(language, name)


def _measured(
    candidates: list[Candidate], aws: StubProcess, plan: Plan
) -> document.Document:
    found = asyncio.run(measure(candidates, aws, plan))
    counted: dict[str, dict[str, float]] = {}
    if candidates[0].language == "python" and plan is FULL:
        counted = _instructions(candidates, aws)
    return document.language_part(candidates, found, counted)


def _instructions(
    candidates: list[Candidate], aws: StubProcess
) -> dict[str, dict[str, float]]:
    if not instructions.available():
        print_progress("no instructions are counted, because valgrind is not installed")
        return {}
    print_progress("counting instructions, which takes some minutes")

    def count(one: Candidate) -> dict[str, float]:
        return {
            request: instructions.of_request(one, request, aws.endpoint)
            for request in COUNTED
        }

    # In parallel: unlike time, instructions do not depend on other processes.
    with side_by_side(2) as threads:
        return dict(
            zip(
                (one.name for one in candidates),
                threads.map(count, candidates),
                strict=True,
            )
        )


def write_table(*, check: bool) -> int:
    """Write the tables of the kept results, or print that they differ."""
    found = read(document.KEPT, document.SCHEMA)
    tables = {
        "bench": table.markdown(found),
        "goals": goals.markdown(found),
        "ablation": ablation_report.markdown(ablation_report.kept()),
    }
    wanted = fill(PAGE, tables)
    if not stale({PAGE: wanted}):
        return DONE
    if not check:
        PAGE.write_text(wanted, "utf-8")
        return DONE
    print(f"{PAGE.name}: its tables do not match lab/bench/results")
    print("run: make bench-table")
    return FOUND


if __name__ == "__main__":
    sys.exit(main())
