"""The contract's schemas, their patterns read as ECMA-262 has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contract.suite.schemas import Schemas

ROOT = Path(__file__).parents[3] / "contract"


def schema(name: str) -> Any:  # Any: JSON of any shape
    """The contents of a file of contract/schemas."""
    return json.loads((ROOT / "schemas" / name).read_text())


# Without $schema: where jsonschema sees one, it goes on with its own validator, and
# that one reads patterns as Python does.
CONTRACT = Schemas(
    {
        f"schemas/{path.name}": {
            name: value
            for name, value in schema(path.name).items()
            if name != "$schema"
        }
        for path in (ROOT / "schemas").glob("*.json")
    }
)
