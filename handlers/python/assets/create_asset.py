"""createAsset: POST /assets."""

from assets.bodies import AssetCreate
from assets.model import (
    ASSET_TTL_MS,
    PENDING,
    Asset,
    AssetStore,
    ObjectStore,
    Upload,
    live_asset,
)
from shared.clock import Clock
from shared.idempotency import IdempotencyKey, repeated_record
from shared.ids import new_ulid, new_write_id


def create_asset(
    assets: AssetStore,
    objects: ObjectStore,
    body: AssetCreate,
    idempotency: IdempotencyKey | None,
    clock: Clock,
) -> tuple[Asset, Upload]:
    """Create an asset, or return the one that the same request created before.

    Sign a new upload URL in both cases. With an idempotency key, raises
    `IdempotencyKeyReused`, and `AssetNotFound` if the asset it created is gone.
    """
    asset = _new_asset(body, objects.bucket, clock.now)
    first = assets.create(asset, idempotency, clock)
    if first is not None:
        asset_id = repeated_record(first, idempotency)
        asset = live_asset(assets, asset_id, clock)
    return asset, objects.upload(asset, clock.now)


def _new_asset(body: AssetCreate, bucket: str, now: int) -> Asset:
    asset_id = new_ulid(now)
    return Asset(
        asset_id=asset_id,
        file_name=body.file_name,
        content_type=body.content_type,
        size=body.size,
        checksum_sha256=body.checksum_sha256,
        status=PENDING,
        created_at=now,
        updated_at=now,
        expires_at=now + ASSET_TTL_MS,
        version=1,
        write_id=new_write_id(),
        s3_bucket=bucket,
        s3_key=f"assets/{asset_id}/{body.file_name}",
    )
