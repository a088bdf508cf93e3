"""One word for one thing: no file has a word that the project has replaced."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project_files import ROOT, project_files

LIST = Path(__file__).with_name("words.yaml")
WORDS: dict[str, Any] = yaml.safe_load(LIST.read_text("utf-8"))
NOWHERE: dict[str, str] = WORDS["nowhere"]
NAMES: dict[str, str] = WORDS["names"]
KEPT: list[dict[str, str]] = WORDS["kept"]
PACKAGES = [
    name
    for name in ("contract", "lab", "local", "twinproof/src")
    if (ROOT / name).is_dir()
]
# These must name an old word: the list, the notes for readers about a rename, and the
# translation of a line of an old report.
ABOUT_WORDS = {
    str(LIST.relative_to(ROOT)),
    "twinproof/CHANGELOG.md",
    "CHANGELOG.md",
    "tests/unit/test_verdict_lines.py",
}
# Ids of cases are permanent, so one that has an old word keeps it.
CASE_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
TYPESCRIPT_NAME = re.compile(r"^\s*(?:export )?(?:async )?(?:class|function) (\w+)")


@cache
def files() -> dict[str, str]:
    """Return the text of each file of the project, by its path."""
    texts = {}
    for path in project_files():
        try:
            texts[str(path.relative_to(ROOT))] = path.read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a link that leads nowhere
    return texts


def parts(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case; a name is several words."""
    for found in PART.finditer(text):
        yield found[0].lower()


def names_of(path: str, text: str) -> Iterator[str]:
    """Yield the names of the classes and functions of a source, and its module's."""
    yield Path(path).stem
    if path.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name
    else:
        yield from (
            found[1]
            for line in text.splitlines()
            if (found := TYPESCRIPT_NAME.match(line))
        )


def keys_of(schema: object) -> Iterator[str]:
    """Yield every key of a report, by the schema of it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for each in schema.values():
            yield from keys_of(each)


def hits() -> Iterator[tuple[str, str]]:
    """Yield (file, word) for each replaced word in a file that must not have it."""
    nowhere = re.compile("|".join(NOWHERE))
    for path, text in files().items():
        if path not in ABOUT_WORDS:
            words = set(parts(CASE_ID.sub("", text))) | set(parts(path))
            yield from ((path, word) for word in words if nowhere.fullmatch(word))
        if path.endswith((".py", ".ts")):
            names = {name.strip("_").lower() for name in names_of(path, text)}
            yield from ((path, name) for name in names & NAMES.keys())


@cache
def found() -> set[tuple[str, str]]:
    return set(hits())


def test_no_file_has_a_word_that_was_replaced() -> None:
    kept = {(entry["file"], entry["word"]) for entry in KEPT}

    assert sorted(found() - kept) == []


@pytest.mark.parametrize(
    "entry", KEPT, ids=lambda each: f"{each['file']} {each['word']}"
)
def test_each_exception_is_needed(entry: dict[str, str]) -> None:
    assert (entry["file"], entry["word"]) in found()


@pytest.mark.parametrize("name", ["report", "fuzz"])
def test_no_key_of_a_report_is_a_word_that_was_replaced(name: str) -> None:
    path = f"twinproof/src/twinproof/formats/{name}.json"
    keys = {key.lower() for key in keys_of(yaml.safe_load(files()[path]))}

    assert keys & NAMES.keys() == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_name_of_a_class_is_used_once_in_a_package(package: str) -> None:
    # Each peer of the benchmark is an example of its own, as its framework writes it.
    sources = (
        text
        for path, text in files().items()
        if path.startswith(f"{package}/")
        and path.endswith(".py")
        and not path.startswith("lab/bench/peers/")
    )
    classes = Counter(
        node.name
        for text in sources
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    )

    assert classes
    assert [name for name, count in classes.items() if count > 1] == []
