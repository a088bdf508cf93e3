"""downloadAsset: GET /assets/{assetId}/download."""

from assets.arrived_asset import arrived_asset
from assets.errors import AssetNotUploaded
from assets.model import PENDING, AssetStore, Download, ObjectStore
from shared.clock import Clock


def download_asset(
    assets: AssetStore, objects: ObjectStore, asset_id: str, clock: Clock
) -> Download:
    """Sign the download of the asset's object.

    Raises `AssetNotFound` and `AssetNotUploaded`, and `Conflict` if the asset kept
    changing while its arrival was noted.
    """
    asset = arrived_asset(assets, objects, asset_id, clock)
    if asset.status == PENDING:
        raise AssetNotUploaded(asset_id)
    return objects.download(asset, clock.now)
