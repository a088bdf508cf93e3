"""Docker by its own command, and the relay that leads containers back here."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from local.docker import engine, images
from local.docker.relay import relay
from local.sam_local import main

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE = "127.0.0.9"
"""Another address of the loopback stands in for the bridge's."""


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that says what is in a file, and nothing else on the PATH."""
    command = tmp_path / "docker"
    said = tmp_path / "said"
    said.write_text("", "utf-8")
    command.write_text(f"#!/bin/sh\n/bin/cat {said}\n", "utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return said


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (" 172.17.0.0/16 \n", "172.17.0.1"),
        ("172.18.0.5 172.18.0.0/16 \n", "172.18.0.5"),
        (" fd00::/64  10.9.0.0/24 \n", "10.9.0.1"),
        ("Docker Desktop\n", None),
    ],
)
def test_bridge_has_this_machines_address(
    answers: Path, said: str, address: str | None
) -> None:
    answers.write_text(said, "utf-8")

    assert engine.bridge_address() == address


def test_containers_are_told_by_their_ids(answers: Path) -> None:
    answers.write_text("a\nb\n", "utf-8")

    assert engine.containers() == {"a", "b"}


def test_machine_without_an_engine_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert main(["data"]) == 2
    assert images.main() == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 2
    assert "make start" in told


def test_relay_carries_both_ways_and_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def shout() -> None:
            link, _ = server.accept()
            with link, link.makefile("rb") as asked:
                link.sendall(asked.read().upper())

        served = threading.Thread(target=shout)
        served.start()
        with (
            relay(ELSEWHERE, port),
            socket.create_connection((ELSEWHERE, port)) as link,
            link.makefile("rb") as answer,
        ):
            link.sendall(b"hello")
            link.shutdown(socket.SHUT_WR)
            heard = answer.read()
        served.join()

    assert heard == b"HELLO"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((ELSEWHERE, port))
