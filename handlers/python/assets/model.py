"""An asset, and the interfaces of the stores of records and of objects."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from assets.errors import AssetNotFound
from shared.clock import Clock
from shared.expiry import is_expired
from shared.idempotency import FirstUse, IdempotencyKey
from shared.pages import Position, ShardPage, ShardQuery

ASSET_TTL_MS = 2_592_000_000  # 30 days
# 25 hours: a repeated request with an Idempotency-Key signs the upload again for 24
# hours, and each URL works for one hour.
UPLOAD_WINDOW_MS = 90_000_000
PENDING = "pending"
UPLOADED = "uploaded"


class Asset(NamedTuple):
    """An asset as it is stored; times are milliseconds since 1970, `size` is bytes.

    `created_at` is the time in `asset_id`; `version` counts the writes, and `write_id`
    identifies the last one. The object keeps its bucket and key when the file is
    renamed.
    """

    asset_id: str
    file_name: str
    content_type: str
    size: int
    checksum_sha256: str | None
    status: str
    created_at: int
    updated_at: int
    expires_at: int
    version: int
    write_id: str
    s3_bucket: str
    s3_key: str

    @property
    def position(self) -> Position:
        """The asset's position in lists."""
        return Position(self.created_at, self.asset_id)

    def shown(self) -> dict[str, str | int | None]:
        """Return the fields that clients see, by their names in the contract."""
        return {
            "assetId": self.asset_id,
            "fileName": self.file_name,
            "contentType": self.content_type,
            "size": self.size,
            "checksumSha256": self.checksum_sha256,
            "status": self.status,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "expiresAt": self.expires_at,
        }

    def expired(self, now: int) -> bool:
        """Return whether the asset is gone at `now`."""
        return is_expired(self.expires_at, now)

    def upload_may_come(self, now: int) -> bool:
        """Return whether any upload URL of the asset may still work at `now`."""
        return now < self.created_at + UPLOAD_WINDOW_MS


class Upload(NamedTuple):
    """The one request that uploads an asset's object, valid for an hour."""

    url: str
    headers: Mapping[str, str]
    expires_at: int


class Download(NamedTuple):
    """The URL that downloads an asset's object, valid for an hour."""

    url: str
    expires_at: int


class AssetStore(Protocol):
    """The store of asset records. Every method raises `Unavailable`."""

    @property
    def shards(self) -> int:
        """The number of shards of each list of assets."""
        ...

    def find(self, asset_id: str, clock: Clock) -> Asset | None:
        """Return the asset as it is now, even if it has expired."""
        ...

    def create(
        self, asset: Asset, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        """Store a new asset, or return the first use of the idempotency key."""
        ...

    def replace(self, before: Asset, after: Asset, clock: Clock) -> bool:
        """Store `after` if `before` is unchanged; return whether it was stored."""
        ...

    def delete(self, asset: Asset, clock: Clock) -> bool:
        """Remove the asset if it is unchanged; return whether it is gone."""
        ...

    def newest(
        self, status: str | None, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[Asset]]:
        """Query shards of the list of all assets, or of one status, in parallel."""
        ...


class ObjectStore(Protocol):
    """The store of asset objects."""

    @property
    def bucket(self) -> str:
        """The bucket for the objects of new assets."""
        ...

    def length(self, asset: Asset, clock: Clock) -> int | None:
        """Return the size of the asset's object in bytes, None while there is none.

        Raises `Unavailable`.
        """
        ...

    def delete(self, asset: Asset, clock: Clock) -> None:
        """Remove the asset's object, if there is one; raises `Unavailable`."""
        ...

    def empty(self, asset: Asset, clock: Clock) -> None:
        """Replace the asset's object by an empty one; raises `Unavailable`."""
        ...

    def upload(self, asset: Asset, now: int) -> Upload:
        """Sign the upload of the asset's object."""
        ...

    def download(self, asset: Asset, now: int) -> Download:
        """Sign the download of the asset's object, with the asset's file name."""
        ...


def live_asset(assets: AssetStore, asset_id: str, clock: Clock) -> Asset:
    """Return the asset, or raise `AssetNotFound`; an expired asset is not found."""
    asset = assets.find(asset_id, clock)
    if asset is None or asset.expired(clock.now):
        raise AssetNotFound(asset_id)
    return asset
