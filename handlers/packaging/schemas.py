"""What the Python functions take from the contract: bounds and patterns of schemas.

`python -m handlers.packaging.schemas` writes build/python/schemas.py, where tests, mypy
and editors find it. Each build writes it into the package, so that no schema is parsed
when a function runs. It is not under version control: a new bound changes a schema and
no other file. handlers/packaging/contract.mjs gives the TypeScript functions the same.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handlers.packaging.order import ROOT, BuildError

SCHEMAS = ROOT / "contract" / "schemas"
TARGET = ROOT / "build" / "python"
MODULE = "schemas.py"

# The keywords that bound a value, and the types of what they are given.
KEYWORDS = {
    "minimum": "int",
    "maximum": "int",
    "minLength": "int",
    "maxLength": "int",
    "pattern": "str",
    "enum": "list[str | int]",
    "default": "int",
}
HEAD = '''"""Bounds and patterns of contract/schemas, as the build found them."""

from typing import TypedDict


class Schema(TypedDict, total=False):
    """The keywords of a schema that bound a value."""

'''


def write(folder: Path) -> Path:
    """Write the module into a folder, whole at any moment; return its path.

    Raises `BuildError` for a schema that cannot be read.
    """
    text = _module()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        draft = Path(scratch) / MODULE
        draft.write_text(text, "utf-8")
        return draft.replace(folder / MODULE)


def _module() -> str:
    members = [f"    {name}: {kind}\n" for name, kind in KEYWORDS.items()]
    constants = [f"{name}: Schema = {bounds!r}\n" for name, bounds in _constants()]
    return HEAD + "".join(members) + "\n\n" + "".join(constants)


def _constants() -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON of any shape
    """Yield each bounded definition or property of each schema, by a name for it.

    It has its file's name before its own; what more than one schema needs has none.
    """
    for path in sorted(SCHEMAS.glob("*.json")):
        try:
            schema = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise BuildError(f"contract/schemas/{path.name}: {error}") from error
        prefix = [] if path.stem == "common" else [path.stem]
        for name, node in {
            **schema.get("properties", {}),
            **schema.get("$defs", {}),
        }.items():
            bounds = {key: node[key] for key in KEYWORDS if key in node}
            if bounds:
                yield _name([*prefix, name]), bounds


def _name(words: list[str]) -> str:
    """Return the name of a constant: `asset`, `fileName` is ASSET_FILE_NAME."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", "_".join(words))
    return spaced.replace("-", "_").upper()


def main() -> int:
    """Write the module; one line on failure, and 1."""
    try:
        write(TARGET)
    except (BuildError, OSError) as error:
        sys.stderr.write(f"schemas: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
