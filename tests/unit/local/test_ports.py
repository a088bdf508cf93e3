"""The ports of a command are valid, and no two are equal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from local.commands import sam_local, start
from local.http.ports import PortError, require_apart


@pytest.mark.parametrize(
    ("port", "cloud_port", "why"),
    [
        (
            5000,
            5000,
            "PORT and CLOUD_PORT are both 5000; choose another with CLOUD_PORT",
        ),
        (
            5000,
            5001,
            "PORT + 1 and CLOUD_PORT are both 5001; choose another with CLOUD",
        ),
        (
            5001,
            5000,
            "PORT and CLOUD_PORT + 1 are both 5001; choose another with CLOUD",
        ),
        (65535, 4566, "PORT + 1: 65536 is no port; choose another with PORT"),
        (
            3000,
            65535,
            "CLOUD_PORT + 1: 65536 is no port; choose another with CLOUD_PORT",
        ),
        (0, 4566, "PORT: 0 is no port; choose another with PORT"),
        (-1, 4566, "PORT: -1 is no port; choose another with PORT"),
    ],
)
def test_ports_of_a_stack_are_four_ports(port: int, cloud_port: int, why: str) -> None:
    with pytest.raises(PortError, match=re.escape(why)):
        require_apart(start.ports_of(port, cloud_port))


@pytest.mark.parametrize("cloud_port", [4998, 5002])
def test_adjacent_pairs_of_ports_do_not_overlap(cloud_port: int) -> None:
    require_apart(start.ports_of(5000, cloud_port))


@pytest.mark.parametrize(
    ("main", "arguments"),
    [
        (start.main, ["--port", "5000", "--cloud-port", "5001"]),
        (sam_local.main, ["serve", "--port", "5000", "--cloud-port", "5000"]),
    ],
    ids=["start", "sam-local"],
)
def test_command_reports_bad_ports_in_one_line_and_does_nothing(
    capsys: pytest.CaptureFixture[str],
    main: Callable[[list[str]], int],
    arguments: list[str],
) -> None:
    assert main(arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.endswith("; choose another with CLOUD_PORT")
