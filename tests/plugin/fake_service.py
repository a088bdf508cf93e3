"""A deliberately simple implementation of part of the API, with faults on demand.

It stores in dictionaries and answers over real HTTP. `faults` names what it does wrong;
tests assert that the tool finds it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from contract.plugin.effects import UPLOAD_WINDOW_MS
from contract.plugin.fixtures import public_of
from contract.plugin.keys import (
    ASSET_TTL_MS,
    ASSETS,
    IDEMPOTENCY_TTL_MS,
    OBJECTS,
    USERS,
    blob_key,
    guard_key,
    idempotency_key,
    key_in,
)
from contract.plugin.presigned import disposition
from contract.plugin.ulids import is_ulid, new_ulid, shard_of
from contract.plugin.values import position
from tests.plugin.fake_http import Answer, with_headers
from tests.plugin.fake_store import RESOURCES, FakeStore
from twinproof.exchange.model import Key
from twinproof.stores.resources import Blob
from twinproof.values.integers import seconds_up

SHARDS = RESOURCES.number("list-shards")
TITLES = {
    "not-found": (404, "There is no such resource"),
    "email-taken": (409, "Another user has this email address"),
    "malformed-request": (400, "The request cannot be read"),
}


class Fake:
    """The implementation: it takes requests and returns responses."""

    def __init__(self, *faults: str) -> None:
        self.store = FakeStore()
        self.faults = set(faults)
        self.base = ""
        self._lock = threading.Lock()
        self._last = ""

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        with self._lock:
            path, _, query = target.partition("?")
            parts = path.strip("/").split("/")
            if parts[0] == "bucket":
                return self._bucket(method, unquote(path)[8:], headers, body, query)
            status, more, shown = self._routed(method, parts, query, headers, body)
            return with_headers(self.faults, status, more, shown)

    def _routed(  # noqa: PLR0911 - one line for each operation
        self,
        method: str,
        parts: list[str],
        query: str,
        headers: dict[str, str],
        body: bytes,
    ) -> Answer:
        if parts[0] not in ("users", "assets"):
            return 404, {"gateway": "yes"}, {"message": "Not Found"}
        if method == "POST":
            make = self._create_user if parts[0] == "users" else self._create_asset
            try:
                return make(json.loads(body), headers, body)
            except ValueError:
                return _problem("malformed-request")
        if len(parts) == 1:
            return self._list(parts[0], query)
        key = key_in(parts[0], parts[1])
        item = self.store.items.get(key)
        if item is None or not is_ulid(key.name):
            return _problem("not-found")
        if method == "DELETE":
            return self._delete(key, dict(item))
        if method == "PATCH":
            return self._patch(key, dict(item), json.loads(body))
        return self._get(key, dict(item), parts[2:])

    def _create_user(
        self, body: dict[str, Any], headers: dict[str, str], raw: bytes
    ) -> Answer:
        email = body["email"].lower()
        if guard_key(email) in self.store.items:
            if "leftover on refusal" in self.faults:
                self._store_user({**body, "email": email})
            return _problem("email-taken")
        item = self._store_user({**body, "email": email})
        user_id = item["userId"]
        guard = {"userId": guard_key(email).name, "owner": user_id}
        if "expiresAt" in item:
            guard.update(expiresAt=item["expiresAt"], ttl=item["ttl"])
        if "no guard" not in self.faults:
            self.store.items[guard_key(email)] = guard
        if "idempotency-key" in headers and "no idempotency" not in self.faults:
            self._store_key("createUser", "userId", headers, user_id, raw)
        shown = public_of(item)
        if "time out of range" in self.faults:
            shown["updatedAt"] += 3_600_000
        return 201, {"location": f"/users/{user_id}", "etag": '"1"'}, shown

    def _store_user(self, body: dict[str, Any]) -> dict[str, Any]:
        now = _now()
        user_id = self._last if "id reused" in self.faults and self._last else ""
        user_id = user_id or new_ulid(now - 60_000 if "old id" in self.faults else now)
        self._last = self._last or user_id
        item = {
            "userId": user_id,
            **body,
            "createdAt": now,
            "updatedAt": now,
            "version": 2 if "wrong version" in self.faults else 1,
            "writeId": hashlib.md5(user_id.encode()).hexdigest(),  # noqa: S324 - not for secrets
            "listShard": shard_of(user_id, SHARDS),
        }
        if "expiresAt" in body:
            item["ttl"] = seconds_up(body["expiresAt"])
        stored = dict(item)
        if "wrong stored item" in self.faults:
            stored["name"] = stored["name"].upper()
        if "wrong shard" in self.faults:
            stored["listShard"] = (stored["listShard"] + 1) % SHARDS
        self.store.items[key_in(USERS, user_id)] = stored
        return item

    def _store_key(
        self,
        operation: str,
        id_name: str,
        headers: dict[str, str],
        record_id: str,
        raw: bytes,
    ) -> None:
        now = _now()
        key = idempotency_key(operation, headers["idempotency-key"])
        self.store.items[key] = {
            id_name: key.name,
            "recordId": record_id,
            "bodySha256": hashlib.sha256(raw).hexdigest(),
            "createdAt": now,
            "expiresAt": now + IDEMPOTENCY_TTL_MS,
            "ttl": seconds_up(now + IDEMPOTENCY_TTL_MS),
        }

    def _create_asset(
        self, body: dict[str, Any], headers: dict[str, str], raw: bytes
    ) -> Answer:
        now = _now()
        asset_id = new_ulid(now)
        item = {
            "assetId": asset_id,
            **body,
            "status": "pending",
            "createdAt": now,
            "updatedAt": now,
            "expiresAt": now + ASSET_TTL_MS,
            "ttl": seconds_up(now + ASSET_TTL_MS),
            "version": 1,
            "writeId": hashlib.md5(asset_id.encode()).hexdigest(),  # noqa: S324 - not for secrets
            "listShard": shard_of(asset_id, SHARDS),
            "s3Bucket": RESOURCES.stores[OBJECTS],
            "s3Key": f"assets/{asset_id}/{body['fileName']}",
        }
        self.store.items[key_in(ASSETS, asset_id)] = item
        if "idempotency-key" in headers:
            self._store_key("createAsset", "assetId", headers, asset_id, raw)
        signed = {
            "content-type": body["contentType"],
            "content-length": str(body["size"]),
            "if-none-match": "*",
        }
        if "checksumSha256" in body:
            signed["x-amz-checksum-sha256"] = body["checksumSha256"]
        url, end = self._signed(item, ";".join(sorted([*signed, "host"])), now, {})
        upload = {"method": "PUT", "url": url, "headers": signed, "expiresAt": end}
        shown = {**public_of(item), "upload": upload}
        return 201, {"location": f"/assets/{asset_id}", "etag": '"1"'}, shown

    def _signed(
        self, item: dict[str, Any], signed: str, now: int, more: dict[str, str]
    ) -> tuple[str, int]:
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now // 1000))
        life = "600" if "short url" in self.faults else "3600"
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": date,
            "X-Amz-Expires": life,
            "X-Amz-SignedHeaders": signed,
            **more,
        }
        text = "&".join(f"{k}={quote(v, safe='')}" for k, v in query.items())
        end = now // 1000 * 1000 + 3_600_000
        return f"{self.base}/bucket/{quote(item['s3Key'])}?{text}", end

    def _bucket(
        self, method: str, name: str, headers: dict[str, str], body: bytes, query: str
    ) -> Answer:
        key = blob_key(name)
        if method == "PUT":
            if key in self.store.bucket:
                return 412, {}, None
            self.store.bucket[key] = Blob(body, headers["content-type"])
            return 200, {}, None
        shown = parse_qs(query)["response-content-disposition"][0]
        text = self.store.bucket[key].body.decode()
        return 200, {"content-disposition": shown, "raw": "yes"}, text

    def _get(self, key: Key, item: dict[str, Any], rest: list[str]) -> Answer:
        there = blob_key(item.get("s3Key", ""))
        if item.get("status") == "pending" and there in self.store.bucket:
            item.update(status="uploaded", version=item["version"] + 1)
            item.update(updatedAt=_now(), writeId="0" * 32)
            self.store.items[key] = item
        if "writes on a read" in self.faults:
            self.store.items[key] = {**item, "version": item["version"] + 1}
        if rest:
            more = {"response-content-disposition": disposition(item["fileName"])}
            url, end = self._signed(item, "host", _now(), more)
            return 200, {}, {"url": url, "expiresAt": end}
        return 200, {"etag": f'"{item["version"]}"'}, public_of(item)

    def _patch(self, key: Key, item: dict[str, Any], body: dict[str, Any]) -> Answer:
        before = dict(item)
        item.update(body, version=item["version"] + 1, updatedAt=_now())
        item["writeId"] = f"{int(item['writeId'], 16) ^ 1:032x}"
        if "stale writeId" in self.faults:
            item["writeId"] = before["writeId"]
        if "email" in body and "guard stays" not in self.faults:
            self.store.items.pop(guard_key(before["email"]), None)
        if "email" in body:
            item["email"] = body["email"].lower()
            there = guard_key(item["email"])
            self.store.items[there] = {"userId": there.name, "owner": key.name}
        self.store.items[key] = item
        return 200, {"etag": f'"{item["version"]}"'}, public_of(item)

    def _delete(self, key: Key, item: dict[str, Any]) -> Answer:
        if "not deleted" not in self.faults:
            del self.store.items[key]
        if "email" in item and "leftover guard" not in self.faults:
            self.store.items.pop(guard_key(item["email"]), None)
        if "s3Key" in item:
            self._empty(blob_key(item["s3Key"]), item)
        return 204, {}, None

    def _empty(self, key: Key, item: dict[str, Any]) -> None:
        if "leftover object" in self.faults:
            return
        young = _now() < item["createdAt"] + UPLOAD_WINDOW_MS
        if young == ("removed too early" in self.faults):
            self.store.bucket.pop(key, None)
        else:
            self.store.bucket[key] = Blob(b"", "application/octet-stream")

    def _list(self, table: str, query: str) -> Answer:
        wanted = parse_qs(query)
        found = [
            public_of(item)
            for key, item in self.store.items.items()
            if key.table == table and is_ulid(key.name)
        ]
        found.sort(key=position, reverse=True)
        if "oldest first" in self.faults:
            found.reverse()
        if "cursor" in wanted:
            behind = base64.urlsafe_b64decode(wanted["cursor"][0] + "==").decode()
            found = [each for each in found if _position_text(each) < behind]
        limit = int(wanted.get("limit", ["20"])[0])
        page: dict[str, Any] = {"items": found[:limit]}
        if limit < len(found):
            last = found[limit - (2 if "page twice" in self.faults else 1)]
            encoded = base64.urlsafe_b64encode(_position_text(last).encode())
            page["nextCursor"] = encoded.decode().rstrip("=")
        return 200, {}, page


def _position_text(record: dict[str, Any]) -> str:
    """Return a position as text; today's times have the same number of digits."""
    return "{}.{}".format(*position(record))


def _problem(name: str) -> Answer:
    status, title = TITLES[name]
    return status, {}, {"type": f"urn:problem:{name}", "title": title, "status": status}


def _now() -> int:
    return time.time_ns() // 1_000_000
