"""What the Python functions take from the contract: bounds and patterns of schemas.

`python -m handlers.packaging.schemas` writes build/python/schemas.py, where tests, mypy
and editors find it. Each build writes it into the package, so that no schema is parsed
when a function runs. It is not under version control: a new bound changes only a
schema. handlers/packaging/contract.mjs does the same for the TypeScript functions.
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

# The keywords that bound a value, and the types of their values.
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
    """Write the module into a folder in one step; return its path.

    Raises `BuildError` for a schema that cannot be read.
    """
    text = _module()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        draft = Path(scratch) / MODULE
        draft.write_text(text, "utf-8")
        return draft.replace(folder / MODULE)


def _module() -> str:
    fields = [f"    {name}: {kind}\n" for name, kind in KEYWORDS.items()]
    constants = [f"{name}: Schema = {bounds!r}\n" for name, bounds in _constants()]
    return HEAD + "".join(fields) + "\n\n" + "".join(constants)


def _constants() -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON of any shape
    """Yield each bounded definition or property of each schema, with a name for it.

    The name begins with that of the file, except for what several schemas share.
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
    """Write the module; on failure, write one line and return 1."""
    try:
        write(TARGET)
    except (BuildError, OSError) as error:
        sys.stderr.write(f"schemas: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
