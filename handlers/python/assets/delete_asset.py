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

    While an upload URL may still work an empty object takes the place: an upload works
    only where there is none, so S3 itself refuses it.

    Raises `AssetNotFound`, `PreconditionFailed` and `Conflict`; `Unavailable` also when
    the record is gone and S3 failed: the bucket's lifecycle removes the object then.
    """

    def write(before: Asset) -> Asset | None:
        return before if assets.delete(before, moment) else None

    deleted = change(
        lambda: live_asset(assets, asset_id, moment), if_match, write, moment
    )
    if deleted.upload_may_come(moment.now):
        objects.empty(deleted, moment)
    else:
        objects.delete(deleted, moment)
