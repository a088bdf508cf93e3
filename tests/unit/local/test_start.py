"""When `make start` refuses to start, before it builds anything."""

from __future__ import annotations

import platform

import pytest

from local.commands import start


def test_system_that_cannot_run_lambda_packages_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")

    assert start.main([]) == 2
    assert capsys.readouterr() == (
        "",
        (
            "start: Lambda's packages run on Linux, and this is Darwin; use a Linux"
            " virtual machine, see docs/troubleshooting.md\n"
        ),
    )
