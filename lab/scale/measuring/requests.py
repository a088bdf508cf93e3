"""The measured requests, as events of API Gateway."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from local.template import ROOT

EVENTS = ROOT / "events"
ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
CONDITIONS = ("if-match", "if-none-match", "idempotency-key")

# An event of payload format 2.0.
Event = dict[str, Any]


def event(
    operation: str,
    *,
    record_id: str = "",
    body: dict[str, object] | None = None,
    query: str = "",
    key: str = "",
) -> Event:
    """Return an operation's sample event with another record, body or query.

    `key` is an Idempotency-Key. The event has no conditional headers, because those of
    the sample name another record, and no map of the query, because nothing reads it.
    """
    name = re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", operation)
    text = (EVENTS / f"{name}.json").read_text("utf-8")
    sample: Event = json.loads(ULID.sub(record_id, text) if record_id else text)
    sample["requestContext"]["requestId"] = uuid.uuid4().hex[:16]
    sample["rawQueryString"] = query
    sample.pop("queryStringParameters", None)
    for name in CONDITIONS:
        sample["headers"].pop(name, None)
    if key:
        sample["headers"]["idempotency-key"] = key
    if body is not None:
        sample["body"], sample["isBase64Encoded"] = json.dumps(body), False
    return sample


def user(number: int) -> dict[str, object]:
    """Return the body of a typical user: an email of 28 bytes, no expiry."""
    return {
        "email": f"ada.{number:08}@mail.example.com",
        "name": "Ada Lovelace",
        "department": "Analytical Engines",
    }


def asset() -> dict[str, object]:
    """Return the body of a typical asset, with its checksum."""
    return {
        "fileName": "Quarterly report 2026.pdf",
        "contentType": "application/pdf",
        "size": 5,
        "checksumSha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    }
