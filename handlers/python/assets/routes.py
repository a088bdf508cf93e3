"""The operations on assets as routes: calls in, answers out."""

from collections.abc import Mapping

from assets.bodies import AssetCreate, AssetPatch
from assets.create_asset import create_asset
from assets.delete_asset import delete_asset
from assets.download_asset import download_asset
from assets.get_asset import get_asset
from assets.list_assets import list_assets
from assets.model import AssetStore, ObjectStore
from assets.update_asset import update_asset
from assets.view import (
    asset_page_view,
    asset_view,
    created_asset_view,
    download_view,
)
from schemas import ASSET_STATUS
from shared.http.media_type import JSON, MERGE_PATCH
from shared.http.query import limit_fault, no_fault, read_slice, text_fault
from shared.http.response import Response, created, no_content, not_modified, ok
from shared.http.route import Call, Route


class AssetRoutes:
    """The operations on the assets of one store, and their objects."""

    def __init__(self, assets: AssetStore, objects: ObjectStore) -> None:
        self._assets = assets
        self._objects = objects

    def routes(self) -> Mapping[str, Route]:
        """Return the routes by API Gateway's `routeKey`."""
        return {
            "POST /assets": Route(
                "createAsset",
                self._create,
                media_types=JSON,
                headers=("idempotency-key",),
            ),
            "GET /assets": Route(
                "listAssets",
                self._list,
                parameters={
                    "limit": limit_fault,
                    "cursor": no_fault,
                    "status": text_fault(ASSET_STATUS),
                },
            ),
            "GET /assets/{assetId}": Route(
                "getAsset", self._get, headers=("if-none-match",)
            ),
            "PATCH /assets/{assetId}": Route(
                "updateAsset",
                self._update,
                media_types=MERGE_PATCH,
                headers=("if-match",),
            ),
            "DELETE /assets/{assetId}": Route(
                "deleteAsset", self._delete, headers=("if-match",)
            ),
            "GET /assets/{assetId}/download": Route("downloadAsset", self._download),
        }

    def _create(self, call: Call) -> Response:
        new = call.body(AssetCreate)
        asset, upload = create_asset(
            self._assets, self._objects, new, call.idempotency, call.moment
        )
        view = created_asset_view(asset, upload)
        return created("assets", asset.asset_id, asset.version, view)

    def _list(self, call: Call) -> Response:
        wanted = read_slice(call.query)
        status = call.query.get("status")
        page = list_assets(self._assets, wanted, status, call.moment)
        return ok(asset_page_view(page))

    def _get(self, call: Call) -> Response:
        asset = get_asset(self._assets, self._objects, call.record_id, call.moment)
        seen = call.if_none_match
        if seen is not None and seen.match_weakly(asset.version):
            return not_modified(asset.version)
        return ok(asset_view(asset), asset.version)

    def _update(self, call: Call) -> Response:
        patch = call.body(AssetPatch)
        asset = update_asset(
            self._assets, call.record_id, patch, call.if_match, call.moment
        )
        return ok(asset_view(asset), asset.version)

    def _delete(self, call: Call) -> Response:
        delete_asset(
            self._assets, self._objects, call.record_id, call.if_match, call.moment
        )
        return no_content()

    def _download(self, call: Call) -> Response:
        download = download_asset(
            self._assets, self._objects, call.record_id, call.moment
        )
        return ok(download_view(download))
