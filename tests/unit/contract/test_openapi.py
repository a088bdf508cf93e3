"""The documented API is one consistent document, and its examples are true."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing.exceptions import Unresolvable

from tests.unit.contract.documents import (
    BASE,
    REQUEST_SCHEMAS,
    Node,
    examples,
    operations,
    references,
    resolved,
    responses,
)

if TYPE_CHECKING:
    from referencing import Registry

ROOT = Path(__file__).parents[3]
OPENAPI = ROOT / "contract" / "openapi.yaml"

SCHEMATHESIS = ROOT / "schemathesis.toml"

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


def test_document_is_valid_openapi(document: Node) -> None:
    validate(document, base_uri=OPENAPI.as_uri())


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


def test_version_is_the_projects(document: Node) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert document["info"]["version"] == project["version"]


def test_what_the_gateway_answers_stands_apart(document: Node) -> None:
    own = document["x-gateway"]["responses"]
    assert set(own) == {"204", "400", "404", "413", "429", "431", "500", "503"}
    for operation, status, response in responses(document):
        schema = str(response.get("content", {}))
        assert "gateway-message" not in schema, (operation, status)


def test_schemathesis_is_told_of_each_412_and_of_nothing_else(document: Node) -> None:
    told = {
        operation: set(entry["checks"]["positive_data_acceptance"]["expected-statuses"])
        for entry in tomllib.loads(SCHEMATHESIS.read_text("utf-8"))["operations"]
        for operation in entry["include-operation-id"]
    }
    documented = {
        operation: {"2xx", "404", "409", "412"}
        for operation, status, _ in responses(document)
        if status == 412
    }
    assert told == documented
