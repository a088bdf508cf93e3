"""getAsset: GET /assets/{assetId}."""

from assets.arrived_asset import arrived_asset
from assets.model import Asset, AssetStore, ObjectStore
from shared.clock import Clock


def get_asset(
    assets: AssetStore, objects: ObjectStore, asset_id: str, clock: Clock
) -> Asset:
    """Return the asset, `uploaded` once its object has arrived whole.

    Raises `AssetNotFound`, and `Conflict` when noting the arrival kept losing races.
    """
    return arrived_asset(assets, objects, asset_id, clock)
