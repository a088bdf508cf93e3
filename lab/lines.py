"""`make lines`: count lines of code by part of the project, and files by folder.

    python -m lab.lines [--revision REVISION]

Counts the lines of Python, TypeScript and JavaScript modules that are neither blank nor
only a comment. With `--revision` it counts a commit of this repository, else the files
of the working tree that git tracks. It also counts the source files of the folders with
the most files.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from local.command import DONE, parser_of, run
from local.console import print_line
from local.template import ROOT

SOURCES = {".py", ".ts", ".mjs"}
# Not in the sum: the service itself and its tests.
APART = ("handlers", "tests", "twinproof/examples")
DEEPER = ("contract", "handlers", "lab", "local", "tests", "twinproof")
FOLDERS = 8


class GitError(Exception):
    """A git command failed; the text is the first line of its error message."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both counts; return the exit code."""
    parser = parser_of("lines")
    parser.add_argument("--revision", default="", help="a commit, a branch, a tag")
    options = parser.parse_args(arguments)
    return run("lines", lambda: _print(options.revision), (GitError,))


def _print(revision: str) -> int:
    lines: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for path, text in sources(revision):
        lines[part_of(path)] += counted(text, path.suffix)
        files[str(path.parent)] += 1
    for part in sorted(lines):
        print_line(f"{lines[part]:>8,}  {part}")
    rest = sum(count for part, count in lines.items() if not part.startswith(APART))
    print_line(f"{rest:>8,}  outside {', '.join(APART)}")
    print_line(f"{sum(lines.values()):>8,}  in all")
    print_line("\nsource files by folder, without tests, the largest first")
    outside = {name: count for name, count in files.items() if "tests" not in name}
    for name, count in Counter(outside).most_common(FOLDERS):
        print_line(f"{count:>8}  {name}")
    return DONE


def sources(revision: str) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield path and text of each module of a commit, or of the working tree for ""."""
    listing = ["ls-tree", "-r", "--name-only", revision] if revision else ["ls-files"]
    for name in _git(*listing).splitlines():
        path = PurePosixPath(name)
        if path.suffix not in SOURCES:
            continue
        if revision:
            yield path, _git("show", f"{revision}:{name}")
        elif (ROOT / path).is_file():
            yield path, (ROOT / path).read_text("utf-8")


def part_of(path: PurePosixPath) -> str:
    """Return the part of the project that a module belongs to, such as `local/http`."""
    parts = path.parts[:-1]
    if path.is_relative_to("twinproof/examples"):
        return "twinproof/examples"
    return "/".join(parts[: 2 if parts[0] in DEEPER else 1])


def counted(text: str, suffix: str) -> int:
    """Return the number of lines that are neither blank nor only a comment."""
    comment = "#" if suffix == ".py" else ("//", "/*", "*")
    return sum(
        1
        for line in map(str.strip, text.splitlines())
        if line and not line.startswith(comment)
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise GitError(done.stderr.splitlines()[0])
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
