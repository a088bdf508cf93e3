"""The tool names no service, its folders are small, its class names are unique."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Set
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "twinproof" / "src" / "twinproof"
CONTRACT = ROOT / "contract"
MOST_FILES = 20
PLAIN = {
    "contentType": "what HTTP, S3 and the tool's digest of an object call it",
    "idempotency": "the header Idempotency-Key is a draft of the IETF's",
    "key": "every store has keys",
    "name": "everything has one",
    "objects": "S3's word, and JSON's",
    "owner": "a word of many meanings",
    "size": "everything has one",
    "status": "HTTP's",
    "ttl": "DynamoDB's word for the attribute",
    "version": "everything has one",
}
"""Words of this service that are common words, each with the reason."""
NAMES = re.compile(r"(?i)user-?agent|email\.utils|TypeGuard|frame\.filename")
"""Names of HTTP, of Python and of AWS that contain such a word."""


def words_of_the_service(plain: Set[str] = PLAIN.keys()) -> set[str]:
    """Return the names in the files of this service, without common words."""
    config: dict[str, Any] = tomllib.loads((CONTRACT / "twinproof.toml").read_text())
    document = yaml.safe_load((CONTRACT / "openapi.yaml").read_text("utf-8"))
    operations = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]
    members = [
        name
        for path in sorted(CONTRACT.glob("schemas/stored-*.json"))
        for name in properties(json.loads(path.read_text("utf-8")))
    ]
    records = config["records"]
    return {
        *config["stores"],
        *records,
        *(record["id"] for record in records.values()),
        *config["companions"],
        *config["own"],
        *operations,
        *members,
    } - plain


def properties(schema: Any) -> list[str]:
    """Return the names of all fields of a schema and its parts."""
    if not isinstance(schema, dict):
        return []
    below = [name for part in schema.values() for name in properties(part)]
    return [*schema.get("properties", ()), *below]


def words_in(text: str) -> set[str]:
    """Return the words of a text, and the parts of its names, in lower case."""
    words = re.findall("[A-Za-z][A-Za-z0-9]*", NAMES.sub("", text))
    parts = [part for word in words for part in re.findall("[A-Z]?[a-z0-9]+", word)]
    return {each.lower() for each in (*words, *parts)}


def test_no_source_of_the_tool_names_this_service() -> None:
    named = {word.lower() for word in words_of_the_service()}
    sources = [path for kind in ("py", "json") for path in SOURCES.rglob(f"*.{kind}")]

    found = [
        f"{path.relative_to(SOURCES).as_posix()}:{number}: {', '.join(sorted(words))}"
        for path in sorted(sources)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (words := named & words_in(line))
    ]

    assert found == []


def test_only_one_module_knows_notations_of_ids() -> None:
    knowing = [
        path.relative_to(SOURCES).as_posix()
        for path in sorted(SOURCES.rglob("*.py"))
        if re.search("ulid|uuid", path.read_text("utf-8"), re.IGNORECASE)
    ]

    assert knowing == ["values/ids.py"]


def test_plain_words_are_words_of_the_service() -> None:
    used = {word for word in words_of_the_service(plain=set()) if word in PLAIN}

    assert used == PLAIN.keys()


def test_folders_can_be_looked_over() -> None:
    counts = {
        folder.relative_to(SOURCES).as_posix(): len(list(folder.glob("*.py")))
        for folder in (SOURCES, *SOURCES.rglob("*"))
        if folder.is_dir()
    }

    assert {name: many for name, many in counts.items() if many > MOST_FILES} == {}


def test_no_two_classes_have_one_name() -> None:
    classes = defaultdict(set)
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes[node.name].add(path.relative_to(SOURCES).as_posix())

    assert {name: each for name, each in classes.items() if len(each) > 1} == {}
