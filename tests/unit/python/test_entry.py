"""From event to response and log lines, with stores in memory and the handlers."""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from assets.routes import ASSET_ROUTES, AssetStores
from health.get_health import get_health
from shared.errors import AwsFault, Unavailable
from shared.http.entry import Entry
from shared.http.response import Response
from shared.http.route import Call, Route
from shared.version import VERSION
from tests.unit.python.schemas import CONTRACT
from tests.unit.python.support import (
    ID,
    Context,
    MemoryAssets,
    MemoryObjects,
    MemoryUsers,
    asset,
    event,
    problem,
    user,
)
from users.routes import USER_ROUTES

SECRET = "ada.secret@example.com"
BODY = {"email": SECRET, "name": "Ada"}
PATH = {"userId": ID}
NO_ID = {"userId": "x"}
KEY = {"content-type": "application/json", "idempotency-key": "k"}


@dataclass
class Service:
    """The routes of both functions with stores in memory, and the lines they wrote."""

    capture: pytest.CaptureFixture[str]
    users: MemoryUsers = field(default_factory=MemoryUsers)
    assets: MemoryAssets = field(default_factory=MemoryAssets)
    objects: MemoryObjects = field(default_factory=MemoryObjects)

    def __post_init__(self) -> None:
        stores = AssetStores(self.assets, self.objects)
        self.users_entry = Entry("userId", USER_ROUTES, self.users)
        self.assets_entry = Entry("assetId", ASSET_ROUTES, stores)

    def send(self, route: str, body: object = None, **fields: object) -> dict[str, Any]:
        answer = self.users_entry.answer
        if "/assets" in route:
            answer = self.assets_entry.answer
        return answer(event(route, body, **fields), Context())

    def lines(self) -> list[dict[str, Any]]:
        """The log lines since the last call; each is valid by the contract."""
        lines = [
            json.loads(line) for line in self.capture.readouterr().out.splitlines()
        ]
        for line in lines:
            name = "metric-line.json" if "_aws" in line else "log-line.json"
            assert CONTRACT.faults(f"schemas/{name}", line) == []
        return lines


@pytest.fixture
def service(capsys: pytest.CaptureFixture[str]) -> Service:
    return Service(capsys)


def failing(error: Exception) -> Entry[None]:
    def respond(_stores: None, _call: Call) -> Response:
        raise error

    return listing(respond)


def listing(respond: Callable[[None, Call], Response]) -> Entry[None]:
    return Entry("userId", {"GET /users": Route("listUsers", respond)}, None)


def document(response: dict[str, Any]) -> Any:  # Any: JSON of any shape
    return json.loads(response["body"])


def test_a_user_is_created_read_changed_and_deleted(service: Service) -> None:
    created = service.send("POST /users", BODY)
    user_id = document(created)["userId"]
    assert created["statusCode"] == 201
    assert created["headers"] == {
        "content-type": "application/json",
        "etag": '"1"',
        "location": f"/users/{user_id}",
        "x-request-id": "request-id",
        "cache-control": "no-store",
    }
    path = {"userId": user_id}
    found = service.send("GET /users/{userId}", pathParameters=path)
    assert document(found) == document(created)
    assert found["headers"]["etag"] == '"1"'
    patched = service.send("PATCH /users/{userId}", {"name": "B"}, pathParameters=path)
    assert document(patched)["name"] == "B"
    replaced = service.send("PUT /users/{userId}", BODY, pathParameters=path)
    assert (replaced["statusCode"], replaced["headers"]["etag"]) == (200, '"3"')
    deleted = service.send("DELETE /users/{userId}", pathParameters=path)
    assert deleted == {
        "statusCode": 204,
        "headers": {"x-request-id": "request-id", "cache-control": "no-store"},
    }
    assert CONTRACT.faults("schemas/user.json", document(created)) == []


def test_an_asset_is_created_read_renamed_fetched_and_deleted(service: Service) -> None:
    new = {"fileName": "a.png", "contentType": "image/png", "size": 3}
    created = service.send("POST /assets", new)
    asset_id = document(created)["assetId"]
    assert (created["statusCode"], created["headers"]["location"]) == (
        *(201,),
        f"/assets/{asset_id}",
    )
    path = {"assetId": asset_id}
    early = service.send("GET /assets/{assetId}/download", pathParameters=path)
    assert problem(early) == (409, "asset-not-uploaded")
    service.objects.objects[f"assets/{asset_id}/a.png"] = 3
    found = service.send("GET /assets/{assetId}", pathParameters=path)
    assert (document(found)["status"], found["headers"]["etag"]) == ("uploaded", '"2"')
    assert CONTRACT.faults("schemas/asset.json", document(found)) == []
    renamed = service.send(
        "PATCH /assets/{assetId}", {"fileName": "b"}, pathParameters=path
    )
    assert document(renamed)["fileName"] == "b"
    download = service.send("GET /assets/{assetId}/download", pathParameters=path)
    assert document(download)["url"].endswith("?as=b")
    assert "etag" not in download["headers"]
    listed = service.send("GET /assets", rawQueryString="status=uploaded")
    assert [item["assetId"] for item in document(listed)["items"]] == [asset_id]
    deleted = service.send("DELETE /assets/{assetId}", pathParameters=path)
    assert deleted["statusCode"] == 204


def test_pages_are_linked_by_cursors(service: Service) -> None:
    for number in range(3):
        service.send("POST /users", {"email": f"u{number}@x.com", "name": "U"})
    page = service.send("GET /users", rawQueryString="limit=2")
    assert len(document(page)["items"]) == 2
    cursor = document(page)["nextCursor"]
    rest = service.send("GET /users", rawQueryString=f"limit=2&cursor={cursor}")
    assert len(document(rest)["items"]) == 1
    assert "nextCursor" not in document(rest)
    mine = service.send("GET /users", rawQueryString="email=U1%40X.com")
    assert [item["email"] for item in document(mine)["items"]] == ["u1@x.com"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("email=", "pattern"),
        ("email=a%40b.c%0A", "pattern"),
        ("email=" + "%40" * 255, "maxLength"),
        ("status=x", "additionalProperties"),
        ("limit=0", "pattern"),
    ],
)
def test_an_invalid_query_of_users_is_refused(
    service: Service, query: str, code: str
) -> None:
    response = service.send("GET /users", rawQueryString=query)
    assert problem(response) == (400, "validation-failed")
    name = query.partition("=")[0]
    assert document(response)["errors"] == [{"parameter": name, "code": code}]


def test_a_status_other_than_pending_or_uploaded_is_refused(service: Service) -> None:
    response = service.send("GET /assets", rawQueryString="status=PENDING")
    assert document(response)["errors"] == [{"parameter": "status", "code": "enum"}]


@pytest.mark.parametrize("route", ["GET /users/{userId}", "GET /assets/{assetId}"])
@pytest.mark.parametrize(
    ("tags", "status"), [("*", 304), ('W/"1"', 304), ('"2"', 200), (None, 200)]
)
def test_a_record_that_the_client_has_is_a_304(
    service: Service, route: str, tags: str | None, status: int
) -> None:
    service.users.users[ID] = user(expires_at=None)
    service.assets.assets[ID] = asset(expires_at=2**45, status="uploaded")
    headers = {} if tags is None else {"If-None-Match": tags}
    response = service.send(
        route, pathParameters={"userId": ID, "assetId": ID}, headers=headers
    )
    assert response["statusCode"] == status
    assert response["headers"]["etag"] == '"1"'
    assert ("body" in response, "content-type" in response["headers"]) == (
        *(status == 200,),
        status == 200,
    )


ORDER: list[tuple[str, dict[str, Any]]] = [
    ("not-found", {"routeKey": "GET /nowhere", "pathParameters": NO_ID}),
    ("not-found", {"pathParameters": NO_ID, "headers": {}}),
    ("unsupported-media-type", {"headers": {}, "body": "x" * 65_537}),
    ("payload-too-large", {"body": "x" * 65_537}),
    ("malformed-request", {"body": "x", "rawQueryString": "a=1"}),
    (
        "malformed-request",
        {"headers": {**KEY, "if-match": "x"}, "rawQueryString": "a=1"},
    ),
    ("validation-failed", {"rawQueryString": "a=1", "body": "{"[:0] + "[]"}),
    ("validation-failed", {"body": "[]", "pathParameters": PATH}),
    ("not-found", {"headers": {**KEY, "if-match": '"9"'}}),
]


@pytest.mark.parametrize(("name", "fields"), ORDER)
def test_the_first_check_that_fails_decides_the_response(
    service: Service, name: str, fields: dict[str, Any]
) -> None:
    """Each request fails one check, and the next one in the contract's order."""
    whole = {"pathParameters": PATH, "body": json.dumps(BODY), **fields}
    route = whole.pop("routeKey", "PUT /users/{userId}")
    assert problem(service.send(route, **whole))[1] == name


def test_the_query_is_checked_before_the_body(service: Service) -> None:
    response = service.send("POST /users", [], rawQueryString="a=1")
    assert document(response)["errors"] == [
        {"parameter": "a", "code": "additionalProperties"}
    ]


def test_an_idempotency_key_is_checked_before_the_email(service: Service) -> None:
    first = service.send("POST /users", BODY, headers=KEY)
    again = service.send("POST /users", BODY, headers=KEY)
    assert document(again) == document(first)
    assert again["statusCode"] == 201
    other = service.send("POST /users", {**BODY, "name": "B"}, headers=KEY)
    assert problem(other) == (422, "idempotency-key-reused")
    encoded = base64.b64encode(json.dumps(BODY).encode()).decode()
    same = service.send("POST /users", encoded, isBase64Encoded=True, headers=KEY)
    assert same["statusCode"] == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "a,b", "é", "a\n", "k" * 256, "\x7f"])
def test_a_bad_idempotency_key_is_malformed(service: Service, key: str) -> None:
    headers = {"content-type": "application/json", "IDEMPOTENCY-KEY": key}
    response = service.send("POST /users", BODY, headers=headers)
    assert problem(response) == (400, "malformed-request")


def test_headers_that_an_operation_does_not_read_are_not_checked(
    service: Service,
) -> None:
    headers = {
        "content-type": "application/json",
        "if-match": "x",
        "if-none-match": "x",
    }
    assert service.send("POST /users", BODY, headers=headers)["statusCode"] == 201
    other = {"idempotency-key": ",", "if-match": "x", "content-type": "?"}
    response = service.send("GET /users", "x" * 99_999, headers=other)
    assert response["statusCode"] == 200


def test_faults_of_a_body_are_listed(service: Service) -> None:
    response = service.send("POST /users", {"email": 1})
    assert document(response) == {
        "type": "urn:problem:validation-failed",
        "title": "The request does not fit its schema",
        "status": 400,
        "errors": [
            {"pointer": "/email", "code": "type"},
            {"pointer": "/name", "code": "required"},
        ],
    }
    assert response["headers"]["content-type"] == "application/problem+json"


@pytest.mark.parametrize("hostile", [None, [], "x", {}, {"routeKey": "GET /users"}])
def test_an_event_of_no_known_shape_is_malformed(
    service: Service, hostile: object
) -> None:
    response = service.users_entry.answer(hostile, Context())
    assert problem(response) == (400, "malformed-request")
    headers: Any = response["headers"]
    assert headers["x-request-id"] == "invocation-id"
    assert service.lines()[0]["operation"] == "unknown"


def test_characters_outside_ascii_are_not_escaped(service: Service) -> None:
    response = service.send("POST /users", {**BODY, "name": "Ünï\U0001d49c\0"})
    assert '"Ünï\U0001d49c\\u0000"' in response["body"]


def test_a_request_is_logged_with_only_ids_and_sizes(service: Service) -> None:
    response = service.send("POST /users", BODY, headers=KEY)
    request, metrics = service.lines()
    assert SECRET not in json.dumps([request, metrics])
    assert request == {
        "timestamp": request["timestamp"],
        "level": "info",
        "event": "request",
        "implementation": "python",
        "functionVersion": "$LATEST",
        "operation": "createUser",
        "requestId": "request-id",
        "status": 201,
        "requestBytes": len(json.dumps(BODY)),
        "responseBytes": len(response["body"]),
        "durationMicroseconds": request["durationMicroseconds"],
        "coldStart": True,
        "userId": document(response)["userId"],
    }
    assert metrics["Latency"] == request["durationMicroseconds"]
    assert (metrics["ClientFaults"], metrics["ServerFaults"]) == (0, 0)
    assert (metrics["operation"], metrics["ColdStarts"]) == ("createUser", 1)


def test_a_refused_request_is_logged_with_its_problem(service: Service) -> None:
    service.send("GET /assets/{assetId}", pathParameters={"assetId": ID})
    service.send("GET /users/{userId}", pathParameters={"userId": SECRET})
    found, _, refused, metrics = service.lines()
    assert (found["problem"], found["assetId"], found["coldStart"]) == (
        *("not-found", ID),
        True,
    )
    assert "userId" not in refused
    assert (refused["level"], refused["status"]) == ("info", 404)
    assert (metrics["ClientFaults"], metrics["ServerFaults"]) == (1, 0)


def test_only_the_first_event_is_a_cold_start(service: Service) -> None:
    service.send("GET /users")
    service.send("GET /users")
    lines = service.lines()
    assert [line.get("coldStart") for line in lines[::2]] == [True, False]
    assert [line["ColdStarts"] for line in lines[1::2]] == [1, 0]


def test_the_size_of_broken_base64_is_that_of_its_text(service: Service) -> None:
    service.send("POST /users", "é!", isBase64Encoded=True)
    request, _ = service.lines()
    assert (request["requestBytes"], request["problem"]) == (3, "malformed-request")


def test_a_warming_event_is_answered_without_a_request(service: Service) -> None:
    assert service.users_entry.answer({"warming": True}, Context()) == {"warmed": True}
    (line,) = service.lines()
    assert (line["event"], line["coldStart"]) == ("warming", True)


@pytest.mark.parametrize(
    "almost", [{"warming": 1}, {"warming": "true"}, {"warming": True, "x": 1}]
)
def test_an_event_that_resembles_a_warming_event_is_malformed(
    service: Service, almost: object
) -> None:
    assert problem(service.users_entry.answer(almost, Context()))[0] == 400


def test_an_unforeseen_exception_is_a_500_without_details(service: Service) -> None:
    response = failing(KeyError(SECRET)).answer(event("GET /users"), Context())
    assert document(response) == {
        "type": "urn:problem:internal",
        "title": "The service failed",
        "status": 500,
    }
    fault, request, metrics = service.lines()
    assert SECRET not in json.dumps([fault, request, metrics])
    assert (fault["level"], fault["fault"]) == ("error", "KeyError")
    assert fault["at"][-1].startswith("test_entry.py:")
    assert fault["at"][-1].endswith("failing.<locals>.respond")
    assert fault["at"][0].startswith("entry.py:")
    assert "code" not in fault
    assert (request["level"], request["problem"]) == ("error", "internal")
    assert (metrics["ClientFaults"], metrics["ServerFaults"]) == (0, 1)


def test_unreachable_aws_is_a_503_with_retry_after(service: Service) -> None:
    response = failing(Unavailable("SlowDown")).answer(event("GET /users"), Context())
    assert problem(response) == (503, "unavailable")
    headers: Any = response["headers"]
    assert headers["retry-after"] == "1"
    fault, request, metrics = service.lines()
    assert (fault["level"], fault["fault"], fault["code"]) == (
        *("warn", "Unavailable"),
        "SlowDown",
    )
    assert request["level"] == "warn"
    assert metrics["ServerFaults"] == 1


def test_a_call_that_aws_refuses_is_a_500_with_its_code_in_the_log(
    service: Service,
) -> None:
    response = failing(AwsFault("AccessDenied")).answer(event("GET /users"), Context())
    assert problem(response) == (500, "internal")
    assert service.lines()[0]["code"] == "AccessDenied"


def test_a_fault_is_written_to_the_developers_descriptor(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It gets message, traceback and cause; the log lines are the same without it."""

    def fault() -> Exception:
        error = Unavailable("SlowDown")
        error.__cause__ = ConnectionError(f"{SECRET} refused \udc00")
        return error

    failing(fault()).answer(event("GET /users"), Context())
    unseen = service.lines()
    with (tmp_path / "trace").open("wb") as trace:
        monkeypatch.setenv("DEVELOPER_TRACE_FD", str(trace.fileno()))
        failing(fault()).answer(event("GET /users"), Context())
        service.send("GET /users", rawQueryString="a=1")

    shown = (tmp_path / "trace").read_text("utf-8")
    assert shown.startswith(f"ConnectionError: {SECRET} refused \\udc00\n")
    assert shown.endswith("\nshared.errors.Unavailable: SlowDown\n")
    assert shown.count("Traceback") == 1
    assert "direct cause" in shown
    (before, *_), (now, *_) = unseen, service.lines()
    assert {**now, "timestamp": before["timestamp"]} == before


def test_a_fault_line_has_at_most_fifty_frames(service: Service) -> None:
    def recurse(depth: int) -> Response:
        return recurse(depth - 1) if depth else Response(int("?"))

    entry = listing(lambda _stores, _call: recurse(99))
    assert problem(entry.answer(event("GET /users"), Context()))[0] == 500
    assert len(service.lines()[0]["at"]) == 50


@pytest.fixture
def handlers(dynamodb: DynamoDBClient) -> Callable[[str], Any]:
    """The handlers, loaded again with moto as AWS."""
    assert dynamodb
    return lambda name: importlib.reload(importlib.import_module(name)).handler


def test_health_has_the_version_and_the_implementation(
    handlers: Callable[[str], Any],
) -> None:
    response = handlers("users_handler")(event("GET /health"), Context())
    assert document(response) == {
        "status": "ok",
        "version": VERSION,
        "implementation": "python",
    }
    assert "etag" not in response["headers"]
    assert get_health().version == VERSION


def test_the_users_function_uses_its_table(handlers: Callable[[str], Any]) -> None:
    handler = handlers("users_handler")
    created = handler(event("POST /users", BODY), Context())
    path = {"userId": document(created)["userId"]}
    found = handler(event("GET /users/{userId}", pathParameters=path), Context())
    assert document(found) == document(created)
    assert len(document(handler(event("GET /users"), Context()))["items"]) == 1


def test_the_assets_function_uses_its_table_and_signs(
    handlers: Callable[[str], Any],
) -> None:
    handler = handlers("assets_handler")
    new = {"fileName": "a.png", "contentType": "image/png", "size": 3}
    created = handler(event("POST /assets", new), Context())
    assert CONTRACT.faults("schemas/asset-created.json", document(created)) == []
    listed = handler(event("GET /assets", rawQueryString="status=pending"), Context())
    assert len(document(listed)["items"]) == 1
