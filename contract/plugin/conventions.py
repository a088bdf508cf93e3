"""Checks what this project's API promises of every operation, and what rules.md lists.

OpenAPI would allow a 304 without an ETag or a problem under a wrong status; rules.md
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
    """An operation as openapi.yaml writes it, and where."""

    method: str
    pointer: str
    node: Any
    parameters: frozenset[str]

    def body(self) -> dict[str, Any]:
        content: dict[str, Any] = self.node.get("requestBody", {}).get("content", {})
        return content


@dataclass(frozen=True)
class _Response:
    """A response of an operation as openapi.yaml writes it, and where."""

    operation: _Operation
    status: int
    pointer: str
    """Of the response itself, which several operations may share."""
    node: Any

    @property
    def place(self) -> str:
        """Return where the operation names this response."""
        return f"{self.operation.pointer}/responses/{self.status}"

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.node.get("content", {})
        return content

    def references(self) -> Iterator[str]:
        return (each for _, _, each in references({DOCUMENT: self.content()}))

    def wanted_headers(self) -> set[str]:
        """Return the headers that a response of this status has, here."""
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
    """Yield where an operation or a schema is not as all others are."""
    operations = list(_operations(contract))
    answers = [each for one in operations for each in _responses(contract, one)]
    for response in answers:
        yield from _response(contract, response)
    for operation in operations:
        yield from _media(operation)
    yield from _requests(contract, operations)
    if PROBLEMS in contract.files:
        yield from _problems(contract, answers)


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
        what = "only the gateway answers so: it belongs under x-gateway"
        yield FileFinding(DOCUMENT, response.place, what)
        return
    headers = response.node.get("headers", {})
    for what, wanted, given in (
        ("headers", response.wanted_headers(), set(headers)),
        ("content", response.wanted_media(), set(response.content())),
    ):
        if given != wanted:
            told = _unlike(f"a {response.status}", wanted, given)
            yield FileFinding(DOCUMENT, f"{response.pointer}/{what}", told)
    for name, header in headers.items():
        node, place = contract.resolved(header, f"{response.pointer}/headers/{name}")
        if node.get("required") is not True:
            yield FileFinding(DOCUMENT, place, "every header is sent: required is true")


def _media(operation: _Operation) -> Iterator[FileFinding]:
    wanted, given = REQUESTS.get(operation.method, set()), set(operation.body())
    # A POST may ask for what needs no words.
    if given != wanted and (given or operation.method != "POST"):
        place = f"{operation.pointer}/requestBody/content"
        yield FileFinding(
            DOCUMENT, place, _unlike(f"a {operation.method}", wanted, given)
        )


def _unlike(kind: str, wanted: set[str], given: set[str]) -> str:
    must, here = (", ".join(sorted(names)) or "none" for names in (wanted, given))
    return f"must be {must} for {kind}, but is {here}"


def _problems(contract: Contract, answers: list[_Response]) -> Iterator[FileFinding]:
    """Yield problems under another status than theirs, and where lists differ."""
    answered = set()
    for response in answers:
        for reference in response.references():
            name = reference.removeprefix(f"{PROBLEMS}#/$defs/")
            if name in contract.problems:
                answered.add(name)
                if contract.problems[name].status != response.status:
                    what = f"{name} is not a problem of status {response.status}"
                    yield FileFinding(DOCUMENT, response.place, what)
    for name in contract.problems.keys() - answered:
        yield FileFinding(
            PROBLEMS, f"/$defs/{name}", "no response of openapi.yaml has it"
        )
    listed = contract.files[PROBLEMS]["$defs"]["name"]["enum"]
    for name in sorted(contract.problems.keys() ^ set(listed)):
        what = f"{name} is not both there and under $defs"
        yield FileFinding(PROBLEMS, "/$defs/name/enum", what)
    yield from _problem_table(contract)


def _problem_table(contract: Contract) -> Iterator[FileFinding]:
    """Yield rows of rules.md that are not as problem.json has them."""
    rows = r"^\| ([a-z-]+) \| (\d{3}) \| (.+) \|$"
    said = {
        name: (f"urn:problem:{name}", title, int(status))
        for name, status, title in re.findall(rows, _rules(contract), re.MULTILINE)
    }
    fixed = {
        name: (each.type, each.title, each.status)
        for name, each in contract.problems.items()
    }
    for name in sorted(said.keys() | fixed.keys()):
        if said.get(name) != fixed.get(name):
            yield FileFinding(RULES, name, f"the problem is not as {PROBLEMS} has it")


def _rules(contract: Contract) -> str:
    path = contract.root / RULES
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _requests(
    contract: Contract, operations: list[_Operation]
) -> Iterator[FileFinding]:
    """Yield what a request's schema has that rules.md does not allow there."""
    rules = _rules(contract)
    paragraph = rules.partition(KEYWORDS)[2].partition("\n\n")[0]
    allowed = set(re.findall("`([^`]+)`", paragraph))
    if rules and not allowed:
        yield FileFinding(RULES, "", f"does not say: {KEYWORDS} …")
    for operation in operations:
        for media, body in operation.body().items():
            place = f"{operation.pointer}/requestBody/content/{escape_pointer(media)}"
            reference = body.get("schema", {}).get("$ref")
            if reference is None:
                yield FileFinding(DOCUMENT, place, "its schema is no file of schemas/")
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
