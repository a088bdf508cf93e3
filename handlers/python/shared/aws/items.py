"""Items: DynamoDB's typed attributes as plain values, texts and integers only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Item: TypeAlias = Mapping[str, str | int]

# An item to be written; members that are None are left out.
NewItem: TypeAlias = Mapping[str, str | int | None]


def to_attributes(item: NewItem) -> "dict[str, AttributeValueTypeDef]":
    """Return an item as DynamoDB takes it; members that are None are left out."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in item.items()
        if value is not None
    }


def from_attributes(attributes: "Mapping[str, AttributeValueTypeDef]") -> Item:
    """Return an item as DynamoDB gives it, S as `str` and N as `int`."""
    return {
        name: value["S"] if "S" in value else int(value["N"])
        for name, value in attributes.items()
    }


def text(item: Item, name: str) -> str:
    """Return an attribute that is text; raises `KeyError` where there is none."""
    return str(item[name])


def number(item: Item, name: str) -> int:
    """Return an attribute that is an integer; raises `KeyError` where there is none."""
    return int(item[name])


def optional_text(item: Item, name: str) -> str | None:
    """Return an attribute that is text, or None."""
    return text(item, name) if name in item else None


def optional_number(item: Item, name: str) -> int | None:
    """Return an attribute that is an integer, or None."""
    return number(item, name) if name in item else None
