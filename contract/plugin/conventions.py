"""Checks the conventions that every operation of this API follows, and rules.md.

OpenAPI would allow a 304 without an ETag, or a problem with a wrong status. rules.md
and the RFCs that it cites do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from twinproof.plugin import (
    DOCUMENT,
    Contract,
    FileFinding,
    escape_pointer,
    followed,
    found_at,
    references,
    target_of,
)

RULES = "rules.md"
PROBLEMS = "schemas/problem.json"
KEYWORDS = "Request schemas use these keywords only:"
JSON, PROBLEM = "application/json", "application/problem+json"
REQUESTS = {
    "POST": {JSON},
    "PUT": {JSON},
    "PATCH": {JSON, "application/merge-patch+json"},
}
ALWAYS = {"x-request-id", "cache-control"}
CONDITIONS = {"if-match", "if-none-match"}
CREATED, NO_CONTENT, NOT_MODIFIED, REFUSED, UNAVAILABLE = 201, 204, 304, 400, 503


@dataclass(frozen=True)
class _Operation:
    """An operation in openapi.yaml, and its JSON Pointer."""

    method: str
    pointer: str
    node: Any
    parameters: frozenset[str]

    def body(self) -> dict[str, Any]:
        content: dict[str, Any] = self.node.get("requestBody", {}).get("content", {})
        return content


@dataclass(frozen=True)
class _Response:
    """A response of an operation in openapi.yaml, and its JSON Pointer."""

    operation: _Operation
    status: int
    pointer: str
    """The pointer of the response itself, which several operations may share."""
    node: Any

    @property
    def location(self) -> str:
        """Return the pointer at which the operation names this response."""
        return f"{self.operation.pointer}/responses/{self.status}"

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.node.get("content", {})
        return content

    def references(self) -> Iterator[str]:
        return (each for _, _, each in references({DOCUMENT: self.content()}))

    def wanted_headers(self) -> set[str]:
        """Return the headers that a response of this operation and status must have."""
        conditional = bool(self.operation.parameters & CONDITIONS)
        tagged = self.status in (CREATED, NOT_MODIFIED)
        return {
            *ALWAYS,
            *(["etag"] if tagged or (self.status == 200 and conditional) else []),
            *(["location"] if self.status == CREATED else []),
            *(["retry-after"] if self.status == UNAVAILABLE else []),
        }

    def wanted_media(self) -> set[str]:
        if self.status in (NO_CONTENT, NOT_MODIFIED):
            return set()
        return {PROBLEM} if self.status >= REFUSED else {JSON}


def lint_conventions(contract: Contract) -> Iterator[FileFinding]:
    """Yield where an operation or a schema breaks a convention."""
    operations = list(_operations(contract))
    responses = [each for one in operations for each in _responses(contract, one)]
    for response in responses:
        yield from _response(contract, response)
    for operation in operations:
        yield from _media(operation)
    yield from _requests(contract, operations)
    if PROBLEMS in contract.files:
        yield from _problems(contract, responses)


def _operations(contract: Contract) -> Iterator[_Operation]:
    for each in contract.operations.values():
        method = each.method.lower()
        pointer = f"/paths/{escape_pointer(each.route)}/{method}"
        node = contract.document["paths"][each.route][method]
        names = frozenset(parameter.name.lower() for parameter in each.parameters)
        yield _Operation(each.method, pointer, node, names)


def _responses(contract: Contract, operation: _Operation) -> Iterator[_Response]:
    for status, response in operation.node["responses"].items():
        at = f"{operation.pointer}/responses/{status}"
        node, pointer = contract.resolved(response, at)
        yield _Response(operation, int(status), pointer, node)


def _response(contract: Contract, response: _Response) -> Iterator[FileFinding]:
    gateway = contract.config.gateway
    if gateway and gateway.schema in response.references():
        what = "only the gateway responds like this: it belongs under x-gateway"
        yield FileFinding(DOCUMENT, response.location, what)
        return
    headers = response.node.get("headers", {})
    for what, wanted, given in (
        ("headers", response.wanted_headers(), set(headers)),
        ("content", response.wanted_media(), set(response.content())),
    ):
        if given != wanted:
            text = _difference_text(f"a {response.status}", wanted, given)
            yield FileFinding(DOCUMENT, f"{response.pointer}/{what}", text)
    for name, header in headers.items():
        node, pointer = contract.resolved(header, f"{response.pointer}/headers/{name}")
        if node.get("required") is not True:
            what = "every header is always sent: required must be true"
            yield FileFinding(DOCUMENT, pointer, what)


def _media(operation: _Operation) -> Iterator[FileFinding]:
    wanted, given = REQUESTS.get(operation.method, set()), set(operation.body())
    # A POST may have no body at all.
    if given != wanted and (given or operation.method != "POST"):
        pointer = f"{operation.pointer}/requestBody/content"
        text = _difference_text(f"a {operation.method}", wanted, given)
        yield FileFinding(DOCUMENT, pointer, text)


def _difference_text(kind: str, wanted: set[str], given: set[str]) -> str:
    expected, got = (", ".join(sorted(names)) or "none" for names in (wanted, given))
    return f"must be {expected} for {kind}, but is {got}"


def _problems(contract: Contract, responses: list[_Response]) -> Iterator[FileFinding]:
    """Yield problems with a wrong status, and where two lists of problems differ."""
    used = set()
    for response in responses:
        for reference in response.references():
            name = reference.removeprefix(f"{PROBLEMS}#/$defs/")
            if name in contract.problems:
                used.add(name)
                if contract.problems[name].status != response.status:
                    what = f"{name} is not a problem of status {response.status}"
                    yield FileFinding(DOCUMENT, response.location, what)
    for name in contract.problems.keys() - used:
        yield FileFinding(
            PROBLEMS, f"/$defs/{name}", "no response of openapi.yaml has it"
        )
    listed = contract.files[PROBLEMS]["$defs"]["name"]["enum"]
    for name in sorted(contract.problems.keys() ^ set(listed)):
        what = f"{name} must be both here and under $defs"
        yield FileFinding(PROBLEMS, "/$defs/name/enum", what)
    yield from _problem_table(contract)


def _problem_table(contract: Contract) -> Iterator[FileFinding]:
    """Yield rows of rules.md that differ from problem.json."""
    rows = r"^\| ([a-z-]+) \| (\d{3}) \| (.+) \|$"
    listed = {
        name: (f"urn:problem:{name}", title, int(status))
        for name, status, title in re.findall(rows, _rules(contract), re.MULTILINE)
    }
    fixed = {
        name: (each.type, each.title, each.status)
        for name, each in contract.problems.items()
    }
    for name in sorted(listed.keys() | fixed.keys()):
        if listed.get(name) != fixed.get(name):
            yield FileFinding(RULES, name, f"the problem differs from {PROBLEMS}")


def _rules(contract: Contract) -> str:
    path = contract.root / RULES
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _requests(
    contract: Contract, operations: list[_Operation]
) -> Iterator[FileFinding]:
    """Yield what rules.md does not allow in the schema of a request."""
    rules = _rules(contract)
    paragraph = rules.partition(KEYWORDS)[2].partition("\n\n")[0]
    allowed = set(re.findall("`([^`]+)`", paragraph))
    if rules and not allowed:
        yield FileFinding(RULES, "", f"does not say: {KEYWORDS} …")
    for operation in operations:
        for media, body in operation.body().items():
            body_at = f"{operation.pointer}/requestBody/content/{escape_pointer(media)}"
            reference = body.get("schema", {}).get("$ref")
            if reference is None:
                what = "its schema is not a file of schemas/"
                yield FileFinding(DOCUMENT, body_at, what)
                continue
            path, pointer = target_of(DOCUMENT, reference)
            schema = found_at(contract.files, (path, pointer))
            if schema.get("additionalProperties") is not False:
                what = "a request refuses unknown fields: additionalProperties is false"
                yield FileFinding(path, pointer, what)
            for file, at, inner in followed(contract.files, path, pointer):
                words = sorted(inner.keys() - allowed) if allowed else []
                if words:
                    what = f"{RULES} allows no {', '.join(words)} in a request"
                    yield FileFinding(file, at, what)
