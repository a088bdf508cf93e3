"""Stores in memory, events, and records to begin with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assets.items import read_asset
from assets.model import Asset, Download, Upload
from shared.idempotency import FirstUse, IdempotencyKey
from shared.ids import list_shard
from shared.moment import Moment
from shared.pages import Record, ShardPage, ShardQuery
from users.errors import EmailTaken
from users.items import read_user
from users.model import User

NOW = 1_771_000_000_000
ID = "01KHBX6VG00000000000000000"  # a ULID of NOW
OTHER_ID = "01KHBX6VG00000000000000001"
PLENTY_MS = 29_000


def moment(now: int = NOW, remaining: int = PLENTY_MS) -> Moment:
    """A moment whose pauses take no time."""
    return Moment(now, lambda: remaining, pause=lambda _seconds: None)


def user(**changes: object) -> User:
    """A user with nothing that is optional, and changes."""
    ada = read_user(
        {
            "userId": ID,
            "email": "ada@example.com",
            "name": "Ada",
            "createdAt": NOW,
            "updatedAt": NOW,
            "version": 1,
            "writeId": "0" * 32,
        }
    )
    return ada._replace(**changes)  # type: ignore[arg-type] # any member


def asset(**changes: object) -> Asset:
    """An asset with nothing that is optional, and changes."""
    engine = read_asset(
        {
            "assetId": ID,
            "fileName": "engine.png",
            "contentType": "image/png",
            "size": 3,
            "status": "pending",
            "createdAt": NOW,
            "updatedAt": NOW,
            "expiresAt": NOW + 2_592_000_000,
            "version": 1,
            "writeId": "0" * 32,
            "s3Bucket": "bucket",
            "s3Key": f"assets/{ID}/engine.png",
        }
    )
    return engine._replace(**changes)  # type: ignore[arg-type] # any member


@dataclass
class MemoryUsers:
    """A store of users whose writes can be made to lose a number of races."""

    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, FirstUse] = field(default_factory=dict)
    races: int = 0
    shards: int = 2
    on_race: Callable[[MemoryUsers], None] = lambda _users: None

    def find(self, user_id: str, moment: Moment) -> User | None:
        assert moment.now
        return self.users.get(user_id)

    def create(
        self, user: User, idempotency: IdempotencyKey | None, moment: Moment
    ) -> FirstUse | None:
        if idempotency and idempotency.key in self.keys:
            return self.keys[idempotency.key]
        self._claim(user, moment)
        if idempotency:
            self.keys[idempotency.key] = FirstUse(idempotency, user.user_id)
        self.users[user.user_id] = user
        return None

    def replace(self, before: User, after: User, moment: Moment) -> bool:
        if self._lost_race() or self.users.get(before.user_id) != before:
            return False
        self._claim(after, moment)
        self.users[after.user_id] = after
        return True

    def delete(self, user: User, moment: Moment) -> bool:
        assert moment.now
        if self._lost_race():
            return False
        return self.users.pop(user.user_id, None) == user

    def newest(
        self, queries: Sequence[ShardQuery], moment: Moment
    ) -> Sequence[ShardPage[User]]:
        assert moment.now
        return [answer(self.users.values(), query, self.shards) for query in queries]

    def with_email(self, email: str, moment: Moment) -> Sequence[User]:
        assert moment.now
        return [user for user in self.users.values() if user.email == email]

    def _claim(self, claimant: User, moment: Moment) -> None:
        for user in self.with_email(claimant.email, moment):
            if user.user_id != claimant.user_id and not user.expired(moment.now):
                raise EmailTaken(claimant.email)

    def _lost_race(self) -> bool:
        if self.races == 0:
            return False
        self.races -= 1
        self.on_race(self)
        return True


@dataclass
class MemoryAssets:
    """A store of assets whose writes can be made to lose a number of races."""

    assets: dict[str, Asset] = field(default_factory=dict)
    keys: dict[str, FirstUse] = field(default_factory=dict)
    races: int = 0
    shards: int = 2

    def find(self, asset_id: str, moment: Moment) -> Asset | None:
        assert moment.now
        return self.assets.get(asset_id)

    def create(
        self, asset: Asset, idempotency: IdempotencyKey | None, moment: Moment
    ) -> FirstUse | None:
        assert moment.now
        if idempotency and idempotency.key in self.keys:
            return self.keys[idempotency.key]
        if idempotency:
            self.keys[idempotency.key] = FirstUse(idempotency, asset.asset_id)
        self.assets[asset.asset_id] = asset
        return None

    def replace(self, before: Asset, after: Asset, moment: Moment) -> bool:
        assert moment.now
        if self._lost_race() or self.assets.get(before.asset_id) != before:
            return False
        self.assets[after.asset_id] = after
        return True

    def delete(self, asset: Asset, moment: Moment) -> bool:
        assert moment.now
        if self._lost_race():
            return False
        return self.assets.pop(asset.asset_id, None) == asset

    def newest(
        self, status: str | None, queries: Sequence[ShardQuery], moment: Moment
    ) -> Sequence[ShardPage[Asset]]:
        assert moment.now
        listed = [a for a in self.assets.values() if status in (None, a.status)]
        return [answer(listed, query, self.shards) for query in queries]

    def _lost_race(self) -> bool:
        self.races -= 1
        return self.races >= 0


@dataclass
class MemoryObjects:
    """A bucket of octet counts."""

    objects: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    bucket: str = "bucket"

    def length(self, asset: Asset, moment: Moment) -> int | None:
        assert moment.now
        self.asked += 1
        return self.objects.get(asset.s3_key)

    def delete(self, asset: Asset, moment: Moment) -> None:
        assert moment.now
        self.objects.pop(asset.s3_key, None)

    def empty(self, asset: Asset, moment: Moment) -> None:
        assert moment.now
        self.objects[asset.s3_key] = 0

    def upload(self, asset: Asset, now: int) -> Upload:
        return Upload(f"https://put/{asset.s3_key}", {"if-none-match": "*"}, now)

    def download(self, asset: Asset, now: int) -> Download:
        return Download(f"https://get/{asset.s3_key}?as={asset.file_name}", now)


def answer(
    records: Iterable[Record], query: ShardQuery, shards: int
) -> ShardPage[Record]:
    """What DynamoDB answers for one shard: a frontier whenever the limit was met."""
    older = [
        record
        for record in sorted(records, key=lambda record: record.position, reverse=True)
        if list_shard(record.position.record_id, shards) == query.shard
        and (query.after is None or record.position < query.after)
    ]
    found = older[: query.limit]
    return ShardPage(found, found[-1].position if len(found) == query.limit else None)


@dataclass
class Context:
    """Lambda's context."""

    aws_request_id: str = "invocation-id"
    remaining: int = PLENTY_MS

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def event(route: str, body: object = None, **members: object) -> dict[str, object]:
    """An event of API Gateway; a body that is no text is sent as JSON."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "GET"}, "requestId": "request-id"},
        "isBase64Encoded": False,
        **({} if text is None else {"body": text}),
        **members,
    }


def problem(response: dict[str, object]) -> tuple[object, str]:
    """Status and problem name of a response."""
    document = json.loads(str(response["body"]))
    return response["statusCode"], document["type"].removeprefix("urn:problem:")
