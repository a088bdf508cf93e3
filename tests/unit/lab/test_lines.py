"""Lines of code exclude blanks and comments, and each counts in one part."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from lab import lines

PYTHON = '''"""A docstring counts."""

# a comment does not
x = 1  # this line does
'''
TYPESCRIPT = """/**
 * A comment.
 */
const x = 1; // this line counts
"""


@pytest.mark.parametrize(
    ("text", "suffix", "count"), [(PYTHON, ".py", 2), (TYPESCRIPT, ".ts", 1)]
)
def test_blank_lines_and_comments_do_not_count(
    text: str, suffix: str, count: int
) -> None:
    assert lines.counted(text, suffix) == count


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("local/model.py", "local"),
        ("local/http/server.py", "local/http"),
        ("lab/scale/report/money.py", "lab/scale"),
        ("twinproof/examples/todo/service.py", "twinproof/examples"),
        ("tests/unit/local/test_build.py", "tests/unit"),
    ],
)
def test_room_is_a_folder_of_the_map(path: str, part: str) -> None:
    assert lines.part_of(PurePosixPath(path)) == part


def test_unknown_revision_is_an_error_of_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert lines.main(["--revision", "no such"]) == 2
    assert capsys.readouterr().err.startswith("lines: fatal: ")
