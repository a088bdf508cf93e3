from __future__ import annotations

import json
from pathlib import Path

import pytest

from twinproof.cases.model import read_cases
from twinproof.contract.openapi import Contract
from twinproof.run.samples import drift, render, write

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture(scope="module")
def files(contract: Contract) -> dict[str, str]:
    return render(contract, read_cases(contract.root, contract.schemas))


def test_events_are_as_the_cases_render_them(files: dict[str, str]) -> None:
    assert drift(EVENTS, files) == []


def test_every_operation_has_its_event(
    contract: Contract, files: dict[str, str]
) -> None:
    names = {f"{each.kebab}.json" for each in contract.operations.values()}
    assert files.keys() == names | {"warming.json"}
    assert json.loads(files["warming.json"]) == {"warming": True}


def test_drift_is_reported_by_file_name(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    assert drift(tmp_path, files) == []

    (tmp_path / "get-user.json").write_text("{}\n")
    (tmp_path / "warming.json").unlink()
    (tmp_path / "old.json").write_text("{}\n")

    assert drift(tmp_path, files) == ["get-user.json", "old.json", "warming.json"]
    write(tmp_path, files)
    assert drift(tmp_path, files) == []


def test_rendering_again_gives_the_same(
    contract: Contract, files: dict[str, str]
) -> None:
    assert render(contract, read_cases(contract.root, contract.schemas)) == files
