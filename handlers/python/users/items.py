"""Users and their guards as items (contract/schemas/stored-*.json)."""

from shared.aws.items import Item, NewItem, number, optional_number, optional_text, text
from shared.aws.writes import Condition, Delete, Put
from shared.expiry import ttl_seconds
from shared.ids import list_shard
from users.model import User

KEY = "userId"


def user_item(user: User, shards: int) -> NewItem:
    """Return the item of a user, in a table whose lists have `shards` shards."""
    return {
        **user.shown(),
        "ttl": ttl_seconds(user.expires_at),
        "version": user.version,
        "writeId": user.write_id,
        "listShard": list_shard(user.user_id, shards),
    }


def read_user(item: Item) -> User:
    """Return the user in an item."""
    return User(
        user_id=text(item, "userId"),
        email=text(item, "email"),
        name=text(item, "name"),
        department=optional_text(item, "department"),
        expires_at=optional_number(item, "expiresAt"),
        created_at=number(item, "createdAt"),
        updated_at=number(item, "updatedAt"),
        version=number(item, "version"),
        write_id=text(item, "writeId"),
    )


def guard_put(user: User, condition: Condition) -> Put:
    """Return the write that makes the user the owner of its email address."""
    return Put(
        {
            "userId": _guard_key(user),
            "owner": user.user_id,
            "expiresAt": user.expires_at,
            "ttl": ttl_seconds(user.expires_at),
        },
        condition,
    )


def guard_delete(user: User) -> Delete:
    """Return the write that frees the user's address, unless another user owns it."""
    condition = Condition(
        "attribute_not_exists(#userId) OR #owner = :owner",
        ("userId", "owner"),
        {"owner": user.user_id},
    )
    return Delete({"userId": _guard_key(user)}, condition)


def free_or_own(user: User, now: int) -> Condition:
    """Return the condition that the address is free at `now` (ms), or the user's."""
    return Condition(
        "attribute_not_exists(#userId) OR #expiresAt <= :now OR #owner = :owner",
        ("userId", "expiresAt", "owner"),
        {"now": now, "owner": user.user_id},
    )


def _guard_key(user: User) -> str:
    return f"email#{user.email}"
