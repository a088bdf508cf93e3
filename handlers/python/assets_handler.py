"""The assets function: the operations on assets."""

# ruff: noqa: E402 - the collector is turned off before anything else is imported.

import gc

# What is loaded now lives as long as the process. The garbage collector would search it
# again and again while it grows, and once more during a first request.
gc.disable()

import os

from assets.items import KEY
from assets.objects import S3ObjectStore, Signing
from assets.routes import ASSET_ROUTES, AssetStores
from assets.sigv4 import Credentials
from assets.store import DynamoAssetStore
from shared.aws.clients import (
    current_credentials,
    dynamodb_client,
    endpoint_url,
    region_name,
    s3_client,
)
from shared.aws.table import Table
from shared.http.entry import Entry, LambdaContext


def _credentials() -> Credentials:
    current = current_credentials()
    return Credentials(str(current.access_key), str(current.secret_key), current.token)


def _entry() -> Entry[AssetStores]:
    """Make the function's one entry from its environment variables."""
    table = Table(dynamodb_client(), os.environ["ASSETS_TABLE"], KEY)
    store = DynamoAssetStore(table, int(os.environ["LIST_SHARDS"]))
    signing = Signing(_credentials, region_name(), endpoint_url())
    objects = S3ObjectStore(s3_client(), os.environ["ASSETS_BUCKET"], signing)
    return Entry(KEY, ASSET_ROUTES, AssetStores(store, objects))


_ENTRY = _entry()
gc.freeze()
gc.enable()


def handler(event: object, context: LambdaContext) -> dict[str, object]:
    """Answer an event of API Gateway or of the warming rule."""
    return _ENTRY.answer(event, context)
