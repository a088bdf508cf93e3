"""Enumerates the locations of a schema: each field, down to the leaves.

The keywords next to a `$ref`, those it refers to and each part of an `allOf` apply
together, so they are one location. `unread.py` finds what the walk does not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from referencing._core import Resolver

from twinproof.contract.schemas import Schemas, escape_pointer
from twinproof.errors import FileFault, FileFinding

UNIONS = ("oneOf", "anyOf")
EXPLAINING = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
)
"""Keywords that do not affect which values fit."""

_Schema = tuple["Mapping[str, Any]", "Resolver[Any]"]
"""A schema, and the resolver of its `$ref`s."""


@dataclass(frozen=True)
class Location:
    """One location in the values that a schema describes."""

    pointer: str
    """A JSON Pointer, in which `*` is any index of a list."""
    node: Mapping[str, Any]
    """The keywords that apply there; of several bounds, the narrowest."""
    required: bool
    """Whether a value without it does not fit, at least next to another field.

    It is not required if something that contains it is optional.
    """
    doubled: tuple[str, ...] = ()
    """Keywords that apply there twice with values that cannot be merged."""

    @property
    def is_leaf(self) -> bool:
        """Return whether nothing is below."""
        return not any(key in self.node for key in ("properties", "items", *UNIONS))

    @property
    def types(self) -> tuple[str, ...]:
        """Return the JSON types that the schema names."""
        return types_of(self.node.get("type", ()))


def locations(schemas: Schemas, reference: str) -> Iterator[Location]:
    """Yield every location of the schema at `file#pointer`, the whole value first.

    Raises `FileFault` if a schema contains itself.
    """
    found = schemas.look_up(reference)
    yield from _below([(found.contents, found.resolver)], "", required=True)


def _below(
    schemas: Sequence[_Schema],
    pointer: str,
    above: frozenset[int] = frozenset(),
    *,
    required: bool,
) -> Iterator[Location]:
    applied = [each for schema in schemas for each in _applied(*schema, above)]
    above |= {id(part) for part, _ in applied}
    node, doubled = _merged(node for node, _ in applied)
    yield Location(pointer, node, required, doubled)
    needed = {*node.get("required", ())}
    needed.update(*node.get("dependentRequired", {}).values())
    members: dict[str, list[_Schema]] = defaultdict(list)
    for part, resolver in applied:
        for name, schema in part.get("properties", {}).items():
            members[name].append((schema, resolver))
    for name, parts in members.items():
        here = f"{pointer}/{escape_pointer(name)}"
        yield from _below(parts, here, above, required=required and name in needed)
    items = [(part["items"], resolver) for part, resolver in applied if "items" in part]
    if items:
        yield from _below(items, f"{pointer}/*", above, required=required)
    for part, resolver in applied:
        for schema in (one for union in UNIONS for one in part.get(union, ())):
            # A value of another alternative has no field of this one.
            yield from _below([(schema, resolver)], pointer, above, required=False)


def _applied(
    schema: Any, resolver: Resolver[Any], above: frozenset[int]
) -> Iterator[_Schema]:
    """Yield a schema and those that apply with it, by `$ref` and `allOf`.

    `above` has the ids of the schemas that contain this one.
    """
    if not isinstance(schema, dict):
        # `true` has no keywords; `unread.py` reports `false`.
        return
    if id(schema) in above:
        what = "coverage cannot read a schema that contains itself"
        raise FileFault([FileFinding("schemas", str(schema.get("title", "")), what)])
    yield schema, resolver
    above |= {id(schema)}
    if "$ref" in schema:
        found = resolver.lookup(schema["$ref"])
        yield from _applied(found.contents, found.resolver, above)
    for part in schema.get("allOf", ()):
        yield from _applied(part, resolver, above)


def _merged(
    nodes: Iterable[Mapping[str, Any]],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the keywords of schemas that apply together, and those that clash."""
    merged: dict[str, Any] = {}
    doubled = []
    for node in nodes:
        for keyword, value in node.items():
            if keyword in ("$ref", "allOf"):
                continue
            if merged.setdefault(keyword, value) != value:
                if keyword in _TOGETHER:
                    merged[keyword] = _TOGETHER[keyword](merged[keyword], value)
                elif keyword not in EXPLAINING:
                    doubled.append(keyword)
    return merged, tuple(dict.fromkeys(doubled))


def types_of(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return the types that the keyword `type` names, one or several."""
    return (value,) if isinstance(value, str) else tuple(value)


# Any: the values of a keyword, whose type depends on the keyword.
_TOGETHER: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minLength", "minItems", "minimum"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maximum"), min),
    "enum": lambda one, other: [value for value in one if value in other],
    "type": lambda one, other: [t for t in types_of(one) if t in types_of(other)],
    "required": lambda one, other: [*one, *other],
    "properties": lambda one, other: {**one, **other},
    # The walk takes the items of each schema together.
    "items": lambda one, _: one,
}
"""By keyword: how two values of it are merged."""
