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
# The SDK does not retry these, or not if they are the reasons of a cancelled
# transaction.
_RETRIED = frozenset(
    {
        "TransactionConflictException",
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
)


class Refused(NamedTuple):
    """A write whose condition was false, and the item that made it false."""

    write: Write
    old: Item = MappingProxyType({})


class IndexQuery(NamedTuple):
    """Items of one partition of an index, greatest sort key first."""

    index_name: str
    partition: Item
    limit: int | None = None
    after: Item | None = None


class Found(NamedTuple):
    """Items of a query, and the keys of the last one read, if more may follow."""

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
            response = self._client.get_item(
                TableName=self._name, Key={self.key: {"S": key}}, ConsistentRead=True
            )
        return from_attributes(response["Item"]) if "Item" in response else None

    def query(self, query: IndexQuery, deadline: Deadline) -> Found:
        """Return what the index has, which may be out of date; raises `Unavailable`."""
        with service_failures(deadline):
            response = self._client.query(**self._query_parameters(query))
        last = response.get("LastEvaluatedKey")
        return Found(
            [from_attributes(item) for item in response["Items"]],
            from_attributes(last) if last else None,
        )

    def write(self, writes: Sequence[Write], deadline: Deadline) -> Refused | None:
        """Do all of `writes` or none; return the first one that was refused, or None.

        A transaction that conflicts with another one is tried again. Raises
        `Unavailable`.
        """
        code = None
        for _ in deadline.attempts():
            reason = self._attempt(writes, deadline)
            if reason is None:
                return None
            if reason.code in _REFUSALS:
                return Refused(writes[reason.write_index], reason.old)
            code = reason.code
        raise Unavailable(code)

    def _attempt(self, writes: Sequence[Write], deadline: Deadline) -> "_Reason | None":
        """Return None if the writes are done, or the reason why they are not."""
        with service_failures(deadline):
            try:
                self._send(writes)
            except ClientError as error:
                reason = _reason_of(error)
                if reason.code in _REFUSALS or reason.code in _RETRIED:
                    return reason
                raise
        return None

    def _send(self, writes: Sequence[Write]) -> None:
        """Send a single write without a transaction, which would cost twice as much."""
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
    """Why the writes were not done: AWS's code, the refused write, the item there."""

    code: str
    write_index: int
    old: Item


def _reason_of(error: ClientError) -> _Reason:
    """Return the first reason in the order of the writes."""
    # Any: botocore's stubs do not declare the fields that this exception adds.
    response: dict[str, Any] = {**error.response}
    for write_index, reason in enumerate(response.get("CancellationReasons", [])):
        if reason["Code"] != "None":
            old = from_attributes(reason.get("Item", {}))
            return _Reason(reason["Code"], write_index, old)
    return _Reason(error_code(error), 0, from_attributes(response.get("Item", {})))
