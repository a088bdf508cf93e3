"""Ways through the contract's documents that more than one test module goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BASE = "file:///contract/"
REQUEST_SCHEMAS = (
    "asset-create.json",
    "asset-patch.json",
    "user-create.json",
    "user-patch.json",
    "user-replace.json",
)

# Any: a node of a YAML or JSON document.
Node = Any


def registry_of(files: Mapping[str, Node]) -> Registry[Any]:
    """Return a registry of documents by their paths under contract/."""
    return Registry().with_resources(
        (BASE + path, DRAFT202012.create_resource(contents))
        for path, contents in files.items()
    )


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield ("GET /users", operation) of every operation."""
    for path, item in document["paths"].items():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def resolved(document: Node, node: Node) -> Node:
    """Follow a `$ref` within openapi.yaml."""
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def responses(document: Node) -> Iterator[tuple[str, int, Node]]:
    """Yield (operationId, status, response) of every documented response."""
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            yield operation["operationId"], int(status), resolved(document, response)


def references(node: Node) -> Iterator[str]:
    """Yield every `$ref` under a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def examples(node: Node, pointer: str = "") -> Iterator[tuple[str, Node, Node]]:
    """Yield (where, schema's place, example) of every node with a schema beside it."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from examples(value, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    if "schema" in node:
        at = f"{pointer}/schema"
        if "example" in node:
            yield f"{pointer}/example", at, node["example"]
        for name, example in node.get("examples", {}).items():
            yield f"{pointer}/examples/{name}", at, example
    for key, value in node.items():
        step = key.replace("~", "~0").replace("/", "~1")
        yield from examples(value, f"{pointer}/{step}")
