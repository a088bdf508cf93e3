"""The contract's own files, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.unit.contract.documents import Node, registry_of

if TYPE_CHECKING:
    from referencing import Registry

CONTRACT = Path(__file__).parents[3] / "contract"


@pytest.fixture(scope="session")
def document() -> Node:
    """openapi.yaml."""
    return yaml.safe_load((CONTRACT / "openapi.yaml").read_text())


@pytest.fixture(scope="session")
def schemas() -> dict[str, Node]:
    """Every schema, by file name."""
    return {
        path.name: json.loads(path.read_text())
        for path in sorted((CONTRACT / "schemas").glob("*.json"))
    }


@pytest.fixture(scope="session")
def rules() -> str:
    """rules.md."""
    return (CONTRACT / "rules.md").read_text()


@pytest.fixture(scope="session")
def registry(document: Node, schemas: dict[str, Node]) -> Registry[Any]:
    """Every document of the contract, by its place under contract/."""
    files = {f"schemas/{name}": schema for name, schema in schemas.items()}
    return registry_of({"openapi.yaml": document, **files})
