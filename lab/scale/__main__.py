"""`make scale`: write the tables and plots of docs/scale.md.

    python -m lab.scale [--check]

Exit code 0 if they were written, or with `--check` if they are up to date; 1 if they
are not; 2 if an input is missing or does not fit its format.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.documents import InputError
from lab.markdown import MarksError, stale
from lab.scale.inputs import read
from lab.scale.report.document import PLOTS, files
from local.command import DONE, FOUND, parser_of, run
from local.template import ROOT, ConfigurationError

FORESEEN = (ConfigurationError, InputError, MarksError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, or check; return the exit code."""
    parser = parser_of("scale")
    parser.add_argument("--check", action="store_true", help="only compare the files")
    options = parser.parse_args(arguments)
    return run("scale", lambda: _render(check=options.check), FORESEEN)


def _render(*, check: bool) -> int:
    wanted = files(read())
    if check:
        return _check(differing(wanted))
    PLOTS.mkdir(exist_ok=True)
    for path in PLOTS.glob("*.svg"):
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
    print(f"written: docs/scale.md and {len(wanted) - 1} plots in docs/scale/")
    return DONE


def differing(wanted: Mapping[Path, str]) -> list[str]:
    """Return the files that are missing, stale or not in `wanted`."""
    strays = set(PLOTS.glob("*.svg")) - set(wanted)
    return sorted(str(path.relative_to(ROOT)) for path in stale(wanted) | strays)


def _check(paths: Sequence[str]) -> int:
    for path in paths:
        sys.stderr.write(f"scale: {path} is not up to date; run: make scale\n")
    return FOUND if paths else DONE


if __name__ == "__main__":
    sys.exit(main())
