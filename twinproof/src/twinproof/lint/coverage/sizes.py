"""The keywords of JSON Schema that bound a size, and how each measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Any: a client may send any JSON.
Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Bound:
    """One bound of one schema."""

    keyword: str
    limit: int
    at: Test
    """True for a value exactly at the bound."""
    past: Test | None
    """True for a value one past the bound; None if there is no such value."""

    @property
    def name(self) -> str:
        """Return keyword and limit: `maxLength 100`."""
        return f"{self.keyword} {self.limit}"


def bounds_of(schema: Mapping[str, Any]) -> Iterator[Bound]:
    """Yield the bounds of a schema, without its subschemas."""
    for keyword, (measure, step) in KEYWORDS.items():
        if keyword in schema:
            limit = schema[keyword]
            at, past = _measures(measure, limit), _measures(measure, limit + step)
            # Nothing is shorter than empty.
            none = measure is not _number and limit + step < 0
            yield Bound(keyword, limit, at, None if none else past)


def _measures(measure: Callable[[Any], int | None], size: int) -> Test:
    return lambda value: measure(value) == size


def _code_points(value: Any) -> int | None:
    return len(value) if isinstance(value, str) else None


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


KEYWORDS: Mapping[str, tuple[Callable[[Any], int | None], int]] = {
    "minLength": (_code_points, -1),
    "maxLength": (_code_points, 1),
    "minItems": (_length, -1),
    "maxItems": (_length, 1),
    "minimum": (_number, -1),
    "maximum": (_number, 1),
}
