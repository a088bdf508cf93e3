"""Signs URLs by the handlers' own code of either implementation, at any time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.model import Asset
from assets.objects import S3ObjectStore, Signing
from assets.sigv4 import Credentials
from tests.integration.stacks import ROOT, Stack

REGION = "us-east-1"
SCRIPT = Path(__file__).with_name("sign.ts")
CONTENT = b"abc"


@dataclass(frozen=True)
class Place:
    """Where an object is to be, and in whose name the URLs to it are signed."""

    stack: Stack
    bucket: str
    asset_id: str
    credentials: Credentials

    @property
    def key(self) -> str:
        return f"assets/{self.asset_id}/a.txt"


@dataclass(frozen=True)
class Signed:
    """The upload and the download of one object."""

    upload_url: str
    upload_headers: Mapping[str, str]
    download_url: str


def session_of(stack: Stack, role: str) -> Credentials:
    """Return credentials as Lambda gives a function: those of a session of its role."""
    answer = stack.tokens.assume_role(RoleArn=role, RoleSessionName="test")
    given = answer["Credentials"]
    return Credentials(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    )


def by_python(place: Place, now: int) -> Signed:
    """Sign as the Python functions do at `now` (ms)."""
    asset = Asset(
        asset_id=place.asset_id,
        file_name="a.txt",
        content_type="text/plain",
        size=len(CONTENT),
        checksum_sha256=None,
        status="pending",
        created_at=now,
        updated_at=now,
        expires_at=now,
        version=1,
        write_id="0" * 32,
        s3_bucket=place.bucket,
        s3_key=place.key,
    )
    signing = Signing(lambda: place.credentials, REGION, place.stack.endpoint)
    store = S3ObjectStore(place.stack.s3, place.bucket, signing)
    upload = store.upload(asset, now)
    return Signed(upload.url, upload.headers, store.download(asset, now).url)


def by_typescript(folder: Path) -> Callable[[Place, int], Signed]:
    """Return what signs as the TypeScript functions do; bundled into `folder`."""
    bundle = ["node", "handlers/packaging/bundle.mjs", "nodejs22.x", str(folder)]
    subprocess.run([*bundle, str(SCRIPT)], cwd=ROOT, check=True)

    def sign(place: Place, now: int) -> Signed:
        command = ["node", str(folder / "sign.js"), json.dumps(_order(place, now))]
        done = subprocess.run(command, capture_output=True, check=True)
        urls = json.loads(done.stdout)
        upload = urls["upload"]
        return Signed(upload["url"], upload["headers"], urls["download"]["url"])

    return sign


def _order(place: Place, now: int) -> dict[str, Any]:
    given = place.credentials
    return {
        "asset": {
            "assetId": place.asset_id,
            "fileName": "a.txt",
            "contentType": "text/plain",
            "size": len(CONTENT),
            "checksumSha256": None,
            "status": "pending",
            "createdAt": now,
            "updatedAt": now,
            "expiresAt": now,
            "version": 1,
            "writeId": "0" * 32,
            "s3Bucket": place.bucket,
            "s3Key": place.key,
        },
        "credentials": {
            "accessKey": given.access_key,
            "secretKey": given.secret_key,
            "token": given.token,
        },
        "region": REGION,
        "endpoint": place.stack.endpoint,
        "now": now,
    }
