"""The users function: the operations on users, and getHealth."""

# ruff: noqa: E402 - the collector is turned off before anything else is imported.

import gc

# What is loaded now lives as long as the process. The garbage collector would search it
# again and again while it grows, and once more during a first request.
gc.disable()

import os

from health.routes import HEALTH_ROUTES
from shared.aws.clients import dynamodb_client
from shared.aws.table import Table
from shared.http.entry import Entry, LambdaContext
from users.items import KEY
from users.model import UserStore
from users.routes import USER_ROUTES
from users.store import DynamoUserStore


def _entry() -> Entry[UserStore]:
    """Make the function's one entry from its environment variables."""
    table = Table(dynamodb_client(), os.environ["USERS_TABLE"], KEY)
    store = DynamoUserStore(table, int(os.environ["LIST_SHARDS"]))
    return Entry(KEY, {**USER_ROUTES, **HEALTH_ROUTES}, store)


_ENTRY = _entry()
gc.freeze()
gc.enable()


def handler(event: object, context: LambdaContext) -> dict[str, object]:
    """Answer an event of API Gateway or of the warming rule."""
    return _ENTRY.answer(event, context)
