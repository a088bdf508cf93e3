"""Validate bodies with pydantic's models; its errors become keywords of JSON Schema."""

from collections.abc import Mapping
from typing import LiteralString, TypeVar, cast

from annotated_types import Interval
from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from schemas import Schema
from shared.errors import Fault, ValidationFailed
from shared.faults import listed
from shared.json_reader import JsonValue


class Body(BaseModel):
    """A body that a client may send: nothing is converted, nothing unknown ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Body)

# pydantic's error types, https://docs.pydantic.dev/latest/errors/validation_errors/
_KEYWORDS: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "additionalProperties",
    "model_type": "type",
    "string_type": "type",
    "int_type": "type",
    "greater_than_equal": "minimum",
    "less_than_equal": "maximum",
    "string_too_short": "minLength",
    "string_too_long": "maxLength",
    "string_pattern_mismatch": "pattern",
}


def read_body(model: type[Model], value: JsonValue, now: int) -> Model:
    """Return `value` as a `model`; raises `ValidationFailed`.

    pydantic stops at the first fault of a field, in the order that the contract
    requires: type, minimum, maximum, pattern. `now` (ms) is for bounds that depend on
    the time.
    """
    try:
        return model.model_validate(value, context=now)
    except ValidationError as error:
        found = error.errors(
            include_url=False, include_context=False, include_input=False
        )
        faults = [
            Fault(_pointer(fault["loc"]), _KEYWORDS.get(fault["type"], fault["type"]))
            for fault in found
        ]
    raise ValidationFailed("pointer", listed(faults))


def text(schema: Schema) -> StringConstraints:
    """Return the constraints of a string from its schema."""
    return StringConstraints(
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        pattern=schema.get("pattern"),
    )


def number(schema: Schema) -> Interval:
    """Return the bounds of an integer from its schema."""
    return Interval(ge=schema.get("minimum"), le=schema.get("maximum"))


def no_null(value: JsonValue) -> JsonValue:
    """Refuse null for a field that may be left out but must not be null."""
    if value is None:
        raise fault("type")
    return value


def now_of(info: ValidationInfo) -> int:
    """Return the `now` that was passed to `read_body`."""
    return cast("int", info.context)


def fault(keyword: LiteralString) -> PydanticCustomError:
    """Return the error with which a validator reports that `keyword` is violated."""
    return PydanticCustomError(keyword, "does not fit")


def _pointer(location: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer (RFC 6901) of a location in a body."""
    names = (str(name).replace("~", "~0").replace("/", "~1") for name in location)
    return "".join(f"/{name}" for name in names)
