"""Flattens properties to single values, each with its path."""

from __future__ import annotations

from collections.abc import Iterator

from local.template import Json

# Fields that identify the elements of a list. If every element has a unique one, the
# order of the list does not matter.
IDENTITIES = ("IndexName", "Sid", "Id", "PolicyName", "Key", "Name", "AttributeName")
# Elements of a policy statement that may be one string or a list of strings.
ONE_OR_MORE = ("Action", "Resource")


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()


def flatten(value: Json) -> dict[str, Json]:
    """Return every single value by its path, such as `KeySchema/0/KeyType`.

    A `/` in a name becomes `~1`. An empty object or list is a value too.
    """
    return dict(_walk(value, ""))


def _walk(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    fields = _fields(value)
    if not fields:
        yield path.removeprefix("/"), value
    for name, item in fields:
        yield from _walk(item, f"{path}/{name.replace('/', '~1')}")


def _fields(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, dict):
        statement = "Effect" in value
        return [
            (name, _list(item) if statement and name in ONE_OR_MORE else item)
            for name, item in value.items()
        ]
    if isinstance(value, list):
        return list(zip(_names(value), value, strict=True))
    return []


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _names(items: list[Json]) -> list[str]:
    """Return the name of each element: its identifying field, else its index."""
    numbers = [str(number) for number, _ in enumerate(items)]
    if not all(isinstance(item, dict) for item in items):
        return numbers
    for identity in IDENTITIES:
        names = [item.get(identity) for item in items]
        if _is_key_schema(items):
            return numbers
        if all(isinstance(name, str) for name in names):
            return names if len(set(names)) == len(names) else numbers
    return numbers


def _is_key_schema(items: list[dict[str, Json]]) -> bool:
    """Return whether the order matters: one of two sort keys is the first."""
    return any("KeyType" in item for item in items)


def equal_values(wanted: Json, found: Json) -> bool:
    """Return whether two values are equal to CloudFormation, which coerces scalars."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return str(wanted).lower() == str(found).lower()
    if isinstance(wanted, int | float) or isinstance(found, int | float):
        try:
            return float(wanted) == float(found)
        except (TypeError, ValueError):
            return False
    return bool(wanted == found)
