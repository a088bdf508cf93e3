"""The operations on assets as routes: each turns a call into a response."""

from collections.abc import Mapping
from typing import NamedTuple

from assets.bodies import AssetCreate, AssetPatch
from assets.create_asset import create_asset
from assets.delete_asset import delete_asset
from assets.download_asset import download_asset
from assets.get_asset import get_asset
from assets.list_assets import list_assets
from assets.model import AssetStore, ObjectStore
from assets.update_asset import update_asset
from assets.view import asset_page_view, asset_view, created_asset_view, download_view
from schemas import ASSET_STATUS
from shared.http.media_type import JSON_ONLY, MERGE_PATCH, NO_BODY
from shared.http.query import Parameters, limit_fault, no_fault, read_slice, text_fault
from shared.http.response import Response, created, no_content, not_modified, ok
from shared.http.route import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NO_HEADERS,
    Call,
    Route,
)


class AssetStores(NamedTuple):
    """The store of asset records, and the store of their objects."""

    assets: AssetStore
    objects: ObjectStore


def _create(stores: AssetStores, call: Call) -> Response:
    body = call.body(AssetCreate)
    asset, upload = create_asset(*stores, body, call.idempotency, call.clock)
    view = created_asset_view(asset, upload)
    return created("assets", asset.asset_id, asset.version, view)


def _list(stores: AssetStores, call: Call) -> Response:
    wanted = read_slice(call.query)
    status = call.query.get("status")
    page = list_assets(stores.assets, wanted, status, call.clock)
    return ok(asset_page_view(page))


def _get(stores: AssetStores, call: Call) -> Response:
    asset = get_asset(*stores, call.record_id, call.clock)
    if call.if_none_match and call.if_none_match.match_weakly(asset.version):
        return not_modified(asset.version)
    return ok(asset_view(asset), asset.version)


def _update(stores: AssetStores, call: Call) -> Response:
    patch = call.body(AssetPatch)
    asset = update_asset(
        stores.assets, call.record_id, patch, call.if_match, call.clock
    )
    return ok(asset_view(asset), asset.version)


def _remove(stores: AssetStores, call: Call) -> Response:
    delete_asset(*stores, call.record_id, call.if_match, call.clock)
    return no_content()


def _download(stores: AssetStores, call: Call) -> Response:
    download = download_asset(*stores, call.record_id, call.clock)
    return ok(download_view(download))


_QUERY: Parameters = {
    "limit": limit_fault,
    "cursor": no_fault,
    "status": text_fault(ASSET_STATUS),
}

# For each `routeKey` of API Gateway: the operation, its function, and what it reads.
ASSET_ROUTES: Mapping[str, Route[AssetStores]] = {
    "POST /assets": Route("createAsset", _create, JSON_ONLY, IDEMPOTENCY_KEY),
    "GET /assets": Route("listAssets", _list, NO_BODY, NO_HEADERS, _QUERY),
    "GET /assets/{assetId}": Route("getAsset", _get, NO_BODY, IF_NONE_MATCH),
    "PATCH /assets/{assetId}": Route("updateAsset", _update, MERGE_PATCH, IF_MATCH),
    "DELETE /assets/{assetId}": Route("deleteAsset", _remove, NO_BODY, IF_MATCH),
    "GET /assets/{assetId}/download": Route("downloadAsset", _download),
}
