"""Reduce botocore's data about AWS to the operations that are called.

botocore reads its data at each cold start: a table of all endpoints of all services
(1.2 MB), and the complete model of each service in use. Unreduced, that is a third of
the time that boto3 takes until its first call.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handlers.packaging.order import BuildError

# The operations that the functions call. The S3 client itself calls HeadBucket to find
# a bucket in another region.
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "dynamodb": (
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
    ),
    "s3": ("DeleteObject", "HeadBucket", "HeadObject", "PutObject"),
}
SHARED_DATA = ("_retry", "endpoints", "partitions", "sdk-default-configuration")
MODEL = "service-2"
SERVICE_DATA = (MODEL, f"{MODEL}.sdk-extras", "endpoint-rule-set-1")

Document = dict[str, Any]  # JSON of botocore's own making


def trim_data(data: Path) -> None:
    """Reduce botocore's folder `data` to the files that a client of `OPERATIONS` reads.

    Everything becomes plain JSON: the package is compressed anyway, and a cold start
    should not decompress the data twice.
    """
    for path in list(data.iterdir()):
        if path.is_dir() and path.name in OPERATIONS:
            _trim_service(path)
        elif path.is_dir():
            shutil.rmtree(path)
        elif _name(path) not in SHARED_DATA:
            path.unlink()
    endpoints = data / "endpoints.json"
    document = _read(endpoints)
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {
            name: services[name] for name in OPERATIONS if name in services
        }
    _write(endpoints, document)


def _trim_service(folder: Path) -> None:
    """Keep only the newest version of a service's API, and the operations in use."""
    *older, newest = sorted(folder.iterdir())
    for version in older:
        shutil.rmtree(version)
    for path in list(newest.iterdir()):
        document = _read(path) if _name(path) in SERVICE_DATA else None
        path.unlink()
        if document is not None:
            if _name(path) == MODEL:
                document = trimmed(document, OPERATIONS[folder.name])
            _write(newest / f"{_name(path)}.json", document)


def trimmed(model: Document, operations: tuple[str, ...]) -> Document:
    """Return a service model with only some operations, and the shapes that they use.

    Everything else stays, above all `clientContextParams`: they select the endpoint,
    and botocore reads even their documentation.
    """
    missing = sorted(set(operations) - model["operations"].keys())
    if missing:
        raise BuildError(f"botocore knows no operation {missing[0]}")
    kept = {name: model["operations"][name] for name in operations}
    shapes: Document = {}
    waiting = list(_shapes_in(kept))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _shapes_in(shapes[name])
    cut = {"operations": kept, "shapes": dict(sorted(shapes.items()))}
    return {**model, **_without_documentation(cut)}


def _shapes_in(part: object) -> Iterator[str]:
    """Yield the name of each shape that a part of a model refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for value in part.values():
            yield from _shapes_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _shapes_in(value)


def _without_documentation(part: Any) -> Any:
    """Return a part of a model without its documentation.

    Only strings are removed: a shape may have a member named `documentation`.
    """
    if isinstance(part, dict):
        return {
            name: _without_documentation(value)
            for name, value in part.items()
            if not (name == "documentation" and isinstance(value, str))
        }
    if isinstance(part, list):
        return [_without_documentation(value) for value in part]
    return part


def _name(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".json")


def _read(path: Path) -> Document:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    document: Document = json.loads(data)
    return document


def _write(path: Path, document: Document) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")), "utf-8")
