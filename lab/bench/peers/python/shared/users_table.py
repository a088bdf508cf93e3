"""The DynamoDB calls of users, shared by all Python peers."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3

TABLE = os.environ["USERS_TABLE"]
SHARDS = int(os.environ["LIST_SHARDS"])

dynamodb = boto3.client("dynamodb")
threads = ThreadPoolExecutor(max_workers=SHARDS)


def find_user(user_id: str) -> dict[str, object] | None:
    """Return the user, or None if it is missing or expired."""
    answer = dynamodb.get_item(
        TableName=TABLE, Key={"userId": {"S": user_id}}, ConsistentRead=True
    )
    item = answer.get("Item")
    if item is None or int(item.get("ttl", {"N": "9999999999"})["N"]) < time.time():
        return None
    return view(item)


def store_user(
    email: str, name: str, department: str | None, expires_at: int | None
) -> dict[str, object] | None:
    """Store a new user; return None if the email is taken."""
    user_id = uuid.uuid4().hex.upper()[:26]
    now = time.time_ns() // 1_000_000
    item = {
        "userId": {"S": user_id},
        "email": {"S": email},
        "name": {"S": name},
        "createdAt": {"N": str(now)},
        "updatedAt": {"N": str(now)},
        "version": {"N": "1"},
        "writeId": {"S": uuid.uuid4().hex},
        "listShard": {"N": str(int(user_id[-1], 16) % SHARDS)},
    }
    guard = {"userId": {"S": f"email#{email}"}, "owner": {"S": user_id}}
    if department is not None:
        item["department"] = {"S": department}
    if expires_at is not None:
        for record in (item, guard):
            record["expiresAt"] = {"N": str(expires_at)}
            record["ttl"] = {"N": str(-(-expires_at // 1000))}
    try:
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": item,
                        "ConditionExpression": "attribute_not_exists(userId)",
                    }
                },
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": guard,
                        "ConditionExpression": (
                            "attribute_not_exists(userId) OR expiresAt <= :now"
                        ),
                        "ExpressionAttributeValues": {":now": {"N": str(now)}},
                    }
                },
            ]
        )
    except dynamodb.exceptions.TransactionCanceledException:
        return None
    return view(item)


def newest_users(limit: int) -> dict[str, object]:
    """Return the newest users of all shards, and the cursor of the next page."""
    pages = threads.map(lambda shard: newest_of_shard(shard, limit), range(SHARDS))
    items = [item for page in pages for item in page]
    items.sort(key=lambda item: int(item["createdAt"]["N"]), reverse=True)
    page = {"items": [view(item) for item in items[:limit]]}
    if len(items) > limit:
        page["nextCursor"] = items[limit - 1]["userId"]["S"]
    return page


def newest_of_shard(shard: int, limit: int) -> list[dict[str, dict[str, str]]]:
    """Return up to `limit` + 1 items; the last one shows that there are more."""
    answer = dynamodb.query(
        TableName=TABLE,
        IndexName="createdAt-index",
        KeyConditionExpression="listShard = :listShard",
        ExpressionAttributeValues={":listShard": {"N": str(shard)}},
        ScanIndexForward=False,
        Limit=limit + 1,
    )
    return answer["Items"]


def view(item: dict[str, dict[str, str]]) -> dict[str, object]:
    """Return the fields of an item that a client sees."""
    user = {
        "userId": item["userId"]["S"],
        "email": item["email"]["S"],
        "name": item["name"]["S"],
        "createdAt": int(item["createdAt"]["N"]),
        "updatedAt": int(item["updatedAt"]["N"]),
    }
    if "department" in item:
        user["department"] = item["department"]["S"]
    if "expiresAt" in item:
        user["expiresAt"] = int(item["expiresAt"]["N"])
    return user
