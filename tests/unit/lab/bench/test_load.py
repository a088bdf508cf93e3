"""The steps of a load: the knee, and the faults below and above it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import load
from lab.load import (
    LoadError,
    LoadStep,
    Refused,
    call,
    knee_of,
    main,
    parse_target,
    report,
)


def step(
    clients: int, rate: float, refused: int = 0, failed: int = 0, broken: int = 0
) -> LoadStep:
    return LoadStep(clients, rate, 1.0, 2.0, refused, failed, broken)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A listening socket; a client waits until the test answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def address_of(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def answers(server: socket.socket, response: bytes) -> threading.Thread:
    """Answer one request with `response`, and close the connection."""

    def run() -> None:
        connection, _ = server.accept()
        with connection:
            # Closing a socket with unread data would reset the connection.
            while not connection.recv(65_536).endswith(b"}"):
                pass
            connection.sendall(response)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_knee_is_where_more_clients_gain_next_to_nothing() -> None:
    rising = [step(1, 100), step(8, 300), step(32, 320), step(128, 310)]
    assert knee_of(rising) == 8
    assert knee_of([step(1, 100), step(8, 300)]) == 8, "the rate still rises"
    assert knee_of([step(1, 100), step(8, 90)]) == 1


def test_refusals_are_allowed_above_the_knee_and_a_fault_below() -> None:
    assert report({"python": [step(1, 100), step(8, 300), step(32, 300, 50)]}) == 0
    assert report({"python": [step(1, 100, 1), step(8, 300), step(32, 300)]}) == 1


@pytest.mark.parametrize("clients", [1, 8, 32])
@pytest.mark.parametrize("fault", ["failed", "broken"])
def test_a_failure_is_a_fault_at_any_load(clients: int, fault: str) -> None:
    steps = [
        step(number, rate, **{fault: int(number == clients)})
        for number, rate in ((1, 100), (8, 300), (32, 300))
    ]
    assert report({"python": steps}) == 1


def test_a_collapse_beyond_the_knee_is_a_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert report({"python": [step(1, 100), step(8, 300), step(32, 150)]}) == 0
    assert report({"python": [step(1, 100), step(8, 300), step(32, 149)]}) == 1
    assert "FAILED python: 32 clients: less than half" in capsys.readouterr().out


def test_only_responses_of_200_count_in_the_rate(tmp_path: Path) -> None:
    """wrk counts refusals and failures as requests, but not broken connections."""
    wrk = tmp_path / "wrk"
    figures = {"requests": 100, "seconds": 2, "p50": 3, "p99": 5}
    counts = {"refused": 7, "failed": 11, "broken": 13}
    wrk.write_text(
        f"#!/bin/sh\necho 'Running'\necho 'result {json.dumps(figures | counts)}'\n"
    )
    wrk.chmod(0o755)
    assert load.step(str(wrk), "http://127.0.0.1:9", 8, 1) == LoadStep(
        8, 41.0, 3, 5, 7, 11, 13
    )


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_a_step_takes_a_second_at_least(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--target", "python=http://127.0.0.1:9", "--seconds", seconds])
    assert "--seconds must be 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"no http\r\n\r\n", "no http"),
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", "500: Oops"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "response: b'hi'"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "response: b'{}'"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "response: b'[]'"),
        (b"", "closed connection"),
    ],
)
@pytest.mark.usefixtures("wrk")
def test_a_response_of_another_service_is_an_error_of_one_line(
    answer: bytes,
    message: str,
    server: socket.socket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    thread = answers(server, answer)
    assert main(["--target", f"python={address_of(server)}"]) == 2
    thread.join()
    assert message in (error := capsys.readouterr().err)
    assert error.count("\n") == 1


@pytest.mark.usefixtures("wrk")
def test_a_target_that_does_not_listen_must_be_started(
    server: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    address = address_of(server)
    server.close()
    assert main(["--target", f"python={address}"]) == 2
    assert capsys.readouterr().err.endswith("run first: make start\n")


@pytest.mark.usefixtures("wrk")
def test_a_target_that_does_not_answer_times_out(
    server: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(load, "ANSWER_SECONDS", 0.1)
    assert main(["--target", f"python={address_of(server)}"]) == 2
    assert "timed out" in capsys.readouterr().err


@pytest.fixture
def wrk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that wrk is installed; these tests do not come to run it."""
    monkeypatch.setattr("lab.load.shutil.which", lambda _: "wrk")


def test_load_goes_to_loopback_only() -> None:
    assert parse_target("python=http://127.0.0.1:3000") == (
        "python",
        "http://127.0.0.1:3000",
    )
    with pytest.raises(LoadError, match="must be on loopback"):
        parse_target("live=https://abc.execute-api.eu-west-1.amazonaws.com")
    with pytest.raises(LoadError, match="Invalid IPv6"):
        parse_target("python=http://[")
    with pytest.raises(LoadError, match="Port out of range"):
        parse_target("python=http://127.0.0.1:99999")
    with pytest.raises(LoadError, match="not name=url"):
        parse_target("http://127.0.0.1:3000")


def test_without_wrk_the_load_is_an_error_of_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lab.load.shutil.which", lambda _: None)
    assert main(["--target", "python=http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_refused_call_is_sent_again_after_retry_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([Refused(), Refused(), b"done"])
    pauses: list[float] = []

    def answer(_: object) -> object:
        one = next(answers)
        if isinstance(one, Refused):
            raise one
        return one

    monkeypatch.setattr("lab.load.answer_of", answer)
    monkeypatch.setattr("lab.load.time.sleep", pauses.append)
    assert call("http://127.0.0.1:9", "DELETE") == b"done"
    assert pauses == [1, 1]
