"""`make baseline`: compares the verdicts on a running `make start` with earlier ones.

Runs `check` over HTTP and by Lambda Invoke and `fuzz` with one seed, and compares the
result of each with the file that is kept next to this one. Prints the differences, or
one line if there are none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from local.command import CLOUD_PORT, PORT, parser_of, run
from local.console import print_line
from tests.baseline.kept import (
    FUZZ,
    HTTP,
    LAMBDA,
    RENEW,
    SEED,
    SEQUENCES,
    differences,
    file_of,
    lines_of,
)
from tests.verdict_lines import text_of

TOOL = Path(sys.executable).with_name("twinproof")
REPORTS = Path("reports/baseline")
REPORT_FILES = ("report.json", "fuzz.json")


def main(words: list[str] | None = None) -> int:
    """Return 0: no difference, 1: a difference, 2: a run gave no verdict."""
    parser = parser_of("baseline", PORT, CLOUD_PORT)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args(words)
    return run("baseline", lambda: _compare(options))


def _compare(options: Namespace) -> int:
    url = "http://127.0.0.1:{}".format
    http = {"python": url(options.port), "typescript": url(options.port + 1)}
    by_invoke = dict.fromkeys(http, "lambda:")
    cloud = ["--endpoint", url(options.cloud_port)]
    cloud += ["--lambda-endpoint", url(options.cloud_port + 1)]
    drawn = ["--seed", str(SEED), "--sequences", str(SEQUENCES)]
    runs = {
        HTTP: ["check", *_targets(http), *cloud],
        LAMBDA: ["check", *_targets(by_invoke), *cloud],
        FUZZ: ["fuzz", *_targets(http), *cloud, *drawn],
    }
    code = max([_compared(name, runs[name], keep=options.save) for name in runs])
    if code == 1:
        print_line(RENEW)
    return code


def _targets(urls: dict[str, str]) -> list[str]:
    return [word for name in urls for word in ("--target", f"{name}={urls[name]}")]


def _compared(name: str, arguments: list[str], *, keep: bool) -> int:
    """Run the tool once; print how its report differs, or keep its lines."""
    folder = REPORTS / name
    command = [str(TOOL), *arguments, "--report", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in ((0,) if keep else (0, 1)):
        print_line(f"{name}: the run failed\n{done.stdout}")
        return 2
    (file,) = (each for each in REPORT_FILES if (folder / each).is_file())
    report = json.loads((folder / file).read_text("utf-8"))
    if keep:
        file_of(name).write_text(text_of(lines_of(report)), "utf-8")
    differing = differences(name, report)
    head = f"{name}: differs; {folder / file}" if differing else f"{name}: same"
    print_line("\n".join([head, *differing]))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
