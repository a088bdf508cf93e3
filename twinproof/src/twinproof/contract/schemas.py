"""JSON Schema 2020-12 over the contract's files, with ECMA-262 patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from referencing import Registry
from referencing._core import Resolved, Resolver
from referencing.jsonschema import DRAFT202012

from twinproof.contract.ecma import NoPattern, found
from twinproof.files import read_json

# A scheme to which urllib joins relative references; nothing is read from it.
BASE = "file:///contract/"


@dataclass(frozen=True)
class Fault:
    """One fault of a value: JSON Pointer, keyword, one line."""

    pointer: str
    keyword: str
    what: str


def _pattern(
    _: object, pattern: str, instance: object, __: object
) -> Iterator[ValidationError]:
    if not isinstance(instance, str):
        return
    try:
        if not found(pattern, instance):
            yield ValidationError(f"does not match {pattern}")
    except NoPattern as error:
        yield ValidationError(str(error))


_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern}
)


def escape_pointer(name: str) -> str:
    """Return a member's name as one step of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def unescape_pointer(step: str) -> str:
    """Return the name in one step of a JSON Pointer (RFC 6901)."""
    return step.replace("~1", "/").replace("~0", "~")


def pointer_of(steps: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a path of names and numbers."""
    return "".join(f"/{escape_pointer(str(step))}" for step in steps)


def resolve_pointer(document: object, pointer: str) -> object:
    """Return the value at a JSON Pointer; raise `LookupError` if there is none."""
    here = document
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for step in pointer.split("/")[1:]:
        name = unescape_pointer(step)
        if isinstance(here, list):
            if not re.fullmatch("0|[1-9][0-9]*", name):
                raise LookupError(pointer)
            here = here[int(name)]
        elif isinstance(here, dict):
            here = here[name]
        else:
            # A scalar has no members: the value is missing, not of a wrong type.
            raise LookupError(pointer)  # noqa: TRY004
    return here


class Schemas:
    """Every schema of the contract, to check values with."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        """`documents`: the content of each file, by its path under contract/."""
        resources = [
            (BASE + path, DRAFT202012.create_resource(_undeclared(document)))
            for path, document in documents.items()
        ]
        self._registry: Registry[Any] = Registry().with_resources(resources).crawl()
        self._validators: dict[str, Any] = {}
        self._members: dict[str, frozenset[str]] = {}

    @classmethod
    def read(cls, root: Path) -> Schemas:
        """Read the tool's formats, and the schemas and formats under `root`."""
        return cls(read_schemas(root))

    def look_up(self, reference: str) -> Resolved[Any]:
        """Return the schema at `file#pointer`, and the resolver of its `$ref`s."""
        return self._registry.resolver(BASE).lookup(reference)

    def members(self, reference: str) -> frozenset[str]:
        """Return the properties that the schema at `file#pointer` names in any part."""
        if reference not in self._members:
            found = self.look_up(reference)
            names = frozenset(_members(found.contents, found.resolver))
            self._members[reference] = names
        return self._members[reference]

    def faults(self, reference: str, value: object) -> list[Fault]:
        """Return where `value` does not fit the schema at `file#pointer`."""
        validator = self._validators.get(reference)
        if validator is None:
            validator = _Validator({"$ref": BASE + reference}, registry=self._registry)
            self._validators[reference] = validator
        errors = sorted(
            validator.iter_errors(value), key=lambda e: list(map(str, e.path))
        )
        return [fault for error in errors for fault in faults_of(error)]

    def faults_of_each(self, asked: Iterable[tuple[str, object]]) -> list[list[Fault]]:
        """Return the faults of many values, each with the schema at `file#pointer`."""
        return [self.faults(reference, value) for reference, value in asked]


def read_schemas(root: Path) -> dict[str, Any]:
    """Return the tool's formats, and those in `root`/schemas and `root`/formats.

    By path under the contract folder; the folder's own formats replace the tool's.
    """
    documents = dict(tool_formats())
    for folder in ("schemas", "formats"):
        for path in sorted((root / folder).glob("*.json")):
            name = path.relative_to(root).as_posix()
            documents[name] = read_json(path, name)
    return documents


@cache
def tool_formats() -> Mapping[str, Any]:
    """Return the tool's own formats, by their path."""
    folder = Path(__file__).resolve().parents[1] / "formats"
    names = {path: f"formats/{path.name}" for path in sorted(folder.glob("*.json"))}
    return {name: read_json(path, name) for path, name in names.items()}


def _members(node: Any, resolver: Resolver[Any]) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    yield from node.get("properties", ())
    if "$ref" in node:
        found = resolver.lookup(node["$ref"])
        yield from _members(found.contents, found.resolver)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node.get(keyword, ()):
            yield from _members(part, resolver)


def _undeclared(document: Any) -> Any:
    """Return a schema without its `$schema`: all schemas here have one dialect.

    After a reference to a schema that names its dialect, jsonschema continues with its
    own validator of that dialect, whose patterns are Python's.
    """
    if not isinstance(document, dict):
        return document
    return {name: value for name, value in document.items() if name != "$schema"}


def faults_of(error: ValidationError) -> list[Fault]:
    """Return the faults of an error; of alternatives, those of the nearest one."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        groups: dict[object, list[ValidationError]] = {}
        for part in error.context:
            groups.setdefault(part.schema_path[0], []).append(part)
        nearest = min(groups.values(), key=_distance)
        return [fault for part in nearest for fault in faults_of(part)]
    message = error.message
    if len(message) > 200:
        message = f"{message[:120]} … {message[-60:]}"
    keyword = str(error.validator)
    return [Fault(pointer_of(list(error.absolute_path)), keyword, message)]


def _distance(errors: list[ValidationError]) -> tuple[int, int]:
    """Order alternatives: first those whose type fits, then those with fewer faults."""
    wrong_kind = sum(
        error.validator in ("type", "const", "required") and len(error.path) <= 1
        for error in errors
    )
    return wrong_kind, len(errors)
