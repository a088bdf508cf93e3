"""Errors as problem documents (RFC 9457): one table has all statuses and titles."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.errors import ServiceError, ValidationFailed
from shared.http.response import Response, json_text

if TYPE_CHECKING:
    from shared.json_reader import JsonValue

_RETRY_AFTER_SECONDS = 1

_PROBLEMS: Mapping[str, tuple[int, str]] = {
    "malformed-request": (400, "The request cannot be read"),
    "validation-failed": (400, "The request does not fit its schema"),
    "invalid-cursor": (400, "The cursor cannot be read"),
    "not-found": (404, "There is no such resource"),
    "conflict": (409, "The resource kept changing"),
    "email-taken": (409, "Another user has this email address"),
    "asset-not-uploaded": (409, "The asset has not been uploaded"),
    "precondition-failed": (412, "The resource has changed"),
    "payload-too-large": (413, "The body is over 65536 octets"),
    "unsupported-media-type": (415, "The body is not of a supported media type"),
    "idempotency-key-reused": (422, "The idempotency key was used with another body"),
    "internal": (500, "The service failed"),
    "unavailable": (503, "The service is unavailable"),
}


def problem_response(error: Exception) -> Response:
    """Return the problem that a client sees for `error`; an unforeseen one is internal.

    The response has no details of the error except the faults of an invalid request.
    """
    name = error.problem if isinstance(error, ServiceError) else "internal"
    status, title = _PROBLEMS[name]
    document: dict[str, JsonValue] = {
        "type": f"urn:problem:{name}",
        "title": title,
        "status": status,
    }
    if isinstance(error, ValidationFailed):
        document["errors"] = [
            {error.kind: fault.location, "code": fault.code} for fault in error.faults
        ]
    headers = {"content-type": "application/problem+json"}
    if name == "unavailable":
        headers["retry-after"] = str(_RETRY_AFTER_SECONDS)
    return Response(status, headers, json_text(document), problem=name)
