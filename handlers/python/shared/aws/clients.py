"""AWS's clients: each is made once, when the function's module is loaded."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# An answer must come within the function's 29 s: one call ends after 3 attempts of at
# most 3 s and two pauses, and `Moment` begins no other that might not.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,  # as many as lists can have shards
)

SESSION = boto3.session.Session()


def dynamodb_client() -> "DynamoDBClient":
    """Return a new client; AWS_ENDPOINT_URL is honoured."""
    return SESSION.client("dynamodb", config=_CONFIG)


def s3_client() -> "S3Client":
    """Return a new client; AWS_ENDPOINT_URL is honoured."""
    return SESSION.client("s3", config=_CONFIG)
