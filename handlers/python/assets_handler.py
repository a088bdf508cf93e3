"""The assets function: the operations on assets."""

# ruff: noqa: E402 - the collector is turned off before anything else is imported.

import gc

# What is loaded now lives as long as the process. The collector would look through it
# again and again while it grows, and once more in the midst of a first request.
gc.disable()

import os

from assets.items import KEY
from assets.objects import S3ObjectStore, Signing
from assets.routes import AssetRoutes
from assets.sigv4 import Credentials
from assets.store import DynamoAssetStore
from shared.aws.clients import (
    dynamodb_client,
    endpoint_url,
    frozen_credentials,
    region_name,
    s3_client,
)
from shared.aws.table import Table
from shared.http.entry import Entry, LambdaContext


def _credentials() -> Credentials:
    frozen = frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)


def _entry() -> Entry:
    """Make the function's one entry, from its environment."""
    table = Table(dynamodb_client(), os.environ["ASSETS_TABLE"], KEY)
    store = DynamoAssetStore(table, int(os.environ["LIST_SHARDS"]))
    signing = Signing(_credentials, region_name(), endpoint_url())
    objects = S3ObjectStore(s3_client(), os.environ["ASSETS_BUCKET"], signing)
    assets = AssetRoutes(store, objects)
    return Entry(KEY, assets.routes())


_ENTRY = _entry()
gc.freeze()
gc.enable()


def handler(event: object, context: LambdaContext) -> dict[str, object]:
    """Answer an event of API Gateway, or the warming rule's."""
    return _ENTRY(event, context)
