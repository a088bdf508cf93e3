"""Responses, in API Gateway's format (payload format 2.0)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from shared.etags import etag_of
from shared.json_reader import JsonValue

_JSON_TYPE = {"content-type": "application/json"}
# Created once: `json.dumps` would create one for each response.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Response(NamedTuple):
    """A response; `record_id` and `problem` are for the log."""

    status: int
    headers: Mapping[str, str] = MappingProxyType({})
    body: str | None = None
    record_id: str | None = None
    problem: str | None = None


def json_text(document: Mapping[str, JsonValue]) -> str:
    """Return a document as compact JSON; characters outside ASCII are not escaped."""
    return _ENCODER.encode(document)


def ok(document: Mapping[str, JsonValue], version: int | None = None) -> Response:
    """Return a 200; it has an ETag if `version` is that of a record."""
    etag = {} if version is None else {"etag": etag_of(version)}
    return Response(200, {**_JSON_TYPE, **etag}, json_text(document))


def created(
    collection: str, record_id: str, version: int, document: Mapping[str, JsonValue]
) -> Response:
    """Return a 201 for the record `record_id` in `collection` ("users")."""
    headers = {
        **_JSON_TYPE,
        "etag": etag_of(version),
        "location": f"/{collection}/{record_id}",
    }
    return Response(201, headers, json_text(document), record_id=record_id)


def no_content() -> Response:
    """Return a 204."""
    return Response(204)


def not_modified(version: int) -> Response:
    """Return a 304, which has the ETag but no body (RFC 9110, section 15.4.5)."""
    return Response(304, {"etag": etag_of(version)})


def rendered(response: Response, request_id: str) -> dict[str, object]:
    """Return the response in API Gateway's format."""
    result: dict[str, object] = {
        "statusCode": response.status,
        "headers": {
            **response.headers,
            "x-request-id": request_id,
            "cache-control": "no-store",
        },
    }
    if response.body is not None:
        result["body"] = response.body
    return result
