"""The documented API is one consistent document, and its examples are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
OPENAPI = ROOT / "contract" / "openapi.yaml"
BASE = "file:///contract/"

ROUTES = {
    "createUser": "POST /users",
    "listUsers": "GET /users",
    "getUser": "GET /users/{userId}",
    "replaceUser": "PUT /users/{userId}",
    "updateUser": "PATCH /users/{userId}",
    "deleteUser": "DELETE /users/{userId}",
    "createAsset": "POST /assets",
    "listAssets": "GET /assets",
    "getAsset": "GET /assets/{assetId}",
    "updateAsset": "PATCH /assets/{assetId}",
    "deleteAsset": "DELETE /assets/{assetId}",
    "downloadAsset": "GET /assets/{assetId}/download",
    "getHealth": "GET /health",
}
STATUSES = {
    "createUser": {201, 400, 404, 409, 413, 415, 422, 500, 503},
    "listUsers": {200, 400, 500, 503},
    "getUser": {200, 304, 400, 404, 500, 503},
    "replaceUser": {200, 400, 404, 409, 412, 413, 415, 500, 503},
    "updateUser": {200, 400, 404, 409, 412, 413, 415, 500, 503},
    "deleteUser": {204, 400, 404, 409, 412, 500, 503},
    "createAsset": {201, 400, 404, 413, 415, 422, 500, 503},
    "listAssets": {200, 400, 500, 503},
    "getAsset": {200, 304, 400, 404, 409, 500, 503},
    "updateAsset": {200, 400, 404, 409, 412, 413, 415, 500, 503},
    "deleteAsset": {204, 400, 404, 409, 412, 500, 503},
    "downloadAsset": {200, 400, 404, 409, 500, 503},
    "getHealth": {200, 400, 500},
}
WITH_ETAG = {
    *(("createUser", 201), ("createAsset", 201)),
    *(("getUser", 200), ("replaceUser", 200), ("updateUser", 200), ("getUser", 304)),
    *(("getAsset", 200), ("updateAsset", 200), ("getAsset", 304)),
}
REQUEST_SCHEMAS = (
    "asset-create.json",
    "asset-patch.json",
    "user-create.json",
    "user-patch.json",
    "user-replace.json",
)

# Any: a node of a YAML or JSON document.
Node = Any


@pytest.fixture(scope="module")
def registry(document: Node, schemas: dict[str, Node]) -> Registry[Any]:
    files = {"openapi.yaml": document}
    files |= {f"schemas/{name}": schema for name, schema in schemas.items()}
    return Registry().with_resources(
        (BASE + path, DRAFT202012.create_resource(contents))
        for path, contents in files.items()
    )


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, item in document["paths"].items():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def resolved(document: Node, node: Node) -> Node:
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def responses(document: Node) -> Iterator[tuple[str, int, Node]]:
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            yield operation["operationId"], int(status), resolved(document, response)


def references(node: Node) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def examples(node: Node, pointer: str = "") -> Iterator[tuple[str, Node, Node]]:
    """Yield (where, schema's place, example) of every node with a schema beside it."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from examples(value, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    if "schema" in node:
        at = f"{pointer}/schema"
        if "example" in node:
            yield f"{pointer}/example", at, node["example"]
        for name, example in node.get("examples", {}).items():
            yield f"{pointer}/examples/{name}", at, example
    for key, value in node.items():
        step = key.replace("~", "~0").replace("/", "~1")
        yield from examples(value, f"{pointer}/{step}")


def keywords(schema: Node) -> Iterator[str]:
    """Yield every keyword of a schema, not the names of members."""
    for keyword, value in schema.items():
        yield keyword
        if keyword in ("properties", "$defs"):
            for inner in value.values():
                yield from keywords(inner)


def followed(name: str, schemas: dict[str, Node]) -> Iterator[Node]:
    """Yield a request schema and, in the end, every schema it refers to."""
    yield schemas[name]
    for reference in references(schemas[name]):
        file, _, pointer = reference.partition("#/$defs/")
        yield schemas[file]["$defs"][pointer]


def test_document_is_valid_openapi(document: Node) -> None:
    validate(document, base_uri=OPENAPI.as_uri())


def test_schemas_are_valid_json_schema(schemas: dict[str, Node]) -> None:
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_schema_is_named_after_its_file(schemas: dict[str, Node]) -> None:
    assert {name: schema["$id"] for name, schema in schemas.items()} == {
        name: name for name in schemas
    }


def test_every_reference_leads_somewhere(
    document: Node, schemas: dict[str, Node], registry: Registry[Any]
) -> None:
    broken = []
    files = {"openapi.yaml": document}
    files |= {f"schemas/{name}": schema for name, schema in schemas.items()}
    for path, contents in files.items():
        resolver = registry.resolver(BASE + path)
        for reference in references(contents):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                broken.append(f"{path}: {reference}")
    assert broken == []


def test_every_shared_part_is_used(document: Node) -> None:
    used = set(references(document))
    parts = {
        f"#/components/{kind}/{name}"
        for kind, named in document["components"].items()
        for name in named
    }
    assert parts - used == set()


def test_every_example_fits_its_schema(document: Node, registry: Registry[Any]) -> None:
    wrong = []
    found = list(examples(document))
    for where, schema, example in found:
        value = resolved(document, example) if isinstance(example, dict) else example
        validator: Draft202012Validator = Draft202012Validator(
            {"$ref": f"{BASE}openapi.yaml#{schema}"}, registry=registry
        )
        instance = value["value"] if "/examples/" in where else value
        wrong += [
            f"{where}: {fault.message}" for fault in validator.iter_errors(instance)
        ]
    assert wrong == []
    assert len(found) >= 50


def test_every_example_of_a_schema_fits_it(
    schemas: dict[str, Node], registry: Registry[Any]
) -> None:
    wrong = []
    for file, schema in schemas.items():
        for name, part in schema.get("$defs", {}).items():
            validator: Draft202012Validator = Draft202012Validator(
                {"$ref": f"{BASE}schemas/{file}#/$defs/{name}"}, registry=registry
            )
            wrong += [
                f"{file} {name}: {example}"
                for example in part.get("examples", [])
                if not validator.is_valid(example)
            ]
    assert wrong == []


def test_every_body_has_an_example(document: Node) -> None:
    bare = [
        (operation["operationId"], place, media)
        for _, operation in operations(document)
        for place, part in {
            "request": operation.get("requestBody", {}),
            **operation["responses"],
        }.items()
        for media, content in resolved(document, part).get("content", {}).items()
        if not content.get("examples")
    ]
    assert bare == []


def test_operations_and_routes(document: Node) -> None:
    assert {
        operation["operationId"]: route for route, operation in operations(document)
    } == ROUTES


def test_statuses_of_every_operation(document: Node) -> None:
    assert {
        operation["operationId"]: {int(status) for status in operation["responses"]}
        for _, operation in operations(document)
    } == STATUSES


def test_headers_of_every_response(document: Node) -> None:
    for operation, status, response in responses(document):
        expected = {"x-request-id", "cache-control"}
        expected |= {"etag"} if (operation, status) in WITH_ETAG else set()
        expected |= {"location"} if status == 201 else set()
        expected |= {"retry-after"} if status == 503 else set()
        assert set(response["headers"]) == expected, (operation, status)


def test_every_documented_header_is_required(document: Node) -> None:
    for operation, status, response in responses(document):
        for name, header in response["headers"].items():
            required = resolved(document, header).get("required")
            assert required is True, (operation, status, name)


def test_media_type_of_every_response(document: Node) -> None:
    for operation, status, response in responses(document):
        if status in (204, 304):
            media = []
        elif status >= 400:
            media = ["application/problem+json"]
        else:
            media = ["application/json"]
        assert list(response.get("content", {})) == media, (operation, status)


def test_media_types_of_requests(document: Node) -> None:
    for route, operation in operations(document):
        media = list(operation.get("requestBody", {}).get("content", {}))
        expected = ["application/json"] if route.startswith(("POST", "PUT")) else []
        if route.startswith("PATCH"):
            expected = ["application/json", "application/merge-patch+json"]
        assert media == expected, route


def test_every_problem_can_be_answered_with_its_own_status(
    document: Node, schemas: dict[str, Node]
) -> None:
    problems = schemas["problem.json"]["$defs"]
    answered = set()
    for operation, status, response in responses(document):
        for reference in references(response.get("content", {})):
            if reference.startswith("schemas/problem.json#/$defs/"):
                name = reference.rpartition("/")[2]
                fixed = problems[name]["properties"]["status"]["const"]
                assert fixed == status, (operation, name)
                answered.add(name)
    assert answered == set(problems["name"]["enum"])


def test_problems_are_the_same_in_rules_and_schema(
    rules: str, schemas: dict[str, Node]
) -> None:
    parts = schemas["problem.json"]["$defs"]
    told = re.findall(r"^\| ([a-z-]+) \| (\d{3}) \| (.+) \|$", rules, re.MULTILINE)
    fixed = {
        name: (
            parts[name]["properties"]["type"]["const"],
            parts[name]["properties"]["status"]["const"],
            parts[name]["properties"]["title"]["const"],
        )
        for name in parts["name"]["enum"]
    }
    assert fixed == {
        name: (f"urn:problem:{name}", int(status), title)
        for name, status, title in told
    }


def test_request_schemas_use_only_the_keywords_of_the_rules(
    rules: str, schemas: dict[str, Node]
) -> None:
    paragraph = rules.partition("Request schemas use these keywords only:")[2]
    allowed = set(re.findall("`([^`]+)`", paragraph.partition("\n\n")[0]))
    assert "pattern" in allowed
    for name in REQUEST_SCHEMAS:
        for schema in followed(name, schemas):
            assert set(keywords(schema)) <= allowed, name


def test_request_schemas_refuse_unknown_members(schemas: dict[str, Node]) -> None:
    assert [schemas[name]["additionalProperties"] for name in REQUEST_SCHEMAS] == [
        False
    ] * len(REQUEST_SCHEMAS)


def test_requests_refer_to_request_schemas(document: Node) -> None:
    referred = {
        reference.removeprefix("schemas/")
        for _, operation in operations(document)
        for reference in references(
            [
                {"$ref": content["schema"]["$ref"]}
                for content in operation.get("requestBody", {})
                .get("content", {})
                .values()
            ]
        )
    }
    assert referred == set(REQUEST_SCHEMAS)


def test_log_lines_name_every_operation(schemas: dict[str, Node]) -> None:
    named = schemas["common.json"]["$defs"]["operation"]["enum"]
    assert sorted(named) == sorted([*ROUTES, "unknown"])


def test_version_is_the_projects(document: Node) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert document["info"]["version"] == project["version"]


def test_what_the_gateway_answers_stands_apart(document: Node) -> None:
    own = document["x-gateway"]["responses"]
    assert set(own) == {"204", "404", "413", "429", "500", "503"}
    for operation, status, response in responses(document):
        schema = str(response.get("content", {}))
        assert "gateway-message" not in schema, (operation, status)
