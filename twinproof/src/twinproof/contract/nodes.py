"""Walks through the contract's documents: all mappings, references and schemas."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from twinproof.contract.openapi import DOCUMENT
from twinproof.contract.schemas import escape_pointer, resolve_pointer

# Any: a node of a YAML or JSON document.
Node = Any

# Their values are data: a `$ref` or a `schema` in them is not part of the document.
_DATA = ("const", "default", "enum", "example", "value")
# Below these the keys are free names: a property may be called value.
_NAMES = ("$defs", "patternProperties", "properties", "schemas")
_SCHEMAS_BY_NAME = ("$defs", "dependentSchemas", "patternProperties", "properties")
_SCHEMAS_IN_A_LIST = ("allOf", "anyOf", "oneOf", "prefixItems")
_ONE_SCHEMA = (
    *("additionalProperties", "contains", "else", "if", "items", "not"),
    *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
)


def nodes(node: Node, pointer: str = "") -> Iterator[tuple[str, Node]]:
    """Yield (JSON Pointer, mapping) of a node and of every mapping below it."""
    if isinstance(node, dict):
        yield pointer, node
        names = pointer.rpartition("/")[2] in _NAMES
        for key, value in node.items():
            # A schema's examples are a list of values; OpenAPI's are a mapping.
            data = key in _DATA or (key == "examples" and isinstance(value, list))
            if names or not data:
                yield from nodes(value, f"{pointer}/{escape_pointer(key)}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, f"{pointer}/{index}")


def references(files: Mapping[str, Node]) -> Iterator[tuple[str, str, str]]:
    """Yield (file, JSON Pointer, reference) of every `$ref`."""
    for path, document in files.items():
        for pointer, node in nodes(document):
            if isinstance(node.get("$ref"), str):
                yield path, pointer, node["$ref"]


def target_of(path: str, reference: str) -> tuple[str, str]:
    """Return the (file, JSON Pointer) that a reference in the file `path` names."""
    file, _, fragment = reference.partition("#")
    folder = posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(folder, file)) if file else path, (
        unquote(fragment)
    )


def found_at(files: Mapping[str, Node], target: tuple[str, str]) -> Node:
    """Return the value at a target; raise `LookupError` if there is none."""
    path, pointer = target
    return resolve_pointer(files[path], pointer)


def schema_roots(files: Mapping[str, Node]) -> Iterator[tuple[str, str, Node]]:
    """Yield (file, JSON Pointer, schema) of every schema that is not inside another."""
    for path, document in files.items():
        if path != DOCUMENT:
            yield path, "", document
            continue
        for pointer, node in nodes(document):
            if "schema" in node:
                yield path, f"{pointer}/schema", node["schema"]
            if pointer == "/components":
                for name, schema in node.get("schemas", {}).items():
                    at = f"{pointer}/schemas/{escape_pointer(name)}"
                    yield path, at, schema


def schemas_in(
    roots: Iterable[tuple[str, str, Node]],
) -> Iterator[tuple[str, str, Node]]:
    """Yield (file, JSON Pointer, schema) of these schemas and of all in them."""
    for path, pointer, schema in roots:
        if isinstance(schema, dict):
            yield path, pointer, schema
            yield from schemas_in(
                (path, f"{pointer}/{below}", inner) for below, inner in _inner(schema)
            )


def followed(
    files: Mapping[str, Node], path: str, pointer: str
) -> Iterator[tuple[str, str, Node]]:
    """Yield every schema in a schema and in those that it refers to."""
    waiting, seen = [(path, pointer)], set()
    while waiting:
        target = waiting.pop()
        if target in seen:
            continue
        seen.add(target)
        root = (*target, found_at(files, target))
        for file, at, schema in schemas_in([root]):
            yield file, at, schema
            if "$ref" in schema:
                waiting.append(target_of(file, schema["$ref"]))


def _inner(schema: Node) -> Iterator[tuple[str, Node]]:
    for keyword, value in schema.items():
        if keyword in _ONE_SCHEMA:
            yield keyword, value
        elif keyword in _SCHEMAS_BY_NAME:
            for name, inner in value.items():
                yield f"{keyword}/{escape_pointer(name)}", inner
        elif keyword in _SCHEMAS_IN_A_LIST:
            for index, inner in enumerate(value):
                yield f"{keyword}/{index}", inner
