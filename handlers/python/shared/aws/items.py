"""Items: DynamoDB's typed attributes as plain values, only strings and integers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Item: TypeAlias = Mapping[str, str | int]

# An item to be written; attributes that are None are left out.
NewItem: TypeAlias = Mapping[str, str | int | None]


def to_attributes(item: NewItem) -> "dict[str, AttributeValueTypeDef]":
    """Return an item in DynamoDB's format; attributes that are None are left out."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in item.items()
        if value is not None
    }


def from_attributes(attributes: "Mapping[str, AttributeValueTypeDef]") -> Item:
    """Return an item from DynamoDB's format, with S as `str` and N as `int`."""
    return {
        name: value["S"] if "S" in value else int(value["N"])
        for name, value in attributes.items()
    }


def text(item: Item, name: str) -> str:
    """Return an attribute that is a string; raises `KeyError` if it is missing."""
    return str(item[name])


def number(item: Item, name: str) -> int:
    """Return an attribute that is an integer; raises `KeyError` if it is missing."""
    return int(item[name])


def optional_text(item: Item, name: str) -> str | None:
    """Return an attribute that is a string, or None if it is missing."""
    return text(item, name) if name in item else None


def optional_number(item: Item, name: str) -> int | None:
    """Return an attribute that is an integer, or None if it is missing."""
    return number(item, name) if name in item else None
