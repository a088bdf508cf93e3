"""Only the marked parts of a document are replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.markdown import MarksError, fill, stale, table

BEGIN, END = "<!-- costs: written by a command -->", "<!-- /costs -->"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def test_parts_are_written_between_their_marks(page: Path) -> None:
    other = "<!-- costs:more -->\nold\n<!-- /costs:more -->"
    page.write_text(f"before\n{BEGIN}\nold\n\nold\n{END}\nbetween\n{other}\nafter\n")

    written = fill(page, {"costs": "new", "costs:more": "more"})

    assert written == (
        f"before\n{BEGIN}\nnew\n{END}\nbetween\n{other.replace('old', 'more')}\nafter\n"
    )
    page.write_text(written)
    assert fill(page, {"costs": "new", "costs:more": "more"}) == written


@pytest.mark.parametrize(
    "text",
    [
        "no marks",
        f"{BEGIN}\nno end",
        f"no beginning\n{END}",
        f"{END}\n{BEGIN}\n",
        f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n",
        f"{BEGIN}\n{END}\n<!-- other -->\n<!-- /other -->\n",
    ],
)
def test_marks_that_are_not_those_of_the_parts_are_an_error(
    page: Path, text: str
) -> None:
    page.write_text(text)

    with pytest.raises(MarksError, match=r"^page\.md: marks and tables differ: "):
        fill(page, {"costs": "new"})


def test_file_that_is_missing_or_differs_is_stale(page: Path) -> None:
    assert stale({page: ""}) == {page}
    page.write_text("a")
    assert stale({page: "b"}) == {page}
    assert stale({page: "a"}) == set()


def test_numbers_of_a_table_are_aligned_to_the_right() -> None:
    assert table(["what", "dollars"], [["a", "1"]]) == (
        "| what | dollars |\n| --- | --: |\n| a | 1 |"
    )
