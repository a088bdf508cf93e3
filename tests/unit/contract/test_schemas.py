"""The schemas are sound, fit their own examples, and say what the rules say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from tests.unit.contract.documents import (
    BASE,
    REQUEST_SCHEMAS,
    Node,
    operations,
    references,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referencing import Registry


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


def test_schemas_are_valid_json_schema(schemas: dict[str, Node]) -> None:
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_schema_is_named_after_its_file(schemas: dict[str, Node]) -> None:
    assert {name: schema["$id"] for name, schema in schemas.items()} == {
        name: name for name in schemas
    }


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


def test_log_lines_name_every_operation(
    document: Node, schemas: dict[str, Node]
) -> None:
    named = schemas["common.json"]["$defs"]["operation"]["enum"]
    documented = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(named) == sorted([*documented, "unknown"])
