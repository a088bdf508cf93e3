"""A table: consistent reads, conditional writes, and indexes in shards."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.failures import error_code, service_failures
from shared.aws.items import Item, from_attributes, to_attributes
from shared.aws.writes import Delete, Put
from shared.clock import Deadline
from shared.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        QueryInputTypeDef,
        TransactWriteItemTypeDef,
    )

Write = Put | Delete

_REFUSALS = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})
# Of these the SDK knows nothing, or nothing when they are reasons of a cancellation.
_RIVALRIES = frozenset(
    {
        "TransactionConflictException",
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
)


class Refused(NamedTuple):
    """A write whose condition did not hold, and the item that stood in its way."""

    write: Write
    old: Item = MappingProxyType({})


class IndexQuery(NamedTuple):
    """Items of one partition of an index, greatest sort key first."""

    index_name: str
    partition: Item
    limit: int | None = None
    after: Item | None = None


class Found(NamedTuple):
    """Items of a query, and the keys of the last one read if more may follow."""

    items: Sequence[Item]
    last: Item | None


class Table:
    """One DynamoDB table, whose key is one attribute."""

    def __init__(self, client: "DynamoDBClient", name: str, key: str) -> None:
        self.key = key
        self._client = client
        self._name = name

    def get(self, key: str, deadline: Deadline) -> Item | None:
        """Return the item as it is now, or None; raises `Unavailable`."""
        with service_failures(deadline):
            answer = self._client.get_item(
                TableName=self._name, Key={self.key: {"S": key}}, ConsistentRead=True
            )
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def query(self, query: IndexQuery, deadline: Deadline) -> Found:
        """Return what the index has, as of some moments ago; raises `Unavailable`."""
        with service_failures(deadline):
            answer = self._client.query(**self._query_parameters(query))
        last = answer.get("LastEvaluatedKey")
        return Found(
            [from_attributes(item) for item in answer["Items"]],
            from_attributes(last) if last else None,
        )

    def write(self, writes: Sequence[Write], deadline: Deadline) -> Refused | None:
        """Do all of `writes` or none; return the first one that was refused, or None.

        A transaction that meets another one is done again. Raises `Unavailable`.
        """
        code = None
        for _ in deadline.attempts():
            reason = self._attempt(writes, deadline)
            if reason is None:
                return None
            if reason.code in _REFUSALS:
                return Refused(writes[reason.place], reason.old)
            code = reason.code
        raise Unavailable(code)

    def _attempt(self, writes: Sequence[Write], deadline: Deadline) -> "_Reason | None":
        """Return None when the writes are done, or what undid them."""
        with service_failures(deadline):
            try:
                self._send(writes)
            except ClientError as error:
                reason = _reason_of(error)
                if reason.code in _REFUSALS or reason.code in _RIVALRIES:
                    return reason
                raise
        return None

    def _send(self, writes: Sequence[Write]) -> None:
        """Send one write by itself, for that costs half of a transaction of one."""
        first, *others = writes
        if others:
            items = [self._transact_item(write) for write in writes]
            self._client.transact_write_items(TransactItems=items)
        elif isinstance(first, Put):
            self._client.put_item(**first.parameters(self._name))
        else:
            self._client.delete_item(**first.parameters(self._name))

    def _transact_item(self, write: Write) -> "TransactWriteItemTypeDef":
        if isinstance(write, Put):
            return {"Put": write.parameters(self._name)}
        return {"Delete": write.parameters(self._name)}

    def _query_parameters(self, query: IndexQuery) -> "QueryInputTypeDef":
        names = list(query.partition)
        parameters: QueryInputTypeDef = {
            "TableName": self._name,
            "IndexName": query.index_name,
            "KeyConditionExpression": " AND ".join(f"#{n} = :{n}" for n in names),
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": to_attributes(
                {f":{name}": value for name, value in query.partition.items()}
            ),
            "ScanIndexForward": False,
        }
        if query.limit is not None:
            parameters["Limit"] = query.limit
        if query.after is not None:
            parameters["ExclusiveStartKey"] = to_attributes(query.after)
        return parameters


class _Reason(NamedTuple):
    """Why a write was not done: AWS's code, which one of them, and what is there."""

    code: str
    place: int
    old: Item


def _reason_of(error: ClientError) -> _Reason:
    """Return the first reason, in the order of the writes, that undid them."""
    # Any: botocore's stubs have no type for what this exception adds.
    response: dict[str, Any] = {**error.response}
    for place, reason in enumerate(response.get("CancellationReasons", [])):
        if reason["Code"] != "None":
            old = from_attributes(reason.get("Item", {}))
            return _Reason(reason["Code"], place, old)
    return _Reason(error_code(error), 0, from_attributes(response.get("Item", {})))
