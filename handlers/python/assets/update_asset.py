"""updateAsset: PATCH /assets/{assetId}."""

from assets.bodies import AssetPatch
from assets.model import Asset, AssetStore, live_asset
from shared.changes import change
from shared.clock import Clock
from shared.etags import EntityTags
from shared.ids import new_write_id


def update_asset(
    assets: AssetStore,
    asset_id: str,
    patch: AssetPatch,
    if_match: EntityTags | None,
    clock: Clock,
) -> Asset:
    """Rename the asset if `patch` has a name; an empty patch is a write too.

    The object keeps its key. Raises `AssetNotFound`, `PreconditionFailed` and
    `Conflict`.
    """

    def write(before: Asset) -> Asset | None:
        after = before._replace(
            **patch.model_dump(exclude_unset=True),
            updated_at=clock.now,
            version=before.version + 1,
            write_id=new_write_id(),
        )
        return after if assets.replace(before, after, clock) else None

    return change(
        lambda: live_asset(assets, asset_id, clock), if_match, write, clock.deadline
    )
