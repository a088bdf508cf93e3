"""Reads JSON files that must fit a JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

# Characters of a validator's message, which may quote a whole document.
MAX_MESSAGE = 200


class InputError(Exception):
    """A file is missing or does not fit its format; the text is one line."""


def read(path: Path, schema: Path) -> Any:
    """Return the document of a file that fits a schema; raises `InputError`."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path.name} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"{path.name} is not JSON: {error}") from error
    require_fit(document, schema, path.name)
    return document


def require_fit(document: Any, schema: Path, name: str) -> None:
    """Raise `InputError` if the document of a file does not fit a schema."""
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    for fault in validator.iter_errors(document):
        raise InputError(f"{name}{fault.json_path[1:]}: {fault.message[:MAX_MESSAGE]}")
