"""The proxy forwards bytes unchanged and records the calls."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lab.scale.measuring.recording import RecordedCall, recording


class Upstream(BaseHTTPRequestHandler):
    """Answers with the request's body.

    It does not use `local.http.server`, which the proxy under test uses.
    """

    def do_POST(self) -> None:  # http.server's name
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = json.dumps({"host": self.headers["host"], "got": body.decode()})
        self.send_response(200)
        self.send_header("x-answered", "yes")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def do_HEAD(self) -> None:  # http.server's name
        self.send_response(404)
        self.send_header("content-length", "123")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write no log."""


@pytest.fixture
def upstream() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def recorded(
    upstream: str, method: str, path: str, body: bytes = b"", target: str = ""
) -> tuple[HTTPResponse, bytes, RecordedCall]:
    """Send a request through the proxy; return the response and the recorded call."""

    def send(endpoint: str) -> tuple[HTTPResponse, bytes]:
        with closing(HTTPConnection(endpoint.removeprefix("http://"))) as connection:
            headers = {"x-amz-target": target} if target else {}
            connection.request(method, path, body, {"host": "aws", **headers})
            answer = connection.getresponse()
            return answer, answer.read()

    async def run() -> tuple[HTTPResponse, bytes, RecordedCall]:
        async with recording(upstream) as (endpoint, recorder):
            answer = await asyncio.to_thread(send, endpoint)
            (call,) = recorder.take()
            return *answer, call

    return asyncio.run(run())


def test_a_call_is_forwarded_unchanged_and_recorded(upstream: str) -> None:
    sent, target = b'{"TableName": "users"}', "DynamoDB_20120810.PutItem"

    response, body, call = recorded(upstream, "POST", "/", sent, target)

    assert response.headers.get_all("x-answered") == ["yes"]
    assert len(response.headers.get_all("date") or []) == 1
    assert json.loads(body) == {"host": "aws", "got": sent.decode()}
    assert (call.service, call.action, call.status) == ("dynamodb", "PutItem", 200)
    assert (call.request, call.answer) == (json.loads(sent), json.loads(body))


def test_a_call_to_s3_is_recorded_by_its_method(upstream: str) -> None:
    response, _, call = recorded(upstream, "HEAD", "/bucket/key")

    assert (response.status, response.headers["content-length"]) == (404, "123")
    assert (call.service, call.action, call.status) == ("s3", "HEAD", 404)
