"""The candidates of a measurement: our two implementations and their peers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OURS = "ours"
FLOOR = "floor"


@dataclass(frozen=True)
class Package:
    """One function as it is deployed.

    `folder` is the unzipped package with the times of the zip, `zip_bytes` the size of
    the zip, `handler` and `runtime` are Lambda's names.
    """

    folder: Path
    zip_bytes: int
    handler: str
    runtime: str

    @property
    def unzipped_bytes(self) -> int:
        """The unzipped size, which Lambda limits to 250 MB."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in files)


@dataclass(frozen=True)
class Candidate:
    """One way to serve the requests, as two functions: `users` and `assets`."""

    language: str
    name: str
    label: str
    users: Package
    assets: Package

    def package(self, function: str) -> Package:
        """Return the package of a function, `users` or `assets`."""
        return self.users if function == "users" else self.assets


# By language and folder under peers/. The floor, the bare SDK, comes first.
LABELS = {
    "python": {
        FLOOR: "bare boto3",
        "powertools": "Powertools with validation",
        "fastapi": "FastAPI + Mangum",
    },
    "node": {
        FLOOR: "bare AWS SDK v3",
        "hono": "Hono + zod",
        "middy": "Middy + validator",
        "express": "Express + adapter",
        "powertools": "Powertools with validation",
    },
}
# Our implementation of each language.
IMPLEMENTATIONS = {"python": "python", "node": "typescript"}
