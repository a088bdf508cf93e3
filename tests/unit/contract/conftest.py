"""The contract's own files, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any  # what a YAML or JSON file holds

import pytest
import yaml

CONTRACT = Path(__file__).parents[3] / "contract"


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """openapi.yaml."""
    read: dict[str, Any] = yaml.safe_load((CONTRACT / "openapi.yaml").read_text())
    return read


@pytest.fixture(scope="session")
def schemas() -> dict[str, dict[str, Any]]:
    """Every schema, by file name."""
    return {
        path.name: json.loads(path.read_text())
        for path in sorted((CONTRACT / "schemas").glob("*.json"))
    }


@pytest.fixture(scope="session")
def rules() -> str:
    """rules.md."""
    return (CONTRACT / "rules.md").read_text()
