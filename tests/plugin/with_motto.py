"""A copy of the contract in which users have one more optional field: `motto`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from twinproof.cases.model import Collection, read_cases
from twinproof.contract.openapi import Contract

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = HERE / "motto"
DEFINITION = {
    "type": "string",
    "minLength": 2,
    "maxLength": 20,
    "examples": ["Ad astra"],
}


def copy_of_the_contract(folder: Path) -> Path:
    """Return a copy, next to links to the files that it names."""
    for path in ROOT.glob("[!.]*"):
        if path.name != "contract":
            (folder / path.name).symlink_to(path)
    return Path(shutil.copytree(ROOT / "contract", folder / "contract"))


def add_the_field(root: Path) -> None:
    """Add `motto` to the schemas of users."""
    fields = yaml.safe_load((DATA / "fields.yaml").read_text("utf-8"))
    for name, members in fields.items():
        document = json.loads((root / name).read_text("utf-8"))
        document["properties"].update(members)
        if name == "schemas/user.json":
            document["$defs"]["motto"] = DEFINITION
        (root / name).write_text(json.dumps(document), "utf-8")


def add_the_cases(root: Path) -> None:
    """Add the cases that cover `motto`."""
    cases: dict[str, list[Any]] = yaml.safe_load((DATA / "cases.yaml").read_text())
    for name, more in cases.items():
        path = root / "cases" / f"{name}.yaml"
        indented = "".join(f"  {line}\n" for line in yaml.safe_dump(more).splitlines())
        path.write_text(path.read_text("utf-8").rstrip() + f"\n{indented}", "utf-8")


def the_cases(root: Path) -> tuple[Contract, Collection]:
    """Return a contract and its cases."""
    contract = Contract(root)
    return contract, read_cases(root, contract.schemas)
