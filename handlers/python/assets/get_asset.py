"""getAsset: GET /assets/{assetId}."""

from assets.arrived_asset import arrived_asset
from assets.model import Asset, AssetStore, ObjectStore
from shared.clock import Clock


def get_asset(
    assets: AssetStore, objects: ObjectStore, asset_id: str, clock: Clock
) -> Asset:
    """Return the asset; it is `uploaded` once its whole object has arrived.

    Raises `AssetNotFound`, and `Conflict` if the asset kept changing while its arrival
    was noted.
    """
    return arrived_asset(assets, objects, asset_id, clock)
