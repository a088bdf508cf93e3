"""Turns a case's `when` into the request that is sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from twinproof.cases.expressions import evaluate, evaluate_body, evaluate_members
from twinproof.cases.language import Scope
from twinproof.contract.openapi import Operation
from twinproof.exchange.model import Headers, Request
from twinproof.files import compact_json

When = Mapping[str, Any]


def request_of(operation: Operation, when: When, scope: Scope) -> Request:
    """Return the request of a `when`, with every expression evaluated."""
    body = body_of(when, scope)
    return Request(
        method=when.get("method", operation.method),
        path=_path(operation, when, scope),
        query=_query(when, scope),
        headers=_headers(when, body, scope),
        body=body,
        event_patch=evaluate_members(when.get("eventPatch", {}), scope),
    )


def body_of(when: When, scope: Scope) -> bytes | None:
    """Return the bytes of `json`, `text` or `base64`; None if none is given."""
    if "json" in when:
        return compact_json(evaluate_body(when["json"], scope))
    if "text" in when:
        return str(evaluate(when["text"], scope)).encode()
    if "base64" in when:
        return base64.b64decode(when["base64"])
    return None


def _path(operation: Operation, when: When, scope: Scope) -> str:
    if "rawPath" in when:
        return str(evaluate(when["rawPath"], scope))
    path = operation.route
    for name, value in evaluate_members(when.get("path", {}), scope).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path


def _query(when: When, scope: Scope) -> str:
    if "rawQuery" in when:
        return str(evaluate(when["rawQuery"], scope))
    pairs = []
    for name, value in evaluate_members(when.get("query", {}), scope).items():
        values = value if isinstance(value, list) else [value]
        pairs += [f"{quote(name, safe='')}={quote(str(v), safe='')}" for v in values]
    return "&".join(pairs)


def _headers(when: When, body: bytes | None, scope: Scope) -> Headers:
    named = evaluate_members(when.get("headers", {}), scope)
    given = {name.lower() for name in named}
    defaults = {"user-agent": "twinproof"}
    if body is not None:
        defaults["content-type"] = "application/json"
    pairs = [(name, value) for name, value in defaults.items() if name not in given]
    for name, value in named.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(each)) for each in values if each is not None]
    return tuple(pairs)
