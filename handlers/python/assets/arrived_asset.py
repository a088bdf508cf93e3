"""Note that an asset's object has arrived: S3 does not notify, so readers check."""

from assets.model import (
    PENDING,
    UPLOADED,
    Asset,
    AssetStore,
    ObjectStore,
    live_asset,
)
from shared.changes import change
from shared.clock import Clock
from shared.ids import new_write_id


def arrived_asset(
    assets: AssetStore, objects: ObjectStore, asset_id: str, clock: Clock
) -> Asset:
    """Return the asset; mark a pending one `uploaded` if its object has the right size.

    Raises `AssetNotFound` and `Conflict`.
    """

    def write(before: Asset) -> Asset | None:
        if before.status != PENDING:
            return before
        if objects.length(before, clock) != before.size:
            return before
        after = before._replace(
            status=UPLOADED,
            updated_at=clock.now,
            version=before.version + 1,
            write_id=new_write_id(),
        )
        return after if assets.replace(before, after, clock) else None

    return change(
        lambda: live_asset(assets, asset_id, clock), None, write, clock.deadline
    )
