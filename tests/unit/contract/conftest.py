"""The contract's own files, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

CONTRACT = Path(__file__).parents[3] / "contract"

# Any: a node of a YAML or JSON document.
Node = Any


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
