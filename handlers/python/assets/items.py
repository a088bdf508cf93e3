"""Assets as items (contract/schemas/stored-asset.json)."""

from assets.model import Asset
from shared.aws.items import Item, NewItem, number, optional_text, text
from shared.expiry import ttl_seconds
from shared.ids import list_shard

KEY = "assetId"


def asset_item(asset: Asset, shards: int) -> NewItem:
    """Return the item of an asset, in a table whose lists have `shards` shards."""
    return {
        **asset.shown(),
        "ttl": ttl_seconds(asset.expires_at),
        "version": asset.version,
        "writeId": asset.write_id,
        "listShard": list_shard(asset.asset_id, shards),
        "s3Bucket": asset.s3_bucket,
        "s3Key": asset.s3_key,
    }


def read_asset(item: Item) -> Asset:
    """Return the asset in an item."""
    return Asset(
        asset_id=text(item, "assetId"),
        file_name=text(item, "fileName"),
        content_type=text(item, "contentType"),
        size=number(item, "size"),
        checksum_sha256=optional_text(item, "checksumSha256"),
        status=text(item, "status"),
        created_at=number(item, "createdAt"),
        updated_at=number(item, "updatedAt"),
        expires_at=number(item, "expiresAt"),
        version=number(item, "version"),
        write_id=text(item, "writeId"),
        s3_bucket=text(item, "s3Bucket"),
        s3_key=text(item, "s3Key"),
    )
