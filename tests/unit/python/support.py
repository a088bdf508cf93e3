"""Stores in memory, events and sample records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assets.items import read_asset
from assets.model import Asset, Download, Upload
from shared.clock import Clock, Deadline
from shared.idempotency import FirstUse, IdempotencyKey
from shared.ids import list_shard
from shared.pages import Record, ShardPage, ShardQuery
from users.errors import EmailTaken
from users.items import read_user
from users.model import User

NOW = 1_771_000_000_000
ID = "01KHBX6VG00000000000000000"  # a ULID of NOW
OTHER_ID = "01KHBX6VG00000000000000001"
PLENTY_MS = 29_000


def deadline(remaining: int = PLENTY_MS) -> Deadline:
    """A deadline whose pauses take no time."""
    return Deadline(lambda: remaining, pause=lambda _seconds: None)


def clock(now: int = NOW) -> Clock:
    """A clock that reads `now`, with plenty of time left."""
    return Clock(now, deadline())


def user(**changes: object) -> User:
    """A user without optional fields, with `changes`."""
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
    return ada._replace(**changes)  # type: ignore[arg-type] # any field


def asset(**changes: object) -> Asset:
    """An asset without optional fields, with `changes`."""
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
    return engine._replace(**changes)  # type: ignore[arg-type] # any field


@dataclass
class MemoryUsers:
    """A store of users whose next `races` writes lose against another request."""

    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, FirstUse] = field(default_factory=dict)
    races: int = 0
    shards: int = 2
    on_race: Callable[[MemoryUsers], None] = lambda _users: None

    def find(self, user_id: str, clock: Clock) -> User | None:
        assert clock.now
        return self.users.get(user_id)

    def create(
        self, user: User, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        if idempotency and idempotency.key in self.keys:
            return self.keys[idempotency.key]
        self._claim(user, clock)
        if idempotency:
            self.keys[idempotency.key] = FirstUse(idempotency, user.user_id)
        self.users[user.user_id] = user
        return None

    def replace(self, before: User, after: User, clock: Clock) -> bool:
        if self._lost_race() or self.users.get(before.user_id) != before:
            return False
        self._claim(after, clock)
        self.users[after.user_id] = after
        return True

    def delete(self, user: User, clock: Clock) -> bool:
        assert clock.now
        if self._lost_race():
            return False
        return self.users.pop(user.user_id, None) == user

    def newest(
        self, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[User]]:
        assert clock.now
        return [answer(self.users.values(), query, self.shards) for query in queries]

    def with_email(self, email: str, clock: Clock) -> Sequence[User]:
        assert clock.now
        return [user for user in self.users.values() if user.email == email]

    def _claim(self, claimant: User, clock: Clock) -> None:
        for user in self.with_email(claimant.email, clock):
            if user.user_id != claimant.user_id and not user.expired(clock.now):
                raise EmailTaken(claimant.email)

    def _lost_race(self) -> bool:
        if self.races == 0:
            return False
        self.races -= 1
        self.on_race(self)
        return True


@dataclass
class MemoryAssets:
    """A store of assets whose next `races` writes lose against another request."""

    assets: dict[str, Asset] = field(default_factory=dict)
    keys: dict[str, FirstUse] = field(default_factory=dict)
    races: int = 0
    shards: int = 2

    def find(self, asset_id: str, clock: Clock) -> Asset | None:
        assert clock.now
        return self.assets.get(asset_id)

    def create(
        self, asset: Asset, idempotency: IdempotencyKey | None, clock: Clock
    ) -> FirstUse | None:
        assert clock.now
        if idempotency and idempotency.key in self.keys:
            return self.keys[idempotency.key]
        if idempotency:
            self.keys[idempotency.key] = FirstUse(idempotency, asset.asset_id)
        self.assets[asset.asset_id] = asset
        return None

    def replace(self, before: Asset, after: Asset, clock: Clock) -> bool:
        assert clock.now
        if self._lost_race() or self.assets.get(before.asset_id) != before:
            return False
        self.assets[after.asset_id] = after
        return True

    def delete(self, asset: Asset, clock: Clock) -> bool:
        assert clock.now
        if self._lost_race():
            return False
        return self.assets.pop(asset.asset_id, None) == asset

    def newest(
        self, status: str | None, queries: Sequence[ShardQuery], clock: Clock
    ) -> Sequence[ShardPage[Asset]]:
        assert clock.now
        listed = [a for a in self.assets.values() if status in (None, a.status)]
        return [answer(listed, query, self.shards) for query in queries]

    def _lost_race(self) -> bool:
        self.races -= 1
        return self.races >= 0


@dataclass
class MemoryObjects:
    """A bucket that stores only the sizes of objects."""

    objects: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    bucket: str = "bucket"

    def length(self, asset: Asset, clock: Clock) -> int | None:
        assert clock.now
        self.asked += 1
        return self.objects.get(asset.s3_key)

    def delete(self, asset: Asset, clock: Clock) -> None:
        assert clock.now
        self.objects.pop(asset.s3_key, None)

    def empty(self, asset: Asset, clock: Clock) -> None:
        assert clock.now
        self.objects[asset.s3_key] = 0

    def upload(self, asset: Asset, now: int) -> Upload:
        return Upload(f"https://put/{asset.s3_key}", {"if-none-match": "*"}, now)

    def download(self, asset: Asset, now: int) -> Download:
        return Download(f"https://get/{asset.s3_key}?as={asset.file_name}", now)


def answer(
    records: Iterable[Record], query: ShardQuery, shards: int
) -> ShardPage[Record]:
    """DynamoDB's result for a shard: it has a frontier if the limit was reached."""
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


def event(route: str, body: object = None, **fields: object) -> dict[str, object]:
    """An event of API Gateway; a body that is not a string is sent as JSON."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "GET"}, "requestId": "request-id"},
        "isBase64Encoded": False,
        **({} if text is None else {"body": text}),
        **fields,
    }


def problem(response: dict[str, object]) -> tuple[object, str]:
    """The status and the problem name of a response."""
    document = json.loads(str(response["body"]))
    return response["statusCode"], document["type"].removeprefix("urn:problem:")
