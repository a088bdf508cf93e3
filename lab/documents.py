"""JSON files that are held to a JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

# A message may quote a whole document.
MAX_MESSAGE = 200


class InputError(Exception):
    """A file is not there or not of its format; the text is one line."""


def read(path: Path, schema: Path) -> Any:
    """Return a file's document, which fits a schema; raises `InputError`."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"{path.name} is no JSON: {error}") from error
    require_fit(document, schema, path.name)
    return document


def require_fit(document: Any, schema: Path, name: str) -> None:
    """Require that the document of a file fits a schema; raises `InputError`."""
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    for fault in validator.iter_errors(document):
        told = fault.message[:MAX_MESSAGE]
        raise InputError(f"{name}{fault.json_path[1:]}: {told}")
