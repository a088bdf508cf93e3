"""Mutants: an implementation with one mutation, and the cases that catch it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from twinproof.files import read_yaml

HERE = Path(__file__).resolve().parent
HTTP = "http"
ANYWHERE = "anywhere"
"""Instead of labels: where these cases fail depends on what ran before them."""


@dataclass(frozen=True)
class Mutant:
    """One mutation of a file in handlers/, and the cases that catch it.

    `run` names operations or cases. `red` holds all of these cases that fail, by the
    labels and checks of their mismatches. `driver` is `http` or `lambda`.
    """

    implementation: str
    name: str
    why: str
    file: str
    find: str
    replace: str
    run: tuple[str, ...]
    red: dict[str, set[str]]
    driver: str = HTTP

    def __str__(self) -> str:
        return f"{self.implementation}-{self.name}"

    def mutated(self, text: str) -> str:
        """Return the mutated text; fail the test unless `find` occurs exactly once."""
        times = text.count(self.find)
        if times != 1:
            line = f"{self}: its text occurs {times} times in handlers/{self.file}"
            pytest.fail(line, pytrace=False)
        return text.replace(self.find, self.replace)

    @contextmanager
    def applied_to(self, checkout: Path) -> Iterator[None]:
        """Write the mutation into a file of a checkout; restore the file afterwards."""
        path = checkout / "handlers" / self.file
        original = path.read_text("utf-8")
        path.write_text(self.mutated(original), "utf-8")
        try:
            yield
        finally:
            path.write_text(original, "utf-8")


def mutants() -> list[Mutant]:
    """Return every mutant, grouped by implementation."""
    return [one for path in sorted(HERE.glob("*.yaml")) for one in _read(path)]


def _read(path: Path) -> Iterator[Mutant]:
    document: Any = read_yaml(path, path.name)
    schema = json.loads((HERE / "format.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    for one in document["mutants"]:
        red = {labels: set(ids) for labels, ids in one["red"].items()}
        fields = {**one, "run": tuple(one["run"]), "red": red}
        yield Mutant(document["implementation"], **fields)
