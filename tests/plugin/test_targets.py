from __future__ import annotations

from pathlib import Path

import pytest

from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault
from twinproof.targets.target import Overrides, read_target

LIVE = "https://api.example.com"


@pytest.mark.parametrize(
    ("line", "flag", "writes"),
    [
        ("", "x=http://127.0.0.1:3000", "any"),
        ("", "x=http://localhost:3000", "any"),
        ("", "x=http://[::1]:3000", "any"),
        ("", f"x={LIVE}", "none"),
        ("", "x=lambda:f", "none"),
        (f"url: {LIVE}\nwrites: own-records\n", "x", "own-records"),
        (f"url: {LIVE}\nwrites: own-records\n", f"x={LIVE}", "own-records"),
        ("writes: own-records\n", f"x={LIVE}", "own-records"),
        ("url: http://127.0.0.1:3000\nwrites: any\n", f"x={LIVE}", "none"),
        (f"url: {LIVE}\nwrites: none\n", "x=http://127.0.0.1:1", "any"),
        ("lambdaEndpoint: http://127.0.0.1:4567\n", "x=lambda:f", "any"),
    ],
)
def test_live_data_is_written_only_if_the_file_allows_it(
    tmp_path: Path, contract: Contract, line: str, flag: str, writes: str
) -> None:
    (tmp_path / "x.yaml").write_text(f"implementation: x\n{line}")

    target = read_target(flag, Overrides(), tmp_path, contract.schemas)

    assert target.writes == writes


def test_flags_replace_values_of_the_file(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "x.yaml").write_text(
        "{implementation: x, url: 'http://127.0.0.1:1', stack: a, region: eu-west-1}"
    )
    overrides = Overrides("b", "http://127.0.0.1:2", "http://127.0.0.1:3")

    target = read_target("x=lambda:f", overrides, tmp_path, contract.schemas)

    assert (target.url, target.stack, target.region) == ("lambda:f", "b", "eu-west-1")
    assert target.endpoint == "http://127.0.0.1:2"
    assert target.invoke_endpoint == "http://127.0.0.1:3"
    assert (target.evidence, target.skew_ms) == ("emulator", 0)


def test_live_target_has_a_clock_of_its_own(tmp_path: Path, contract: Contract) -> None:
    target = read_target(f"x={LIVE}", Overrides(), tmp_path, contract.schemas)

    assert (target.evidence, target.skew_ms) == ("aws", 2_000)


def test_target_file_is_checked(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "x.yaml").write_text("{implementation: x, writes: all}")

    with pytest.raises(FileFault, match=r"targets/x\.yaml: /writes"):
        read_target("x", Overrides(), tmp_path, contract.schemas)
