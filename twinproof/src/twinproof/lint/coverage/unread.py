"""Finds keywords that `walk` and its callers do not read, and would ignore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twinproof.contract.nodes import followed, target_of
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFinding
from twinproof.lint.coverage.sizes import KEYWORDS
from twinproof.lint.coverage.walk import EXPLAINING, UNIONS, locations

_OF_TEXTS = frozenset(
    {*EXPLAINING, *KEYWORDS, "$ref", "allOf", "const", "enum", "pattern", "type"}
)
"""The keywords that are read for a parameter or a header, which is one text."""
_OF_BODIES = _OF_TEXTS | {
    *UNIONS,
    *("additionalProperties", "dependentRequired", "items", "properties", "required"),
}


def unread(contract: Contract) -> Iterator[FileFinding]:
    """Yield a finding for each keyword that coverage cannot read."""
    seen = set()
    for reference, read in _roots(contract):
        for file, pointer, schema in followed(
            contract.files, *target_of("", reference)
        ):
            for keyword in _unread(contract, f"{file}#{pointer}", schema, read):
                if (file, pointer, keyword) not in seen:
                    seen.add((file, pointer, keyword))
                    yield FileFinding(file, pointer, f"coverage cannot read {keyword}")


def _roots(contract: Contract) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each schema at which coverage begins, and the keywords read below it."""
    for operation in contract.operations.values():
        for reference in operation.request_content.values():
            yield reference, _OF_BODIES
        for parameter in operation.parameters:
            yield parameter.schema, _OF_TEXTS
        for documented in operation.responses.values():
            for reference in documented.content.values():
                yield reference, _OF_BODIES
            for _, reference in documented.headers.values():
                yield reference, _OF_TEXTS
    for path in sorted((contract.root / "schemas").glob("stored-*.json")):
        yield f"schemas/{path.name}", _OF_BODIES


def _unread(
    contract: Contract, reference: str, schema: dict[str, Any], read: frozenset[str]
) -> Iterator[str]:
    yield from (keyword for keyword in schema if keyword not in read)
    if not isinstance(schema.get("additionalProperties", True), bool):
        yield "additionalProperties with a schema"
    below = [*schema.get("properties", {}).values(), schema.get("items")]
    if any(each is False for each in below):
        yield "false as a schema"
    if "$ref" in schema or "allOf" in schema:
        location = next(locations(contract.schemas, reference))
        for keyword in location.doubled:
            yield f"two values of {keyword}"
