"""Commands of the lab refuse ports that overlap."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.iam import proof
from lab.rehearsal import deploy


@pytest.mark.parametrize(
    ("main", "cloud_port"),
    [(proof.main, "5001"), (deploy.main, "5000")],
    ids=["iam", "rehearse"],
)
def test_overlapping_ports_are_an_error_of_one_line_before_anything_runs(
    capsys: pytest.CaptureFixture[str],
    main: Callable[[list[str]], int],
    cloud_port: str,
) -> None:
    assert main(["--port", "5000", "--cloud-port", cloud_port]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.endswith("; choose another with CLOUD_PORT")
