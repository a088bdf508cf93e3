"""AWS's clients: each is created once, when the function's module is loaded."""

import os
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# The function must respond within 29 s. One call makes at most 2 attempts, each of at
# most 1 s to connect (for every address of the host) and 3 s to read. Between them is a
# pause of at most 1 s, or 6 s if AWS asks for it (x-amz-retry-after). That is 14 s,
# within the 15 s that `Deadline` reserves for a call.
#
# Without these settings botocore would build its user agent again for each request, and
# check parameters against its models, which mypy has already done.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=32,  # the largest number of shards
    parameter_validation=False,
    request_checksum_calculation="when_required",  # the one object sent is empty
    user_agent=f"Boto3/{boto3.__version__}",
)

_SESSION = boto3.session.Session()


def dynamodb_client() -> "DynamoDBClient":
    """Return a new client; it uses AWS_ENDPOINT_URL if that is not empty."""
    return _SESSION.client("dynamodb", config=_CONFIG)


def s3_client() -> "S3Client":
    """Return a new client; it uses AWS_ENDPOINT_URL if that is not empty."""
    return _SESSION.client("s3", config=_CONFIG)


def region_name() -> str:
    """Return the region of the function."""
    return str(_SESSION.region_name)


def endpoint_url() -> str:
    """Return the endpoint that replaces AWS's, or ""."""
    return os.environ.get("AWS_ENDPOINT_URL", "")


def current_credentials() -> "ReadOnlyCredentials":
    """Return the credentials of the function's role as they are now.

    Raises `NoCredentialsError` if there are none.
    """
    credentials = _SESSION.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return credentials.get_frozen_credentials()
