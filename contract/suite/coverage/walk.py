"""Enumerates the places of a schema: each member, down to the leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract.suite.schemas import escape_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from referencing._core import Resolver

    from contract.suite.schemas import Schemas

UNIONS = ("oneOf", "anyOf")


@dataclass(frozen=True)
class Place:
    """One place in the values that a schema describes."""

    pointer: str
    """A JSON Pointer, in which `*` stands for any number of a list."""
    node: Mapping[str, Any]
    """The schema there, `$ref` followed."""
    required: bool
    """Whether a value without it does not fit, at least beside another member."""

    @property
    def is_leaf(self) -> bool:
        """Say whether nothing is below."""
        return not any(key in self.node for key in ("properties", "items", *UNIONS))

    @property
    def types(self) -> tuple[str, ...]:
        """Return the JSON types that the schema allows; none where it names none."""
        said = self.node.get("type", ())
        return (said,) if isinstance(said, str) else tuple(said)


def places(schemas: Schemas, reference: str) -> Iterator[Place]:
    """Yield every place of the schema at `file#pointer`, the whole value first."""
    found = schemas.look_up(reference)
    yield from _below(found.contents, found.resolver, "", required=True)


def _below(
    node: Mapping[str, Any], resolver: Resolver[Any], pointer: str, *, required: bool
) -> Iterator[Place]:
    while "$ref" in node:
        found = resolver.lookup(node["$ref"])
        node, resolver = found.contents, found.resolver
    yield Place(pointer, node, required)
    needed = {*node.get("required", ())}
    needed.update(*node.get("dependentRequired", {}).values())
    for name, part in node.get("properties", {}).items():
        here = f"{pointer}/{escape_pointer(name)}"
        yield from _below(part, resolver, here, required=name in needed)
    if "items" in node:
        yield from _below(node["items"], resolver, f"{pointer}/*", required=True)
    for union in UNIONS:
        for part in node.get(union, ()):
            yield from _below(part, resolver, pointer, required=required)
