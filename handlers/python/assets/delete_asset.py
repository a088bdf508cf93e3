"""deleteAsset: DELETE /assets/{assetId}."""

from assets.model import Asset, AssetStore, ObjectStore, live_asset
from shared.changes import change
from shared.clock import Clock
from shared.etags import EntityTags


def delete_asset(
    assets: AssetStore,
    objects: ObjectStore,
    asset_id: str,
    if_match: EntityTags | None,
    clock: Clock,
) -> None:
    """Delete the record, then the object, whether or not the object ever arrived.

    While an upload URL may still work, an empty object replaces the object. S3 then
    refuses the upload, which works only if there is no object.

    Raises `AssetNotFound`, `PreconditionFailed` and `Conflict`. Raises `Unavailable`
    even after the record is deleted, if S3 fails; the bucket's lifecycle rule then
    removes the object.
    """

    def write(before: Asset) -> Asset | None:
        return before if assets.delete(before, clock) else None

    deleted = change(
        lambda: live_asset(assets, asset_id, clock), if_match, write, clock.deadline
    )
    if deleted.upload_may_come(clock.now):
        objects.empty(deleted, clock)
    else:
        objects.delete(deleted, clock)
