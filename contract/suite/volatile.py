"""Which members are volatile, as volatile.yaml declares, held by their rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contract.suite import presigned, rules
from contract.suite.files import read_yaml
from contract.suite.matching import Free, Mismatch, no_free
from contract.suite.rules import Rule, Subject, record_key

FILE = Path(__file__).with_name("volatile.yaml")


@dataclass(frozen=True)
class Volatile:
    """The volatile members of each schema, and the schemas that hold lists of them."""

    members: Mapping[str, Mapping[str, Rule]]
    pages: Mapping[str, str]

    @classmethod
    def read(cls, path: Path = FILE) -> Volatile:
        """Return what volatile.yaml declares; raise `KeyError` for an unknown rule."""
        document = read_yaml(path)
        members = {
            schema: {member: _rule(name) for member, name in declared.items()}
            for schema, declared in document["members"].items()
        }
        return cls(members, document["pages"])

    def free(self, schema: str) -> Free:
        """Return which members a case need not name in a body of this schema."""
        if schema in self.pages:
            inner = self.free(self.pages[schema])
            return lambda pointer: _in_page(pointer, inner)
        declared = self.members.get(schema)
        if declared is None:
            return no_free
        return lambda pointer: frozenset(
            path.rpartition("/")[2]
            for path in declared
            if path.rpartition("/")[0] == pointer.lstrip("/")
        )

    def check(self, schema: str, subject: Subject, where: str) -> Iterator[Mismatch]:
        """Hold the volatile members of one body or item by their rules."""
        if schema in self.pages:
            items = subject.shown.get("items")
            for number, shown in enumerate(items if isinstance(items, list) else []):
                if isinstance(shown, dict):
                    part = replace(subject, shown=shown, key=record_key(shown))
                    here = f"{where} /items/{number}"
                    yield from self.check(self.pages[schema], part, here)
            return
        for path, rule in self.members.get(schema, {}).items():
            there, value = _at(subject.shown, path.split("/"))
            if there:
                expected = rule(value, subject)
                if expected:
                    place = (
                        f"{where} /{path}" if " /" not in where else f"{where}/{path}"
                    )
                    name = rule.__name__.replace("_", "-")
                    yield Mismatch(place, expected, value, f"rule {name}")


def _in_page(pointer: str, inner: Free) -> frozenset[str]:
    match = re.fullmatch("/items/[0-9]+(/.*)?", pointer)
    return inner(match[1] or "") if match else frozenset()


def _at(shown: Any, steps: list[str]) -> tuple[bool, Any]:
    here = shown
    for step in steps:
        if not isinstance(here, Mapping) or step not in here:
            return False, None
        here = here[step]
    return True, here


def _rule(name: str) -> Rule:
    function = name.replace("-", "_")
    module = presigned if hasattr(presigned, function) else rules
    return vars(module)[function]  # type: ignore[no-any-return]
