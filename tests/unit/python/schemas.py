"""The contract's schemas, with patterns that are read as in ECMA-262."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twinproof.contract.schemas import Schemas

ROOT = Path(__file__).parents[3] / "contract"
CONTRACT = Schemas.read(ROOT)


def schema(name: str) -> Any:  # Any: JSON of any shape
    """The contents of a file of contract/schemas."""
    return json.loads((ROOT / "schemas" / name).read_text())
