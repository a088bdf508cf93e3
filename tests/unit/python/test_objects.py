"""Objects in S3 (moto, in this process), and the URLs to them."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.stub import Stubber
from mypy_boto3_s3 import S3Client

from assets.objects import S3ObjectStore, Signing
from assets.sigv4 import Credentials
from shared.aws.clients import s3_client
from shared.errors import AwsFault, Unavailable
from tests.unit.python.conftest import BUCKET
from tests.unit.python.support import ID, NOW, asset, clock

NAMES = ["a b+c%.png", "\u5b57" * 85, "\u65e5\u672c", "...", "'\"~&?#"]
CHECKSUM = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="


def signing(
    region: str = "eu-west-1", endpoint: str = "", token: str | None = None
) -> Signing:
    return Signing(lambda: Credentials("key", "secret", token), region, endpoint)


def store(client: S3Client | None = None, how: Signing | None = None) -> S3ObjectStore:
    return S3ObjectStore(client or s3_client(), BUCKET, how or signing())


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_length_is_the_size_of_the_object_or_none(s3: S3Client) -> None:
    objects = store(s3)
    engine = asset(s3_bucket=BUCKET)
    assert objects.bucket == BUCKET
    assert objects.length(engine, clock()) is None
    s3.put_object(Bucket=BUCKET, Key=engine.s3_key, Body=b"abc")
    assert objects.length(engine, clock()) == 3
    objects.delete(engine, clock())
    assert objects.length(engine, clock()) is None
    objects.delete(engine, clock())


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [("403", 403, AwsFault), ("503", 503, Unavailable), ("SlowDown", 400, Unavailable)],
)
def test_an_s3_error_other_than_404_is_not_a_missing_object(
    code: str, status: int, error: type[Exception]
) -> None:
    client = s3_client()
    with Stubber(client) as stub:
        stub.add_client_error("head_object", code, http_status_code=status)
        with pytest.raises(error):
            store(client).length(asset(), clock())


def test_an_empty_object_replaces_any_object(s3: S3Client) -> None:
    objects, engine = store(s3), asset(s3_bucket=BUCKET)
    for body in (None, b"abc"):
        if body:
            s3.put_object(Bucket=BUCKET, Key=engine.s3_key, Body=body)
        objects.empty(engine, clock())
        found = s3.get_object(Bucket=BUCKET, Key=engine.s3_key)
        assert found["Body"].read() == b""
        assert found["ContentType"] == "application/octet-stream"


def test_an_object_that_cannot_be_emptied_is_unavailable() -> None:
    client = s3_client()
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "InternalError", http_status_code=500)
        with pytest.raises(Unavailable):
            store(client).empty(asset(), clock())


def test_a_failed_deletion_is_unavailable() -> None:
    client = s3_client()
    with Stubber(client) as stub:
        stub.add_client_error("delete_object", "InternalError", http_status_code=500)
        with pytest.raises(Unavailable):
            store(client).delete(asset(), clock())


def test_an_upload_signs_the_headers_that_s3_enforces() -> None:
    upload = store().upload(asset(), NOW + 999)
    assert upload.headers == {
        "content-type": "image/png",
        "content-length": "3",
        "if-none-match": "*",
    }
    assert upload.expires_at == NOW + 3_600_000
    assert upload.url.startswith(
        f"https://bucket.s3.eu-west-1.amazonaws.com/assets/{ID}/engine.png?"
    )
    assert query(upload.url).keys() == {
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    }
    assert query(upload.url)["X-Amz-SignedHeaders"] == [
        "content-length;content-type;host;if-none-match"
    ]
    assert query(upload.url)["X-Amz-Expires"] == ["3600"]


def test_a_checksum_is_a_signed_header_but_not_a_parameter() -> None:
    upload = store().upload(asset(checksum_sha256=CHECKSUM), NOW)
    assert upload.headers["x-amz-checksum-sha256"] == CHECKSUM
    assert "checksum" not in " ".join(query(upload.url)).lower()
    assert query(upload.url)["X-Amz-SignedHeaders"] == [
        "content-length;content-type;host;if-none-match;x-amz-checksum-sha256"
    ]


def test_the_token_of_a_session_is_signed() -> None:
    how = signing(token="session+token/=")
    url = store(how=how).upload(asset(), NOW).url
    assert query(url)["X-Amz-Security-Token"] == ["session+token/="]


@pytest.mark.parametrize("name", NAMES)
def test_a_download_has_the_current_name_and_the_first_key(name: str) -> None:
    renamed = asset(file_name=name)
    download = store().download(renamed, NOW)
    disposition = query(download.url)["response-content-disposition"][0]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert unquote(disposition.split("''", 1)[1]) == name
    assert urlsplit(download.url).path == f"/assets/{ID}/engine.png"
    assert query(download.url)["X-Amz-SignedHeaders"] == ["host"]
    assert download.expires_at == NOW + 3_600_000


@pytest.mark.parametrize("name", NAMES)
def test_the_key_of_any_file_name_survives_encoding(name: str) -> None:
    url = store().upload(asset(s3_key=f"assets/{ID}/{name}"), NOW).url
    path = urlsplit(url).path
    assert path.isascii()
    assert unquote(path) == f"/assets/{ID}/{name}"
    assert len(unquote(path).encode()) - 1 <= 1024


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "bucket.s3.us-east-1.amazonaws.com"),
        ("cn-north-1", "bucket.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_host_of_a_url_is_regional(region: str, host: str) -> None:
    url = store(how=signing(region)).upload(asset(), NOW).url
    assert urlsplit(url).netloc == host
    assert f"/{region}/s3/aws4_request" in query(url)["X-Amz-Credential"][0]


def test_an_endpoint_has_the_bucket_in_the_path() -> None:
    how = signing(endpoint="http://127.0.0.1:4566")
    url = store(how=how).upload(asset(), NOW).url
    assert url.startswith(f"http://127.0.0.1:4566/bucket/assets/{ID}/engine.png?")
