"""The records that clients created, and checks that none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.rehearsal.environment import OWNER, Environment
from lab.rehearsal.traffic import TrafficResult
from local import console
from local.deploy.deployment import credentials
from local.emulator.cloud import REGION
from local.model import Deployment

PAGE = 100


@dataclass
class StoredRecords:
    """The ids and versions that clients received, and the stack that stores them."""

    environment: Environment
    stack: str = OWNER
    users: dict[str, int] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the names of the stack's tables and bucket."""
        self._outputs = self.environment.outputs(self.stack)

    def add(self, result: TrafficResult) -> None:
        """Add the records that clients created."""
        self.users |= result.users
        self.assets |= result.assets

    def check(self, url: str) -> None:
        """Check that every record is in the tables and that the API returns it."""
        self.in_tables()
        with requests.Session() as session:
            session.trust_env = False
            lost = [
                path
                for path in (
                    *(f"/users/{one}" for one in self.users),
                    *(f"/assets/{one}" for one in self.assets),
                )
                if session.get(f"{url}{path}", timeout=60).status_code != 200
            ]
        self._expect_none("the serving API returns every item", lost)

    def in_tables(self) -> None:
        """Check that every record is in the tables, and every object in the bucket.

        A record may have a newer version than its client received.
        """
        lost = [
            *self._missing("UsersTable", "userId", self.users),
            *self._missing("AssetsTable", "assetId", self.assets),
            *self._missing_objects(),
        ]
        self._expect_none("no item is lost", lost)

    def _expect_none(self, fact: str, lost: list[str]) -> None:
        total = f"{len(self.users)} users, {len(self.assets)} assets"
        detail = ", ".join(lost[:5]) or total
        self.environment.expect(
            fact, passed=bool(self.users) and not lost, detail=detail
        )

    def _missing(self, table: str, key: str, ids: dict[str, int]) -> list[str]:
        paginator = self.environment.clients.of("dynamodb").get_paginator("scan")
        pages = paginator.paginate(TableName=self._outputs[table])
        items = {one[key]["S"]: one for page in pages for one in page["Items"]}
        return [
            name
            for name, version in ids.items()
            # The service notes an upload later, which makes a new version.
            if name not in items or int(items[name]["version"]["N"]) < version
        ]

    def _missing_objects(self) -> list[str]:
        paginator = self.environment.clients.of("s3").get_paginator("list_objects_v2")
        pages = paginator.paginate(Bucket=self._outputs["AssetsBucket"])
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        stored = {key.split("/")[1] for key in keys}
        return [f"the object of {name}" for name in self.assets.keys() - stored]


@contextmanager
def refused_without_tls(
    environment: Environment, deployment: Deployment
) -> Iterator[None]:
    """Check that the bucket's policy refuses plain HTTP; remove it during the block.

    The local endpoint has no TLS, so no function could use the bucket with the policy.
    """
    s3 = environment.clients.of("s3")
    bucket = environment.outputs(deployment.stack)["AssetsBucket"]
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    console.print_line("the bucket's policy")
    before = _put(environment, deployment, bucket)
    s3.delete_bucket_policy(Bucket=bucket)
    after = _put(environment, deployment, bucket)
    environment.expect(
        "the policy refuses plain HTTP to a role that may write",
        passed=(before, after) == ("AccessDenied", ""),
        detail=f"{before or 'allowed'} with it, {after or 'allowed'} without",
    )
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def _put(environment: Environment, deployment: Deployment, bucket: str) -> str:
    """Return the error code of a write with the assets role, or "" if it succeeds."""
    session = credentials(
        deployment.functions["AssetsFunction"].role, environment.clients
    )
    client = boto3.client(
        "s3",
        endpoint_url=environment.clients.endpoint,
        region_name=REGION,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )
    key = "assets/rehearsal/tls"
    try:
        client.put_object(Bucket=bucket, Key=key, Body=b"")
        client.delete_object(Bucket=bucket, Key=key)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
