"""The local cloud reports why it cannot start."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local.emulator import cloud


def test_a_cloud_that_ends_at_once_is_told_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ministack"
    program.write_text("#!/bin/sh\necho broken\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(cloud, "PYTHON", program)
    with socket.socket() as probe:
        probe.bind((cloud.HOST, 0))
        port = probe.getsockname()[1]
    with pytest.raises(cloud.CloudError, match="ended at once"):
        cloud.start(port, tmp_path)
    assert (tmp_path / "cloud.log").read_text() == "broken\n"
