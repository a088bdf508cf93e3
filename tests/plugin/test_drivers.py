from __future__ import annotations

import base64
import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from twinproof.contract.openapi import Contract
from twinproof.errors import NoAnswer
from twinproof.exchange.drivers import Http, Invoke
from twinproof.exchange.model import Request, joined

OK = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\ncontent-length: 2\r\n\r\nok"
CLOSING = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok"


@contextmanager
def answering(*answers: bytes, each: int = 1) -> Iterator[tuple[str, list[bytes]]]:
    """Answer a number of requests on each connection, and keep what was received."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        left = list(answers)
        while left:
            link, _ = listener.accept()
            with link:
                for answer in left[:each]:
                    received.append(link.recv(65_536))
                    link.sendall(answer)
            del left[:each]

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/base/", received
    finally:
        thread.join()
        listener.close()


def test_body_is_sent_byte_by_byte() -> None:
    headers = (("If-Match", "a"), ("If-Match", "é"), ("X", "\udcff"))
    request = Request("PUT", "/x%zz//\x01 y", "a=%&b", headers, b"\xff\x00")

    with answering(OK) as (url, received):
        http = Http(url)
        http.send(request)
        http.close()

    host = url.split("/")[2]
    assert received == [
        b"PUT /base/x%zz//\x01 y?a=%&b HTTP/1.1\r\n"
        + f"host: {host}\r\ncontent-length: 2\r\n".encode()
        + b"If-Match: a\r\nIf-Match: \xc3\xa9\r\nX: \xff\r\n\r\n\xff\x00"
    ]


def test_given_headers_replace_the_drivers_own() -> None:
    headers = (("Host", "h"), ("Content-Length", "0"))

    with answering(OK) as (url, received):
        http = Http(url)
        http.send(Request("POST", "/", headers=headers))
        http.close()

    assert received == [b"POST /base/ HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"]


def test_response_has_every_header_in_lower_case() -> None:
    with answering(OK) as (url, _):
        http = Http(url)
        response = http.send(Request("GET", "/"))
        http.close()

    assert response.status == 200
    assert response.headers == (("x-a", "1"), ("x-a", "2"), ("content-length", "2"))
    assert response.body == b"ok"
    assert joined(response.headers, "X-A") == "1,2"


def test_connection_is_used_again() -> None:
    with answering(OK, OK, each=2) as (url, received):
        http = Http(url)
        http.send(Request("GET", "/1"))
        http.send(Request("GET", "/2"))
        http.close()

    assert len(received) == 2


def test_closed_connection_is_not_used_again() -> None:
    with answering(OK, OK) as (url, received):
        http = Http(url)
        http.send(Request("GET", "/1"))
        http.send(Request("GET", "/2"))
        http.close()

    assert len(received) == 2


def test_connection_with_close_is_closed() -> None:
    with answering(CLOSING, CLOSING) as (url, _):
        http = Http(url)
        assert http.send(Request("GET", "/1")).body == b"ok"
        assert http.send(Request("GET", "/2")).body == b"ok"


INTERIM = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-a: 0\r\n\r\n"


def test_interim_responses_are_skipped() -> None:
    with answering(INTERIM + OK, INTERIM + OK, each=2) as (url, _):
        http = Http(url)
        answers = [http.send(Request("GET", path)) for path in ("/1", "/2")]
        http.close()

    assert [(each.status, each.body) for each in answers] == [(200, b"ok")] * 2
    assert answers[0].header("x-a") == "1,2"


def test_endless_interim_responses_are_no_response() -> None:
    endless = INTERIM * 11 + OK

    with answering(endless) as (url, _), pytest.raises(NoAnswer, match="interim"):
        Http(url).send(Request("GET", "/"))


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", OK[:-1]])
def test_incomplete_response_is_no_response(answer: bytes) -> None:
    with answering(answer) as (url, _), pytest.raises(NoAnswer):
        Http(url).send(Request("GET", "/"))


def test_unserved_port_gives_no_response() -> None:
    with pytest.raises(NoAnswer, match="ConnectionRefusedError"):
        Http("http://127.0.0.1:1").send(Request("GET", "/"))


def test_https_url_is_requested_over_tls() -> None:
    with (
        answering(b"no TLS here") as (url, received),
        pytest.raises(NoAnswer, match="SSL"),
    ):
        Http(url.replace("http:", "https:")).send(Request("GET", "/"))

    assert received[0][:2] == b"\x16\x03"


class Client:
    """A client of Lambda with the methods that the driver uses."""

    def __init__(self, answer: object, **more: object) -> None:
        self.answer = answer
        self.more = more
        self.calls: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> dict[str, object]:
        if isinstance(self.answer, Exception):
            raise self.answer
        self.calls.append(call)
        log = base64.b64encode(b'{"event":"request"}\n').decode()
        payload = io.BytesIO(json.dumps(self.answer).encode())
        return {"Payload": payload, "LogResult": log, **self.more}

    def close(self) -> None:
        self.calls.append({})


PROXY = {"statusCode": 200, "headers": {"ETag": "x"}, "body": "é"}


def invoke(contract: Contract, client: Client) -> Invoke:
    # The stand-in has only the methods that the driver uses.
    typed: Any = client
    return Invoke(typed, {"assets": "assets-fn", "users": "users-fn"}, contract)


def test_event_goes_to_the_function_of_its_route(contract: Contract) -> None:
    client = Client(PROXY)
    driver = invoke(contract, client)
    driver.send(Request("GET", "/assets/x"))
    driver.send(Request("GET", "/users/x"))
    driver.send(Request("GET", "/nothing"))
    driver.close()

    names = [call.get("FunctionName") for call in client.calls]
    assert names == ["assets-fn", "users-fn", "users-fn", None]
    event = json.loads(client.calls[0]["Payload"])
    assert event["routeKey"] == "GET /assets/{assetId}"
    assert event["pathParameters"] == {"assetId": "x"}
    assert client.calls[0]["LogType"] == "Tail"


def test_response_of_a_function_has_its_log(contract: Contract) -> None:
    client = Client(PROXY)
    response = invoke(contract, client).send(Request("GET", "/health"))

    event = json.loads(client.calls[0]["Payload"])
    assert response.status == 200
    text = ("content-type", "text/plain; charset=utf-8")
    assert response.headers == (("etag", "x"), text)
    assert response.body == "é".encode()
    assert response.log == '{"event":"request"}\n'
    assert response.request_id == event["requestContext"]["requestId"]


class NoTail(Client):
    """Like `sam local start-lambda`, which accepts no LogType but None."""

    def invoke(self, **call: Any) -> dict[str, object]:
        if "LogType" in call:
            self.calls.append(call)
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "Invoke")
        return super().invoke(**call)


def test_endpoint_without_log_tails_is_asked_for_one_once(contract: Contract) -> None:
    client = NoTail(PROXY)
    driver = invoke(contract, client)

    responses = [driver.send(Request("GET", "/health")) for _ in range(2)]

    assert [each.status for each in responses] == [200, 200]
    assert [each.log for each in responses] == [None, None]
    assert ["LogType" in call for call in client.calls] == [True, False, False]
    assert not driver.shows_logs


def test_patched_event_keeps_its_request_id(contract: Contract) -> None:
    patch = {"requestContext": {"requestId": "mine"}}
    response = invoke(contract, Client(PROXY)).send(
        Request("GET", "/health", event_patch=patch)
    )
    without = invoke(contract, Client(PROXY)).send(
        Request("GET", "/health", event_patch={"requestContext": None})
    )

    assert (response.request_id, without.request_id) == ("mine", "")


def test_base64_body_is_decoded(contract: Contract) -> None:
    client = Client({**PROXY, "body": "/w==", "isBase64Encoded": True})

    assert invoke(contract, client).send(Request("GET", "/health")).body == b"\xff"


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        ({"errorMessage": "x"}, {"FunctionError": "Unhandled"}),
        ({**PROXY, "statusCode": "x"}, {}),
        ({**PROXY, "headers": ["a"]}, {}),
    ],
)
def test_invalid_response_becomes_a_500_of_the_gateway(
    contract: Contract, answer: object, more: dict[str, object]
) -> None:
    client = Client(answer, **more)

    assert invoke(contract, client).send(Request("GET", "/health")).status == 500


def test_failed_invocation_gives_no_response(contract: Contract) -> None:
    client = Client(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))

    with pytest.raises(NoAnswer, match="EndpointConnectionError"):
        invoke(contract, client).send(Request("GET", "/health"))
