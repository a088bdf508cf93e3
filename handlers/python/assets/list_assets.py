"""listAssets: GET /assets."""

from collections.abc import Sequence

from assets.model import Asset, AssetStore
from shared.clock import Clock
from shared.pages import Page, ShardPage, ShardQuery, Slice, merge_page


def list_assets(
    assets: AssetStore, wanted: Slice, status: str | None, clock: Clock
) -> Page[Asset]:
    """Return live assets, newest first; with `status`, only those stored with it."""

    def ask(queries: Sequence[ShardQuery]) -> Sequence[ShardPage[Asset]]:
        return assets.newest(status, queries, clock)

    return merge_page(ask, assets.shards, wanted, clock.now)
