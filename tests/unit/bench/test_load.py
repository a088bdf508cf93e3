"""The load's steps: where the knee is, and what is wrong below and above it."""

from __future__ import annotations

import pytest

from bench.load import LoadError, Refused, Step, call, knee_of, main, named, report


def step(clients: int, rate: float, refused: int = 0, failed: int = 0) -> Step:
    return Step(clients, rate, p50=1.0, p99=2.0, refused=refused, failed=failed)


def test_the_knee_is_where_more_clients_gain_next_to_nothing() -> None:
    rising = [step(1, 100), step(8, 300), step(32, 320), step(128, 310)]
    assert knee_of(rising) == 8
    assert knee_of([step(1, 100), step(8, 300)]) == 8, "it is not behind yet"
    assert knee_of([step(1, 100), step(8, 90)]) == 1


def test_refusals_are_right_above_the_knee_and_wrong_below() -> None:
    assert report({"python": [step(1, 100), step(8, 300), step(32, 300, 50)]}) == 0
    assert report({"python": [step(1, 100, 1), step(8, 300), step(32, 300)]}) == 1


@pytest.mark.parametrize("clients", [1, 8, 32])
def test_a_failure_is_wrong_at_any_load(clients: int) -> None:
    steps = [
        step(number, rate, failed=int(number == clients))
        for number, rate in ((1, 100), (8, 300), (32, 300))
    ]
    assert report({"python": steps}) == 1


def test_load_goes_to_loopback_only() -> None:
    assert named("python=http://127.0.0.1:3000") == ("python", "http://127.0.0.1:3000")
    with pytest.raises(LoadError, match="loopback only"):
        named("live=https://abc.execute-api.eu-west-1.amazonaws.com")
    with pytest.raises(LoadError, match="not name=url"):
        named("http://127.0.0.1:3000")


def test_without_wrk_nothing_can_be_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench.load.shutil.which", lambda _: None)
    assert main(["--target", "python=http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_call_that_is_refused_is_sent_again_when_it_was_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([Refused(), Refused(), b"done"])
    pauses: list[float] = []

    def answer(_: object) -> object:
        one = next(answers)
        if isinstance(one, Refused):
            raise one
        return one

    monkeypatch.setattr("bench.load.answer_of", answer)
    monkeypatch.setattr("bench.load.time.sleep", pauses.append)
    assert call("http://127.0.0.1:9", "DELETE") == b"done"
    assert pauses == [1, 1]
