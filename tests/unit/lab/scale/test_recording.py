"""The proxy hands on octets and keeps what it saw."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lab.scale.measuring.recording import recording


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was sent.

    Not by `local.http.server`, which would not answer a HEAD with a length alone.
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
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_call_goes_on_as_it_is_and_is_kept(upstream: str) -> None:
    with recording(upstream) as (endpoint, recorder):
        host = endpoint.removeprefix("http://")
        connection = HTTPConnection(host)
        target = {"x-amz-target": "DynamoDB_20120810.PutItem"}
        connection.request("POST", "/", b'{"TableName": "users"}', target)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        (call,) = recorder.take()

    assert response.headers["x-answered"] == "yes"
    assert answer == {"host": host, "got": '{"TableName": "users"}'}
    assert (call.service, call.action, call.status) == ("dynamodb", "PutItem", 200)
    assert call.request == {"TableName": "users"}
    assert call.answer == answer


def test_call_to_s3_is_known_by_its_method(upstream: str) -> None:
    with recording(upstream) as (endpoint, recorder):
        connection = HTTPConnection(endpoint.removeprefix("http://"))
        connection.request("HEAD", "/bucket/key")
        status = connection.getresponse().status
        connection.close()
        (call,) = recorder.take()

    assert status == 404
    assert (call.service, call.action, call.status) == ("s3", "HEAD", 404)
