"""Which members are volatile, as volatile.yaml declares, held by their rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract.suite import normals, presigned, rules
from contract.suite.files import read_yaml
from contract.suite.matching import Free, Mismatch, no_free
from contract.suite.rules import Rule, Subject, record_key

if TYPE_CHECKING:
    from contract.suite.normals import Normal

FILE = Path(__file__).with_name("volatile.yaml")
HEADERS = "headers"
# Rules that leave something open: what is left open is compared.
_FORMS: Mapping[Rule, Normal] = {
    rules.anything: normals.below,
    rules.identity: normals.identity,
    rules.time_of_write: normals.time_of_write,
    rules.version: normals.plain,
    presigned.upload_method: normals.plain,
    presigned.upload_headers: normals.plain,
    presigned.upload_url: normals.signed_url(presigned.upload_url),
    presigned.download_url: normals.signed_url(presigned.download_url),
}


@dataclass(frozen=True)
class Volatile:
    """The volatile members of each schema, and the schemas that hold lists of them."""

    members: Mapping[str, Mapping[str, Rule]]
    pages: Mapping[str, str]
    normals: Mapping[str, Mapping[str, Normal]] = field(default_factory=dict)
    """By schema, or `headers`, and path: what is compared in a value's place."""

    @classmethod
    def read(cls, path: Path = FILE) -> Volatile:
        """Return what volatile.yaml declares; raise `KeyError` for an unknown rule."""
        document = read_yaml(path)
        members = {
            schema: {member: _rule(name) for member, name in declared.items()}
            for schema, declared in document["members"].items()
        }
        forms = {
            schema: {path: _form(rule) for path, rule in held.items()}
            for schema, held in members.items()
        }
        for schema, declared in document["compared"].items():
            forms.setdefault(schema, {}).update(
                (path, vars(normals)[said["rule"].replace("-", "_")])
                for path, said in declared.items()
            )
        return cls(members, document["pages"], forms)

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


def _form(rule: Rule) -> Normal:
    """Return what is compared of a member that a rule holds on each side."""
    return _FORMS.get(rule) or normals.by_rule(rule)


def _rule(name: str) -> Rule:
    function = name.replace("-", "_")
    module = presigned if hasattr(presigned, function) else rules
    return vars(module)[function]  # type: ignore[no-any-return]
