"""Imposters: the handlers of an implementation with one slip, and who catches it."""

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
"""In place of a place: where these cases are red depends on what came before."""


@dataclass(frozen=True)
class Imposter:
    """One mutation of a file below handlers/, and the cases that go red by it.

    `run` names operations or cases; `red` are all of theirs that fail, by the places at
    which they do. `driver` is `http` or `lambda`.
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

    def disguised(self, text: str) -> str:
        """Return the file's text with the slip; fail the test where it has no place."""
        times = text.count(self.find)
        if times != 1:
            line = f"{self}: its text stands {times} times in handlers/{self.file}"
            pytest.fail(line, pytrace=False)
        return text.replace(self.find, self.replace)

    @contextmanager
    def acting_in(self, checkout: Path) -> Iterator[None]:
        """Put the slip into a checkout's file, and take it out again."""
        place = checkout / "handlers" / self.file
        real = place.read_text("utf-8")
        place.write_text(self.disguised(real), "utf-8")
        try:
            yield
        finally:
            place.write_text(real, "utf-8")


def imposters() -> list[Imposter]:
    """Return every imposter, those of one implementation side by side."""
    return [one for path in sorted(HERE.glob("*.yaml")) for one in _read(path)]


def _read(path: Path) -> Iterator[Imposter]:
    document: Any = read_yaml(path, path.name)
    schema = json.loads((HERE / "format.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    for one in document["imposters"]:
        red = {places: set(ids) for places, ids in one["red"].items()}
        told = {**one, "run": tuple(one["run"]), "red": red}
        yield Imposter(document["implementation"], **told)
