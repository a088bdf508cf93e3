"""Makes one document of openapi.yaml and its schemas.

Schemathesis takes the kind of a record from the name of its schema under `components`.
From the kind it knows which response has the userId that another request needs. It
gives no kind to schemas in files of their own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# A node of a JSON document.
Node = Any


def bundle(document: Node, folder: Path) -> None:
    """Copy every schema of a folder into an OpenAPI document, and refer to it there.

    `user-page.json` becomes `#/components/schemas/UserPage`. The document is changed.
    """
    for name, node in document.items():
        document[name] = _referring(node, "")
    taken = document["components"]["schemas"]
    for path in folder.glob("*.json"):
        schema = json.loads(path.read_text("utf-8"))
        for name in ("$schema", "$id"):
            schema.pop(name, None)
        taken[_named(path.name)] = _referring(schema, path.name)


def _referring(node: Node, file: str) -> Node:
    """Return a node of a file with its references to files replaced."""
    if isinstance(node, list):
        return [_referring(value, file) for value in node]
    if not isinstance(node, dict):
        return node
    changed = {name: _referring(value, file) for name, value in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str):
        path, _, pointer = reference.partition("#")
        within = path.rpartition("/")[2] or file
        if within:
            changed["$ref"] = f"#/components/schemas/{_named(within)}{pointer}"
    return changed


def _named(file: str) -> str:
    return "".join(word.title() for word in file.removesuffix(".json").split("-"))
