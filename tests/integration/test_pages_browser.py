"""A real browser on pages of other ports: one is allowed, one is not."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.integration.stacks import Stack, free_page

SECONDS = 120
# Tries everything in turn, and sends the results to its server.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><iframe name="aside"></iframe>
<script type="module">
const {aws, functions, api, invocation, download, bucket} = %s;
const outcomes = {};
async function attempt(name, url, options) {
  try {
    const answer = await fetch(url, options);
    outcomes[name] = answer.type === "opaque" ? "unreadable" : await answer.text();
  } catch {
    outcomes[name] = "blocked";
  }
}
const simple = {method: "POST", mode: "no-cors"};
const json = {"content-type": "application/json"};
%s
await fetch("/outcomes", {method: "POST", body: JSON.stringify(outcomes)});
</script>"""
HOSTILE = """
await attempt("wipe", `${aws}/_ministack/reset`, simple);
await attempt("wipe and read", `${aws}/_ministack/reset`, {method: "POST"});
const form = document.createElement("form");
Object.assign(form, {method: "POST", action: `${aws}/_ministack/reset`});
form.target = "aside";
document.body.append(form);
const aside = new Promise((done) => {
  document.querySelector("iframe").addEventListener("load", done, {once: true});
});
form.submit();
await aside;
const stack = "Action=DeleteStack&StackName=parity-typescript";
const forged = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"
  + "&X-Amz-Credential=test/20260101/us-east-1/cloudformation/aws4_request";
outcomes.image = await new Promise((done) => {
  const image = new Image();
  image.onload = () => done("loaded");
  image.onerror = () => done("blocked");
  image.src = `${aws}/?${stack}&${forged}`;
});
await attempt("list buckets", `${aws}/`);
await attempt("list objects", `${aws}/${bucket}`);
await attempt("read an object", download);
await attempt("health", `${aws}/_ministack/health`);
await attempt("invoke", `${functions}${invocation}`, {...simple, body: "{}"});
const authorization = {authorization: "AWS4-HMAC-SHA256 Credential=test"};
await attempt("invoke, signed", `${functions}${invocation}`,
  {method: "POST", body: "{}", headers: authorization});
await attempt("list users", `${api}/users`);
await attempt("create a user", `${api}/users`, {...simple, body: "{}"});
await attempt("create a user by JSON", `${api}/users`,
  {method: "POST", body: "{}", headers: json});
"""
FRIENDLY = """
await attempt("create", `${api}/assets`, {
  method: "POST",
  body: JSON.stringify({fileName: "a.txt", contentType: "text/plain", size: 5}),
  headers: json,
});
const {assetId, upload} = JSON.parse(outcomes.create);
const {"content-length": _, ...headers} = upload.headers;
await attempt("upload", upload.url, {method: "PUT", body: "hello", headers});
await attempt("sign", `${api}/assets/${assetId}/download`);
await attempt("download", JSON.parse(outcomes.sign).url);
"""


@contextmanager
def served(origin: str, page: str) -> Iterator[queue.Queue[dict[str, str]]]:
    """Serve a page at its origin; yield its results."""
    told: queue.Queue[dict[str, str]] = queue.Queue()

    # Not `local.http.server`: this page is a stranger to the stack, and must be served
    # by nothing that is under test.
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(page.encode())

        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(origin).port or 80), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def outcomes(
    stack: Stack, origin: str, script: str, browser: list[str]
) -> dict[str, str]:
    """Open a page of that origin in the browser; return the results of its script."""
    bucket = stack.outputs["AssetsBucket"]
    key = {"Bucket": bucket, "Key": "assets/of-a-browser"}
    stack.s3.put_object(Bucket=bucket, Key=key["Key"], Body=b"secret")
    known = {
        "aws": stack.endpoint,
        "functions": stack.lambda_endpoint,
        "api": stack.url,
        "bucket": bucket,
        "invocation": f"/2015-03-31/functions/{stack.outputs['UsersFunction']}"
        "/invocations",
        "download": stack.s3.generate_presigned_url("get_object", Params=key),
    }
    page = PAGE % (json.dumps(known), script)
    with served(origin, page) as told:
        # Without the port it would end when the page has loaded.
        command = [*browser, "--remote-debugging-port=0", origin]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as opened:
            try:
                return told.get(timeout=SECONDS)
            finally:
                opened.terminate()


@pytest.fixture
def browser(chromium: list[str], tmp_path: Path) -> list[str]:
    """The command of a browser with an empty profile."""
    return [*chromium, f"--user-data-dir={tmp_path}"]


def test_page_of_another_port_can_neither_wipe_nor_invoke_nor_read(
    stack: Stack, browser: list[str]
) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    made = requests.post(
        f"{stack.url}/users", json={"email": email, "name": "Stays"}, timeout=40
    )
    since = len(stack.lines)

    found = outcomes(stack, free_page(), HOSTILE, browser)

    # What is unreadable went out and was refused, or changed nothing: see below.
    assert found == {
        "wipe": "unreadable",
        "wipe and read": "blocked",
        "image": "blocked",
        "list buckets": "blocked",
        "list objects": "blocked",
        "read an object": "blocked",
        "health": "blocked",
        "invoke": "unreadable",
        "invoke, signed": "blocked",
        "list users": "blocked",
        "create a user": "unreadable",
        "create a user by JSON": "blocked",
    }
    assert requests.get(f"{stack.url}{made.headers['location']}", timeout=40).ok
    stacks = stack.cloudformation.describe_stacks()["Stacks"]
    assert {one["StackName"] for one in stacks} == {
        "parity-python",
        "parity-typescript",
    }
    printed = "\n".join(stack.lines[since:])
    assert "lambda invoke" not in printed
    assert "python 415 POST /users" in printed


def test_page_given_by_cors_origins_uploads_by_a_signed_url(
    stack: Stack, browser: list[str]
) -> None:
    found = outcomes(stack, stack.page, FRIENDLY, browser)

    assert found["upload"] == ""
    assert found["download"] == "hello"
