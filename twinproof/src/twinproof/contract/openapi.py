"""openapi.yaml as data: operations, routes, and the response of each status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from twinproof.contract.config import Config
from twinproof.contract.named import misnamed
from twinproof.contract.schemas import (
    Schemas,
    escape_pointer,
    read_schemas,
    resolve_pointer,
    tool_formats,
)
from twinproof.errors import FileFault, FileFinding
from twinproof.files import kebab, read_yaml
from twinproof.values.ids import is_id

METHODS = ("get", "put", "post", "delete", "patch")
DOCUMENT = "openapi.yaml"


@dataclass(frozen=True)
class Documented:
    """The documented response of one status of one operation."""

    headers: Mapping[str, tuple[bool, str]]
    """By header in lower case: whether it is required, and its `file#pointer`."""
    content: Mapping[str, str]
    """By media type: `file#pointer` of the body's schema."""
    body: str
    """The file of the body's schema; "" if the schema is not a file."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    location: str
    """Where it is sent: `path`, `query` or `header`."""
    schema: str
    """`file#pointer`"""


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    operation_id: str
    method: str
    route: str
    parameters: tuple[Parameter, ...]
    request_content: Mapping[str, str]
    """By media type: `file#pointer` of the body's schema; empty without a body."""
    responses: Mapping[int, Documented]

    @property
    def kebab(self) -> str:
        """Return the name of this operation in file names."""
        return kebab(self.operation_id)

    @property
    def route_key(self) -> str:
        """Return the route as API Gateway names it: `GET /things/{id}`."""
        return f"{self.method} {self.route}"

    @property
    def safe(self) -> bool:
        """Say whether the operation only reads (RFC 9110, section 9.2.1)."""
        return self.method in ("GET", "HEAD", "OPTIONS")

    def parameters_of(self, path: str) -> dict[str, str] | None:
        """Return the decoded path parameters, or None if the route does not match."""
        names = re.findall(r"\{([^}]+)\}", self.route)
        pattern = re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(self.route))
        match = re.fullmatch(pattern, path, re.DOTALL)
        if match is None:
            return None
        return {n: unquote(v) for n, v in zip(names, match.groups(), strict=True)}


@dataclass(frozen=True)
class Problem:
    """The fixed fields of a problem document."""

    type: str
    title: str
    status: int


def read_documents(root: Path) -> dict[str, Any]:
    """Return openapi.yaml and every schema, by its path; raise `FileFault`."""
    return {DOCUMENT: read_yaml(root / DOCUMENT, DOCUMENT), **read_schemas(root)}


class Contract:
    """The contract folder: OpenAPI document, schemas, operations.

    Raises `FileFault` if one of them cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        formats = Schemas(tool_formats())
        self.config = Config.read(root, formats)
        self.files = read_documents(root)
        findings = list(misnamed(self.config, self.files))
        if findings:
            raise FileFault(findings)
        self.document: dict[str, Any] = self.files[DOCUMENT]
        try:
            self.schemas = Schemas(self.files)
            self.operations = {op.operation_id: op for op in self._operations()}
        except (AttributeError, LookupError, TypeError, ValueError):
            what = "cannot be used; run twinproof lint to see why"
            raise FileFault([FileFinding(DOCUMENT, "", what)]) from None

    @cached_property
    def version(self) -> str:
        """Return the version of the document."""
        return str(self.document["info"]["version"])

    @cached_property
    def problems(self) -> dict[str, Problem]:
        """Return the fixed fields of every problem, by its name."""
        problems = {}
        definitions = self.files.get(self.config.files.problems, {})
        for name, definition in definitions.get("$defs", {}).items():
            members = definition.get("properties", {})
            if "type" in members:
                fixed = {
                    key: members[key]["const"] for key in ("type", "title", "status")
                }
                problems[name] = Problem(**fixed)
        return problems

    def body_schema(self, operation: Operation, status: int) -> str:
        """Return the schema file of a documented body; "" if there is none."""
        documented = operation.responses.get(status)
        return documented.body if documented else ""

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation of a request and its path parameters, or None."""
        fits = []
        for operation in self.operations.values():
            parameters = operation.parameters_of(path)
            if operation.method == method and parameters is not None:
                fits.append((operation, parameters))
        # A route without a parameter wins, as in API Gateway.
        return min(fits, key=lambda fit: len(fit[1])) if fits else None

    def requested_id(self, path: str) -> str | None:
        """Return the first id in a path as sent, decoded.

        The method does not matter: a request without an operation can name a record
        too, and must not change it.
        """
        found = [each.parameters_of(path) for each in self.operations.values()]
        fits = [parameters for parameters in found if parameters is not None]
        # A route without a parameter wins, as in API Gateway.
        values = min(fits, key=len).values() if fits else ()
        known = partial(is_id, notations=self.config.notations)
        return next(filter(known, values), None)

    def _operations(self) -> list[Operation]:
        found = []
        for route, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    pointer = f"/paths/{escape_pointer(route)}/{method}"
                    found.append(self._operation(route, method, item, pointer))
        return found

    def _operation(
        self, route: str, method: str, item: dict[str, Any], pointer: str
    ) -> Operation:
        here = item[method]
        of_all = f"{pointer.rpartition('/')[0]}/parameters"
        return Operation(
            operation_id=here["operationId"],
            method=method.upper(),
            route=route,
            parameters=(
                *self._parameters(item, of_all),
                *self._parameters(here, f"{pointer}/parameters"),
            ),
            request_content=_content(
                here.get("requestBody", {}), f"{pointer}/requestBody"
            ),
            responses={
                int(status): self._documented(response, f"{pointer}/responses/{status}")
                for status, response in here["responses"].items()
            },
        )

    def _documented(self, response: dict[str, Any], pointer: str) -> Documented:
        response, pointer = self.resolved(response, pointer)
        headers = {}
        for name, header in response.get("headers", {}).items():
            at = f"{pointer}/headers/{escape_pointer(name)}"
            header_, at_ = self.resolved(header, at)
            required = bool(header_.get("required", False))
            headers[name.lower()] = (required, f"{DOCUMENT}#{at_}/schema")
        content = response.get("content", {}).values()
        files = [each["schema"]["$ref"] for each in content if "$ref" in each["schema"]]
        return Documented(headers, _content(response, pointer), next(iter(files), ""))

    def _parameters(self, owner: dict[str, Any], pointer: str) -> Iterator[Parameter]:
        for number, parameter in enumerate(owner.get("parameters", ())):
            found, at = self.resolved(parameter, f"{pointer}/{number}")
            yield Parameter(found["name"], found["in"], f"{DOCUMENT}#{at}/schema")

    def resolved(self, value: dict[str, Any], pointer: str) -> tuple[Any, str]:
        """Follow `$ref: '#/…'` within the document."""
        while isinstance(value.get("$ref"), str) and value["$ref"].startswith("#"):
            pointer = value["$ref"][1:]
            # The pointer leads to a mapping: lint ran openapi's own validator.
            value = resolve_pointer(self.document, pointer)  # type: ignore[assignment]
        return value, pointer


def _content(owner: dict[str, Any], pointer: str) -> dict[str, str]:
    """Return `file#pointer` of the schema of each media type, by its name."""
    return {
        media: f"{DOCUMENT}#{pointer}/content/{escape_pointer(media)}/schema"
        for media in owner.get("content", {})
    }
