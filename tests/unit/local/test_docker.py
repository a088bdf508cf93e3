"""The `docker` command, and the relay from containers to this machine."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from handlers.packaging.env_vars import without_data
from local.commands import sam_local
from local.commands.sam_local import main
from local.deploy.build import architecture
from local.docker import debian, engine, images
from local.docker.engine import DockerError
from local.docker.relay import is_near, relay
from local.stopping import STOP_SIGNALS, StoppedError
from local.template import ROOT

BRIDGE = ipaddress.IPv4Interface("127.0.0.9/8")
"""Another address of the loopback stands in for the bridge's."""
ELSEWHERE = str(BRIDGE.ip)


PLACES = ("sam", "stack")
"""Folders of `make sam-local` and of `make start`, which has the same ports."""


def command(path: Path, steps: str) -> None:
    path.write_text(f"#!/bin/sh\n{steps}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that prints a file, and nothing else on the PATH."""
    said = tmp_path / "said"
    said.write_text("", "utf-8")
    command(tmp_path / "docker", f"/bin/cat {said}")
    monkeypatch.setenv("PATH", str(tmp_path))
    return said


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("172.17.0.0/16 \n\n", "172.17.0.1/16"),
        ("172.18.0.0/16 172.18.0.5\n", "172.18.0.5/16"),
        ("fd00::/64 fd00::1\n10.9.0.0/24 \n", "10.9.0.1/24"),
    ],
)
def test_bridge_has_this_machines_address(
    answers: Path, said: str, address: str
) -> None:
    answers.write_text(said, "utf-8")

    assert engine.bridge() == ipaddress.IPv4Interface(address)


def test_docker_desktop_has_no_bridge_here(answers: Path) -> None:
    answers.write_text("Docker Desktop\n", "utf-8")

    assert engine.bridge() is None


def test_containers_of_another_checkout_are_not_ours(answers: Path) -> None:
    ours = f"a\t{ROOT}/.local/sam/python/UsersFunction\nb\t{ROOT}/.aws-sam/build/X\n"
    answers.write_text(f"{ours}c\t{ROOT}-2/.aws-sam/build/X\n", "utf-8")

    assert engine.containers() == {"a", "b"}


def test_containers_of_a_checkout_whose_path_ends_alike_are_not_ours(
    answers: Path,
) -> None:
    ours = f"a\t/other,{ROOT}/X\nb\t/host_mnt{ROOT}/X\n"
    answers.write_text(f"{ours}c\t/home/u{ROOT}/X\n", "utf-8")

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
            relay(BRIDGE, port),
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


def test_any_address_of_this_machine_is_near() -> None:
    """Uploads from this machine do not have the bridge's address as their source."""
    only = ipaddress.IPv4Interface(f"{ELSEWHERE}/32")

    assert is_near(ELSEWHERE, only)
    assert is_near("127.0.0.1", only)


def test_neighbour_in_the_network_is_not_near() -> None:
    # TEST-NET-2 (RFC 5737): nobody has it.
    assert not is_near("198.51.100.7", BRIDGE)
    assert is_near("198.51.100.7", ipaddress.IPv4Interface("198.51.100.1/24"))


def test_relay_cuts_off_whoever_is_not_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other machine's address is available, so every peer is treated as one."""
    monkeypatch.setattr("local.docker.relay.is_near", lambda *_: False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.setblocking(False)
        with (
            relay(BRIDGE, port),
            socket.create_connection((ELSEWHERE, port)) as link,
        ):
            assert link.recv(1) == b""
            with pytest.raises(BlockingIOError):
                server.accept()


def test_address_that_is_not_this_machines_is_one_line() -> None:
    # TEST-NET-1 (RFC 5737): nobody has it.
    foreign = ipaddress.IPv4Interface("192.0.2.1/24")

    with pytest.raises(DockerError, match="rootless"), relay(foreign, 3950):
        pass


@pytest.mark.parametrize(
    ("what", "setting"),
    [("data", "--cloud-port"), ("serve", "--cloud-port"), ("serve", "--port")],
)
def test_port_in_use_is_told_before_anything_is_removed(
    what: str,
    setting: str,
    answers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del answers
    monkeypatch.setattr(sam_local, "STATE", tmp_path)
    with (
        socket.create_server(("127.0.0.1", 0)) as used,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        port, free = used.getsockname()[1], other.getsockname()[1]
        other.close()
        ports = {"--port": free, "--cloud-port": free, setting: port}
        kept = [tmp_path / f"{kind}-{ports['--cloud-port']}" for kind in PLACES]
        for folder in kept:
            folder.mkdir()
            (folder / "kept").touch()

        code = main([what, *(str(word) for pair in ports.items() for word in pair)])

    assert code == 2
    told = f"sam-local: port {port} is in use; choose another with "
    assert capsys.readouterr().err.startswith(told)
    assert all((folder / "kept").exists() for folder in kept)


def test_what_sam_local_reads_is_withdrawn_unless_it_is_anothers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, own, others = (tmp_path / name for name in ("shared", "own", "others"))
    own.write_text("own", "utf-8")
    others.write_text("other's", "utf-8")
    monkeypatch.setattr(sam_local, "ENV_VARS", shared)
    monkeypatch.setattr(sam_local, "ROOT", tmp_path)
    with ExitStack() as later:
        with ExitStack() as first:
            sam_local.publish(own, first)
            sam_local.publish(others, later)

        assert shared.read_text("utf-8") == "other's"

    assert shared.read_text("utf-8") == without_data()


def test_registry_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(tmp_path / "docker", "exec /bin/sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engine, "CONTACT_SECONDS", 0.1)

    with pytest.raises(DockerError, match="no registry answers"):
        engine.pull("image")


def test_image_that_a_registry_refuses_is_its_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(tmp_path / "docker", "echo first >&2; echo denied >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DockerError, match=r"^denied$"):
        engine.pull("image")


@pytest.mark.parametrize(
    ("said", "kind"), [("python3.13", "a stand-in"), ("", "AWS's image")]
)
def test_run_says_which_image_it_has(
    said: str,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    label = f'case "$*" in *{images.LABEL}*) echo {said};; *) echo id;; esac'
    command(tmp_path / "docker", label)
    monkeypatch.setenv("PATH", str(tmp_path))

    images.ensure("python3.13", "x86_64")

    assert capsys.readouterr().out.split(maxsplit=1) == ["python3.13", f"{kind}\n"]


def test_stand_in_for_another_processor_is_refused() -> None:
    other = {"x86_64": "arm64", "arm64": "x86_64"}[architecture()]

    with pytest.raises(DockerError, match=f"Architecture is {other}"):
        images.make("python3.13", other, "image")


@pytest.mark.parametrize("told", STOP_SIGNALS)
def test_debootstrap_undoes_its_mounts_when_it_is_interrupted(
    told: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL, or not waiting for it, would prevent that."""
    undone = tmp_path / "undone"
    steps = f"trap ': >{undone}; exit 143' TERM; kill -{told.value} $PPID"
    command(tmp_path / "debootstrap", f"{steps}; /bin/sleep 600 & wait")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StoppedError):
        debian.unpack(tmp_path / "root")

    assert undone.exists()


def test_folder_with_something_mounted_below_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, beside = tmp_path / "root", tmp_path / "root-2"
    folder.mkdir()
    beside.mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 0:5 / {folder}/proc rw - proc proc rw\n", "utf-8")
    monkeypatch.setattr(debian, "MOUNTS", mounts)

    debian.remove(folder)
    debian.remove(beside)

    assert folder.exists()
    assert str(folder) in capsys.readouterr().out
    assert not beside.exists()


def test_stopped_while_images_are_made_is_one_line_and_exit_code_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(tmp_path / "docker", "kill -INT $PPID; exec /bin/sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert images.main() == 130
    assert capsys.readouterr().err == "images: stopped\n"
