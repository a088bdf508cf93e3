"""Conditional writes of items, and the conditions under which they are made."""

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from shared.aws.items import Item, NewItem, to_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, PutTypeDef


class Condition(NamedTuple):
    """A condition expression over attributes named `#name` and values named `:name`."""

    expression: str
    names: tuple[str, ...]
    values: Item = MappingProxyType({})

    def aliases(self) -> dict[str, str]:
        """Return the names in DynamoDB's format; some are its reserved words."""
        return {f"#{name}": name for name in self.names}

    def aliased_values(self) -> Item:
        """Return the values in DynamoDB's format."""
        return {f":{name}": value for name, value in self.values.items()}


def absent(key: str) -> Condition:
    """Return the condition that no item exists; `key` names the table's key."""
    return Condition(f"attribute_not_exists(#{key})", (key,))


def absent_or_expired(key: str, now: int) -> Condition:
    """Return the condition that no item exists, or one that expired by `now` (ms)."""
    return Condition(
        f"attribute_not_exists(#{key}) OR #expiresAt <= :now",
        (key, "expiresAt"),
        {"now": now},
    )


def unchanged(version: int) -> Condition:
    """Return the condition that the item still has `version`."""
    return Condition("#version = :version", ("version",), {"version": version})


class Put:
    """Write a whole item if `condition` is true; it replaces one with the same key."""

    def __init__(self, item: NewItem, condition: Condition) -> None:
        self.item = item
        self.condition = condition

    def parameters(self, table: str) -> "PutTypeDef":
        """Return the parameters of PutItem, and of Put in a transaction."""
        parameters: PutTypeDef = {
            "TableName": table,
            "Item": to_attributes(self.item),
            "ConditionExpression": self.condition.expression,
            "ExpressionAttributeNames": self.condition.aliases(),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if self.condition.values:
            values = to_attributes(self.condition.aliased_values())
            parameters["ExpressionAttributeValues"] = values
        return parameters


class Delete:
    """Remove an item."""

    def __init__(self, key: Item, condition: Condition) -> None:
        self.key = key
        self.condition = condition

    def parameters(self, table: str) -> "DeleteTypeDef":
        """Return the parameters of DeleteItem, and of Delete in a transaction."""
        return {
            "TableName": table,
            "Key": to_attributes(self.key),
            "ConditionExpression": self.condition.expression,
            "ExpressionAttributeNames": self.condition.aliases(),
            "ExpressionAttributeValues": to_attributes(self.condition.aliased_values()),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
