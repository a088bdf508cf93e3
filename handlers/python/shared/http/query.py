"""The query string: parsed here, because API Gateway joins repeats with commas."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from schemas import LIMIT, Schema
from shared.cursor import decode_cursor
from shared.errors import Fault, ValidationFailed
from shared.faults import listed
from shared.pages import Slice

# A function that returns the fault of a value, or None.
FaultFinder: TypeAlias = Callable[[str], str | None]
# The parameters of an operation, each with its fault finder.
Parameters: TypeAlias = Mapping[str, FaultFinder]
NO_PARAMETERS: Parameters = MappingProxyType({})

# The values of a query by name.
Query: TypeAlias = Mapping[str, str]

_PLAIN_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_query(text: str, parameters: Parameters) -> Query:
    """Return the parameters in `text` by name; raises `ValidationFailed`."""
    pairs = [_read_pair(piece) for piece in text.split("&") if piece != ""]
    given = Counter(name for name, _ in pairs)
    query = dict(pairs)
    faults = []
    for name, value in query.items():
        code = _fault_code(parameters, name, value, given[name])
        if code is not None:
            faults.append(Fault(name, code))
    if faults:
        raise ValidationFailed("parameter", listed(faults))
    return query


def _fault_code(
    parameters: Parameters, name: str, value: str, times: int
) -> str | None:
    if name not in parameters:
        return "additionalProperties"
    if times > 1:
        return "maxItems"
    return parameters[name](value)


def _read_pair(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return _decode(name), _decode(value)


def _decode(text: str) -> str:
    """Decode plus signs and percent-encoding; raises `ValidationFailed`."""
    try:
        if _BAD_ESCAPE.search(text) is None:
            return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeError:
        pass
    raise ValidationFailed("parameter", [Fault("", "pattern")])


def text_fault(schema: Schema) -> FaultFinder:
    """Return a function that finds the first keyword that a text violates."""
    allowed = schema.get("enum")
    shortest = schema.get("minLength", 0)
    longest = schema.get("maxLength")
    pattern = re.compile(schema.get("pattern", "(?s:.*)"))

    def find(value: str) -> str | None:
        if allowed is not None and value not in allowed:
            return "enum"
        if len(value) < shortest:
            return "minLength"
        if longest is not None and len(value) > longest:
            return "maxLength"
        return None if pattern.fullmatch(value) else "pattern"

    return find


def limit_fault(value: str) -> str | None:
    """Return the fault of a `limit`, or None; no sign, no leading zero."""
    if _PLAIN_NUMBER.fullmatch(value) is None:
        return "pattern"
    return "maximum" if int(value) > LIMIT["maximum"] else None


def read_slice(query: Query) -> Slice:
    """Return the slice that `limit` and `cursor` ask for; raises `InvalidCursor`."""
    cursor = query.get("cursor")
    return Slice(
        limit=int(query.get("limit", LIMIT["default"])),
        after=None if cursor is None else decode_cursor(cursor),
    )


def no_fault(_value: str) -> None:
    """Find no fault: for `cursor`, which is checked after all other parameters."""
