"""The objects of assets in S3, and the URLs that clients use to reach them directly."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from assets.model import Asset, Download, Upload
from assets.sigv4 import (
    URL_TTL_SECONDS,
    Credentials,
    UnsignedUrl,
    presigned_url,
)
from shared.aws.failures import http_status, service_failures
from shared.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# attr-char of RFC 8187, apart from letters and digits.
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"
# RFC 2046, section 4.5.1: the type of arbitrary bytes.
_EMPTY_TYPE = "application/octet-stream"
_NONE: Mapping[str, str] = MappingProxyType({})


class Signing(NamedTuple):
    """How URLs are signed; `endpoint` replaces the endpoint of AWS, "" means AWS.

    `credentials` is called for each URL, because a role's credentials change.
    """

    credentials: Callable[[], Credentials]
    region: str
    endpoint: str


class S3ObjectStore:
    """A bucket; implements `ObjectStore`."""

    def __init__(self, client: "S3Client", bucket: str, signing: Signing) -> None:
        self._client = client
        self._bucket = bucket
        self._signing = signing

    @property
    def bucket(self) -> str:
        """The bucket for the objects of new assets."""
        return self._bucket

    def length(self, asset: Asset, clock: Clock) -> int | None:
        """Return the size of the asset's object in bytes, None while there is none."""
        with service_failures(clock.deadline):
            try:
                head = self._client.head_object(
                    Bucket=asset.s3_bucket, Key=asset.s3_key
                )
            except ClientError as error:
                if http_status(error) == 404:
                    return None
                raise
        return head["ContentLength"]

    def delete(self, asset: Asset, clock: Clock) -> None:
        """Remove the asset's object, if there is one."""
        with service_failures(clock.deadline):
            self._client.delete_object(Bucket=asset.s3_bucket, Key=asset.s3_key)

    def empty(self, asset: Asset, clock: Clock) -> None:
        """Replace the asset's object by an empty one, whether or not it exists."""
        with service_failures(clock.deadline):
            self._client.put_object(
                Bucket=asset.s3_bucket, Key=asset.s3_key, ContentType=_EMPTY_TYPE
            )

    def upload(self, asset: Asset, now: int) -> Upload:
        """Sign the upload: S3 itself then refuses another size, type or content.

        `if-none-match` makes the upload work only once.
        """
        headers = {
            "content-type": asset.content_type,
            "content-length": str(asset.size),
            "if-none-match": "*",
        }
        if asset.checksum_sha256 is not None:
            headers["x-amz-checksum-sha256"] = asset.checksum_sha256
        url = self._signed(self._request("PUT", asset, headers=headers), now)
        return Upload(url, headers, _url_expires_at(now))

    def download(self, asset: Asset, now: int) -> Download:
        """Sign the download, with the file name that the asset has now."""
        query = {"response-content-disposition": content_disposition(asset.file_name)}
        url = self._signed(self._request("GET", asset, query=query), now)
        return Download(url, _url_expires_at(now))

    def _signed(self, request: UnsignedUrl, now: int) -> str:
        credentials = self._signing.credentials()
        return presigned_url(request, credentials, self._signing.region, now // 1000)

    def _request(
        self,
        method: str,
        asset: Asset,
        query: Mapping[str, str] = _NONE,
        headers: Mapping[str, str] = _NONE,
    ) -> UnsignedUrl:
        """Return a request for the asset's object.

        AWS has one host for each bucket; any other endpoint has the bucket in the path.
        """
        bucket, key = asset.s3_bucket, asset.s3_key
        endpoint, region = self._signing.endpoint, self._signing.region
        if endpoint:
            scheme, host = urlsplit(endpoint)[:2]
            return UnsignedUrl(method, scheme, host, f"/{bucket}/{key}", query, headers)
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        host = f"{bucket}.s3.{region}.{domain}"
        return UnsignedUrl(method, "https", host, f"/{key}", query, headers)


def content_disposition(file_name: str) -> str:
    """Return the header that makes browsers save a file under any name (RFC 8187)."""
    name = quote(file_name, safe=_ATTRIBUTE_CHARACTERS)
    return f"attachment; filename*=UTF-8''{name}"


def _url_expires_at(now: int) -> int:
    """Return when a URL signed at `now` expires; signatures have whole seconds."""
    return (now // 1000 + URL_TTL_SECONDS) * 1000
