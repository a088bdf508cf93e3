"""deleteAsset: DELETE /assets/{assetId}."""

from assets.model import Asset, AssetStore, ObjectStore, live_asset
from shared.changes import change
from shared.etags import EntityTags
from shared.moment import Moment


def delete_asset(
    assets: AssetStore,
    objects: ObjectStore,
    asset_id: str,
    if_match: EntityTags | None,
    moment: Moment,
) -> None:
    """Delete the record, then the object, whether or not that ever arrived.

    Raises `AssetNotFound`, `PreconditionFailed` and `Conflict`; `Unavailable` also when
    the record is gone and S3 failed: the bucket's lifecycle removes the object then.
    """

    def write(before: Asset) -> Asset | None:
        return before if assets.delete(before, moment) else None

    deleted = change(
        lambda: live_asset(assets, asset_id, moment), if_match, write, moment
    )
    objects.delete(deleted, moment)
