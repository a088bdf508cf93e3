"""Pages in the developer's browser: what they can and cannot do to a running stack.

Each request has the headers of a browser. A page can sign requests itself, because
everybody knows the keys.
"""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from mypy_boto3_s3 import S3Client

from tests.integration.browsers import (
    BROWSERS,
    CHROME,
    Answer,
    Ask,
    Page,
    exchange,
    fetch,
    form,
    image,
    pages,
    post,
    preflight,
    send,
)
from tests.integration.stacks import ROOT, Stack

KINDS = sorted(pages(0))
KEY = "assets/of-a-test"
FORGED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"
    "&X-Amz-Credential=test/20260101/us-east-1/{}/aws4_request"
)
# Reads the object, and counts the tables.
SDK_FOR_JAVASCRIPT = """
import {S3} from "@aws-sdk/client-s3";
import {DynamoDB} from "@aws-sdk/client-dynamodb";
const given = {
  endpoint: %s,
  region: "us-east-1",
  credentials: {accessKeyId: "test", secretAccessKey: "test"},
};
const s3 = new S3({...given, forcePathStyle: true});
const held = await s3.getObject({Bucket: %s, Key: "assets/of-a-test"});
const {TableNames} = await new DynamoDB(given).listTables({});
console.log(await held.Body.transformToString(), TableNames.length);
"""
USER = json.dumps({"email": "page@example.com", "name": "Page"}).encode()


def target_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def signed(
    service: str, url: str, headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """Return the headers of a POST with the signature of the administrator."""
    request = AWSRequest("POST", url, data=body, headers=dict(headers))
    SigV4Auth(Credentials("test", "test"), service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


@pytest.fixture(scope="module")
def bucket(stack: Stack) -> str:
    """The bucket, with one object that no page may delete or read."""
    name = stack.outputs["AssetsBucket"]
    stack.s3.put_object(Bucket=name, Key=KEY, Body=b"secret")
    return name


@pytest.fixture(scope="module")
def user(stack: Stack) -> str:
    """The URL of a user whom no page may delete."""
    given = {"email": f"{uuid.uuid4().hex}@example.com", "name": "Stays"}
    made = requests.post(f"{stack.url}/users", json=given, timeout=40)
    return f"{stack.url}{made.headers['location']}"


def presigned(stack: Stack, method: str, bucket: str) -> str:
    return stack.s3.generate_presigned_url(
        method, Params={"Bucket": bucket, "Key": KEY}
    )


def at_aws(stack: Stack, bucket: str) -> dict[str, Ask]:
    """Return the harmful requests of a page to the AWS endpoint."""
    listing = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    kind = {"Content-Type": "application/x-amz-json-1.0"}
    call = signed("dynamodb", f"{stack.endpoint}/", kind | listing, b"{}")
    upload = target_of(presigned(stack, "put_object", bucket))
    delete = "/?Action=DeleteStack&StackName=parity-typescript"
    return {
        "wipe": post("/_ministack/reset"),
        "wipe by a form": form("/_ministack/reset"),
        "wipe by another name": post("/%5Fministack/reset"),
        "configure": post("/_ministack/config", b'{"lambda_svc.LAMBDA_EXECUTOR":"x"}'),
        "delete a stack": image(f"{delete}&{FORGED.format('cloudformation')}"),
        "delete a stack as S3": image(f"{delete}&{FORGED.format('s3')}"),
        "delete a stack by an old signature": image(
            f"{delete}&AWSAccessKeyId=test&Signature=x&Expires=9999999999"
        ),
        "delete a stack by a form": form("/", delete[2:].encode()),
        "list buckets": image("/"),
        "read the list of buckets": fetch("GET", "/"),
        "read an object": image(f"/{bucket}/{KEY}"),
        "read the code": image("/_ministack/lambda-code/000000000000/us-east-1/f"),
        "ask to upload": preflight("PUT", upload, "content-type"),
        "upload": fetch("PUT", upload, body=b"overwritten"),
        "delete objects": post(f"/{bucket}?delete", b"<Delete/>"),
        "ask for a table": preflight("POST", "/", "authorization,x-amz-target"),
        "list tables": fetch("POST", "/", call, b"{}"),
        "ask for health": fetch("GET", "/_ministack/health"),
    }


def at_lambda(stack: Stack) -> dict[str, Ask]:
    """Return the requests of a page to the Lambda endpoint."""
    function = stack.outputs["UsersFunction"]
    target = f"/2015-03-31/functions/{function}/invocations"
    call = signed("lambda", f"{stack.lambda_endpoint}{target}", {}, b"{}")
    return {
        "invoke": post(target, b"{}"),
        "invoke by a form": form(target, b"{}"),
        "ask to invoke": preflight("POST", target, "authorization,x-amz-date"),
        "invoke, signed": fetch("POST", target, call, b"{}"),
        "read logs": post("/", b'{"logGroupName":"x"}'),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("browser", BROWSERS)
def test_page_can_do_nothing_at_the_aws_endpoint(
    stack: Stack, bucket: str, user: str, browser: str, kind: str
) -> None:
    page = pages(stack.cloud_port)[kind]

    answers = {
        name: send(stack.cloud_port, ask, page, BROWSERS[browser])
        for name, ask in at_aws(stack, bucket).items()
    }

    status = 421 if page.host else 403
    assert {name: one.status for name, one in answers.items()} == dict.fromkeys(
        answers, status
    )
    assert {one.readable_by for one in answers.values()} == {None}
    assert requests.get(user, timeout=40).status_code == 200
    held = stack.s3.get_object(Bucket=bucket, Key=KEY)
    assert held["Body"].read() == b"secret"
    described = stack.cloudformation.describe_stacks(StackName="parity-typescript")
    assert described["Stacks"][0]["StackStatus"].endswith("_COMPLETE")


@pytest.mark.parametrize(
    "kind", [one for one in KINDS if one != "in an old browser, without a referrer"]
)
@pytest.mark.parametrize("browser", BROWSERS)
def test_page_that_can_be_known_reads_no_object_by_a_signature_of_its_own(
    stack: Stack, bucket: str, browser: str, kind: str
) -> None:
    """An unrecognised page sends what a program sends; it cannot read the response."""
    page = pages(stack.cloud_port)[kind]
    target = target_of(presigned(stack, "get_object", bucket))

    answer = send(stack.cloud_port, image(target), page, BROWSERS[browser])

    assert answer.status == (421 if page.host else 403)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("browser", BROWSERS)
def test_page_can_invoke_no_function(stack: Stack, browser: str, kind: str) -> None:
    port = stack.cloud_port + 1
    page = pages(port)[kind]
    since = len(stack.lines)

    answers = {
        name: send(port, ask, page, BROWSERS[browser])
        for name, ask in at_lambda(stack).items()
    }

    status = 421 if page.host else 403
    assert {name: one.status for name, one in answers.items()} == dict.fromkeys(
        answers, status
    )
    assert {one.readable_by for one in answers.values()} == {None}
    assert not any("invoke" in line for line in stack.lines[since:])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["python", "typescript"])
def test_page_can_neither_read_nor_write_by_the_api(
    stack: Stack, name: str, kind: str
) -> None:
    port = stack.port + (name == "typescript")
    page = pages(port)[kind]
    asks = [
        fetch("GET", "/users"),
        image("/docs/openapi.yaml"),
        preflight("POST", "/users", "content-type"),
        post("/users", USER),
        form("/users", USER),
    ]

    answers = [send(port, ask, page, CHROME) for ask in asks]

    # As on AWS, the browser hides a response without CORS from the page.
    on_aws = [200, 200, 204, 415, 415]
    expected = [421] * 5 if page.host else on_aws
    assert [one.status for one in answers] == expected
    assert {one.readable_by for one in answers} == {None}


# ---- what still works -----------------------------------------------------------


def test_page_let_in_uploads_and_downloads_by_signed_urls(
    stack: Stack, bucket: str
) -> None:
    page = Page(stack.page, "same-site", f"{stack.page}/")
    key = {"Bucket": bucket, "Key": f"assets/{uuid.uuid4()}"}
    sign = stack.s3.generate_presigned_url
    up, down = (
        target_of(sign(way, Params=key)) for way in ("put_object", "get_object")
    )

    asked, put, got, shown = (
        send(stack.cloud_port, ask, page, CHROME)
        for ask in (
            preflight("PUT", up, "content-type"),
            fetch("PUT", up, body=b"content"),
            fetch("GET", down),
            image(down),
        )
    )

    assert [one.status for one in (asked, put, got, shown)] == [200] * 4
    assert {one.readable_by for one in (asked, put, got)} == {stack.page}
    assert got.body == shown.body == b"content"


def test_bucket_decides_what_a_page_let_in_may_send(stack: Stack, bucket: str) -> None:
    page = Page(stack.page, "same-site", f"{stack.page}/")

    answer = send(
        stack.cloud_port, preflight("DELETE", f"/{bucket}/{KEY}", "x"), page, CHROME
    )

    assert (answer.status, answer.readable_by) == (403, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_page_of_the_api_reference_tries_operations_out(
    stack: Stack, host: str
) -> None:
    own = f"http://{host}:{stack.port}"
    page = Page(own, "same-origin", f"{own}/docs/", f"{host}:{stack.port}")
    body = USER.replace(b"page@", f"{uuid.uuid4().hex}@".encode())
    asks = [
        Ask("GET", "/docs/", "navigate", "document"),
        fetch("GET", "/users"),
        fetch("POST", "/users", {"Content-Type": "application/json"}, body),
    ]

    answers = [send(stack.port, ask, page, CHROME) for ask in asks]

    assert [one.status for one in answers] == [200, 200, 201]


@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("style", ["path", "virtual"])
def test_signed_url_of_every_kind_is_followed_by_a_program(
    stack: Stack, bucket: str, style: Literal["path", "virtual"], version: str
) -> None:
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=f"http://localhost:{stack.cloud_port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": style}, signature_version=version),
    )
    url = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": KEY}
    )

    # Not every machine resolves subdomains of localhost.
    host = {"Host": urlsplit(url).netloc, "User-Agent": "curl/8.14.1", "Accept": "*/*"}
    answer = exchange(stack.cloud_port, "GET", target_of(url), host)

    assert host["Host"].startswith(bucket) == (style == "virtual")
    assert (answer.status, answer.body) == (200, b"secret")


def test_sdk_for_javascript_signs_its_calls(stack: Stack, bucket: str) -> None:
    script = SDK_FOR_JAVASCRIPT % (json.dumps(stack.endpoint), json.dumps(bucket))
    command = ["node", "--input-type=module", "--eval", script]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, "secret 2\n"), done.stderr


def test_user_may_open_a_signed_url(stack: Stack, bucket: str) -> None:
    typed = Page("", "none")
    ask = Ask(
        "GET", target_of(presigned(stack, "get_object", bucket)), "navigate", "document"
    )

    assert send(stack.cloud_port, ask, typed, CHROME).status == 200


def test_program_without_a_signature_is_denied_as_by_s3(stack: Stack) -> None:
    answer = requests.get(stack.endpoint, timeout=40)

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Access Denied</Message>" in answer.text


@pytest.mark.parametrize("offer", ["h2c", "websocket"])
def test_connection_stays_what_it_is(stack: Stack, offer: str) -> None:
    """After an upgrade the emulator would answer directly."""
    headers = {
        "Host": f"localhost:{stack.cloud_port}",
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": offer,
        "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    answer: Answer = exchange(stack.cloud_port, "GET", "/", headers)

    assert answer.status == 403


def test_absolute_target_of_another_host_is_misdirected(stack: Stack) -> None:
    for port in (*stack.ports,):
        host = {"Host": f"127.0.0.1:{port}"}

        assert exchange(port, "GET", "http://evil.example/", host).status == 421


@pytest.mark.parametrize("host", ["", "127.0.0.1.evil.example", "localhost."])
def test_no_listener_answers_to_another_name(stack: Stack, host: str) -> None:
    for port in stack.ports:
        named = {"Host": f"{host}:{port}"} if host else {"Host": ""}

        assert exchange(port, "GET", "/health", named).status == 421


def test_lambda_endpoint_says_what_aws_says_of_a_signature(stack: Stack) -> None:
    function = stack.outputs["UsersFunction"]
    unsigned = requests.post(
        f"{stack.lambda_endpoint}/2015-03-31/functions/{function}/invocations",
        timeout=40,
    )
    wrong = boto3.client(
        "lambda",
        endpoint_url=stack.lambda_endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="wrong",
    )

    assert unsigned.status_code == 403
    kind = unsigned.headers["x-amzn-errortype"]
    assert kind == "MissingAuthenticationTokenException"
    with pytest.raises(wrong.exceptions.ClientError, match="InvalidSignatureException"):
        wrong.invoke(FunctionName=function)
