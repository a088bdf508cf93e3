"""Checks that openapi.yaml, the schemas and rules.md agree with each other.

structure.py runs first and finds what makes them unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twinproof.contract.nodes import (
    found_at,
    nodes,
    references,
    schema_roots,
    schemas_in,
    target_of,
)
from twinproof.contract.openapi import DOCUMENT, Contract
from twinproof.contract.schemas import escape_pointer
from twinproof.domain.protocol import Domain
from twinproof.errors import FileFinding


def lint_documents(
    contract: Contract, domain: Domain, ids: set[str]
) -> list[FileFinding]:
    """Return where the documents disagree; `ids` are the ids of cases and journeys."""
    findings = [
        *_examples(contract),
        *_bodies(contract),
        *_unused(contract),
        *domain.conventions(ids),
    ]
    return list(dict.fromkeys(findings))


def _examples(contract: Contract) -> Iterator[FileFinding]:
    """Yield each example that does not fit its schema, once."""
    wrong: dict[tuple[str, str], str] = {}
    for path, pointer, schema, value in _shown(contract):
        faults = contract.schemas.faults(schema, value)
        faults_text = "; ".join(
            f"{each.pointer} {each.what}".strip() for each in faults
        )
        if faults_text:
            name = _name(contract, schema)
            wrong.setdefault((path, pointer), f"does not fit {name}: {faults_text}")
    for (path, pointer), what in wrong.items():
        yield FileFinding(path, pointer, what)


def _name(contract: Contract, schema: str) -> str:
    """Return the reference of a schema, or "its schema" if it is not a reference."""
    node = found_at(contract.files, target_of("", schema))
    return str(node.get("$ref", "its schema"))


def _shown(contract: Contract) -> Iterator[tuple[str, str, str, Any]]:
    """Yield (file, pointer, `file#pointer` of its schema, value) of each example."""
    for pointer, node in nodes(contract.document):
        if "schema" not in node:
            continue
        schema = f"{DOCUMENT}#{pointer}/schema"
        if "example" in node:
            yield DOCUMENT, f"{pointer}/example", schema, node["example"]
        for name, example in node.get("examples", {}).items():
            at = f"{pointer}/examples/{escape_pointer(name)}"
            resolved, location = contract.resolved(example, at)
            if "value" in resolved:
                yield DOCUMENT, location, schema, resolved["value"]
    for path, pointer, schema in schemas_in(schema_roots(contract.files)):
        for index, value in enumerate(schema.get("examples", [])):
            yield path, f"{pointer}/examples/{index}", f"{path}#{pointer}", value


def _bodies(contract: Contract) -> Iterator[FileFinding]:
    for pointer, node in nodes(contract.document):
        content = node.get("content")
        for media, body in content.items() if isinstance(content, dict) else ():
            if not body.get("examples") and "example" not in body:
                location = f"{pointer}/content/{escape_pointer(media)}"
                yield FileFinding(DOCUMENT, location, "this body has no example")


def _unused(contract: Contract) -> Iterator[FileFinding]:
    used = {target_of(path, ref) for path, _, ref in references(contract.files)}
    for path, document in contract.files.items():
        named = {f"/$defs/{escape_pointer(name)}" for name in document.get("$defs", ())}
        for kind, parts in document.get("components", {}).items():
            # Operations refer to these under `security`, without a `$ref`.
            if kind != "securitySchemes":
                named |= {
                    f"/components/{kind}/{escape_pointer(name)}" for name in parts
                }
        for pointer in sorted(named):
            if (path, pointer) not in used:
                yield FileFinding(path, pointer, "nothing refers to it")
