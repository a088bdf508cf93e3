"""Signs URLs with the code of either implementation, for any time."""

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
class Location:
    """The location of an object, and the credentials that sign its URLs."""

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
    """Return credentials of a session of a function's role, like Lambda."""
    answer = stack.tokens.assume_role(RoleArn=role, RoleSessionName="test")
    given = answer["Credentials"]
    return Credentials(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    )


def by_python(location: Location, now: int) -> Signed:
    """Sign like the Python handlers at `now` (ms)."""
    asset = Asset(
        asset_id=location.asset_id,
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
        s3_bucket=location.bucket,
        s3_key=location.key,
    )
    signing = Signing(lambda: location.credentials, REGION, location.stack.endpoint)
    store = S3ObjectStore(location.stack.s3, location.bucket, signing)
    upload = store.upload(asset, now)
    return Signed(upload.url, upload.headers, store.download(asset, now).url)


def by_typescript(folder: Path) -> Callable[[Location, int], Signed]:
    """Return a function that signs like the TypeScript handlers; uses `folder`."""
    bundle = ["node", "handlers/packaging/bundle.mjs", "nodejs22.x", str(folder)]
    subprocess.run([*bundle, str(SCRIPT)], cwd=ROOT, check=True)

    def sign(location: Location, now: int) -> Signed:
        command = ["node", str(folder / "sign.js"), json.dumps(_order(location, now))]
        done = subprocess.run(command, capture_output=True, check=True)
        urls = json.loads(done.stdout)
        upload = urls["upload"]
        return Signed(upload["url"], upload["headers"], urls["download"]["url"])

    return sign


def _order(location: Location, now: int) -> dict[str, Any]:
    given = location.credentials
    return {
        "asset": {
            "assetId": location.asset_id,
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
            "s3Bucket": location.bucket,
            "s3Key": location.key,
        },
        "credentials": {
            "accessKey": given.access_key,
            "secretKey": given.secret_key,
            "token": given.token,
        },
        "region": REGION,
        "endpoint": location.stack.endpoint,
        "now": now,
    }
