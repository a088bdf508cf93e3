"""The records of assets in DynamoDB."""

from collections.abc import Sequence

from assets.items import KEY, asset_item, read_asset
from assets.model import Asset
from shared.aws.idempotency_items import first_use_put, read_first_use
from shared.aws.items import Item
from shared.aws.shards import ShardedIndex
from shared.aws.table import Table, Write
from shared.aws.writes import Delete, Put, absent, unchanged
from shared.clock import Clock
from shared.idempotency import FirstUse, IdempotencyKey
from shared.pages import ShardPage, ShardQuery


class DynamoAssetStore:
    """The assets table; implements `AssetStore`."""

    def __init__(self, table: Table, shards: int) -> None:
        self.shards = shards
        self._table = table
        self._newest_first = ShardedIndex(table, "createdAt-index", shards, read_asset)
        self._of_status = ShardedIndex(table, "status-index", shards, read_asset)

    def find(self, asset_id: str, clock: Clock) -> Asset | None:
        """Return the asset as it is now, even if it has expired."""
        item = self._table.get(asset_id, clock.deadline)
        return None if item is None else read_asset(item)

    def create(
        self, asset: Asset, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        """Store a new asset, or return the first use of the idempotency key."""
        writes: list[Write] = [Put(asset_item(asset, self.shards), absent(KEY))]
        if idempotency is not None:
            first = FirstUse(idempotency, asset.asset_id)
            writes.insert(0, first_use_put(KEY, "createAsset", first, clock.now))
        refused = self._table.write(writes, clock.deadline)
        # The id is new. So without a key, the only item that can be there is the one
        # that this write stored when it was sent before.
        if refused is None or idempotency is None or _is_own(refused.old, asset):
            return None
        return read_first_use(refused.old, idempotency)

    def replace(self, before: Asset, after: Asset, clock: Clock) -> bool:
        """Store `after` if `before` is unchanged; return whether it was stored."""
        record = Put(asset_item(after, self.shards), unchanged(before.version))
        refused = self._table.write([record], clock.deadline)
        return refused is None or _is_own(refused.old, after)

    def delete(self, asset: Asset, clock: Clock) -> bool:
        """Remove the asset if it is unchanged; return whether it is gone."""
        record = Delete({KEY: asset.asset_id}, unchanged(asset.version))
        refused = self._table.write([record], clock.deadline)
        # If no item is there, it was already deleted: most likely by this delete, whose
        # response was lost. A concurrent delete leaves the same state.
        return refused is None or not refused.old

    def newest(
        self, status: str | None, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[Asset]]:
        """Query shards of the list of all assets, or of one status, in parallel."""
        if status is None:
            return self._newest_first.ask({}, queries, clock.deadline)
        return self._of_status.ask({"status": status}, queries, clock.deadline)


def _is_own(old: Item, asset: Asset) -> bool:
    """Return whether the write met its own result, because its response was lost.

    An idempotency item has the id of the record that it created.
    """
    return old.get("writeId") == asset.write_id or old.get("recordId") == asset.asset_id
