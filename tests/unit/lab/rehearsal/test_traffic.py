"""Clients keep every result, and an unexpected response counts as lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
import requests

from lab.rehearsal import traffic
from lab.rehearsal.traffic import Client, Traffic, TrafficResult
from local.template import Json

UPLOAD = {"method": "PUT", "url": "http://s3.test/a", "headers": {}}
BODIES = {
    ("GET", "/health"): {"implementation": "python"},
    ("POST", "/users"): {"userId": "u"},
    ("PATCH", "/users/u"): {"userId": "u"},
    ("POST", "/assets"): {"assetId": "a", "upload": UPLOAD},
}
STATUSES = {("POST", "/users"): 201, ("POST", "/assets"): 201}


class Service:
    """Answers as the service does, except for the requests that a test changes."""

    def __init__(self) -> None:
        self.statuses: dict[tuple[str, str], int] = dict(STATUSES)
        self.breaks: set[tuple[str, str]] = set()

    def request(self, method: str, url: str, **_: object) -> requests.Response:
        called = method, "/" + url.split("/", 3)[3]
        if called in self.breaks:
            raise requests.ConnectionError("refused")
        answer = requests.Response()
        answer.status_code = self.statuses.get(called, 200)
        answer.json = lambda **_: BODIES.get(called, {})  # type: ignore[method-assign]
        return answer


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()

    def request(_: requests.Session, method: str, url: str, **more: Json) -> Json:
        return made.request(method, url, **more)

    monkeypatch.setattr(requests.Session, "request", request)
    return made


def after_a_round() -> TrafficResult:
    result = TrafficResult()
    Client("http://api.test", result).round()
    return result


@pytest.mark.usefixtures("service")
def test_a_round_keeps_the_created_records_and_their_versions() -> None:
    result = after_a_round()

    assert (result.users, result.assets) == ({"u": 2}, {"a": 1})
    assert (result.requests, result.lost) == (9, [])
    assert result.implementations == ["python"]


def test_a_response_with_another_status_is_lost(service: Service) -> None:
    service.statuses["GET", "/assets/a"] = 503

    result = after_a_round()

    (lost,) = result.lost
    assert lost.startswith("GET /assets/a: 503")
    assert result.requests == 8


def test_a_request_without_a_response_is_lost(service: Service) -> None:
    service.breaks.add(("PATCH", "/users/u"))

    result = after_a_round()

    assert result.lost == ["PATCH /users/u: refused"]
    assert result.users == {"u": 1}


def test_an_upload_that_is_refused_is_lost(service: Service) -> None:
    service.statuses["PUT", "/a"] = 403

    assert [line[:11] for line in after_a_round().lost] == ["upload: 403"]


@pytest.mark.usefixtures("service")
def test_leaving_the_block_waits_for_the_last_responses() -> None:
    with Traffic("http://api.test") as running:
        running.wait()
    answered = running.result.requests

    assert answered >= 9 * traffic.CLIENTS
    assert running.result.requests == answered
    assert running.result.lost == []


def test_wait_lasts_for_a_whole_round_of_every_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds: Counter[Client] = Counter()
    monkeypatch.setattr(Client, "round", lambda one: rounds.update([one]))

    with Traffic("http://api.test") as running:
        running.wait()
        after = dict(rounds)

    assert len(after) == traffic.CLIENTS
    # The first may have begun before, the second has not.
    assert min(after.values()) >= 2
    assert running.result.lost == []


def test_a_hanging_client_is_lost_however_fast_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, first = threading.Event(), threading.Lock()

    def hang_or_not(_: Client) -> None:
        if first.acquire(blocking=False):
            over.wait()

    monkeypatch.setattr(Client, "round", hang_or_not)
    monkeypatch.setattr(traffic, "WAIT_SECONDS", 0.1)

    with Traffic("http://api.test") as running:
        running.wait()
        lost = list(running.result.lost)
        over.set()

    (line,) = lost
    assert line.endswith("has not ended a round in 0.1 s")


def test_leaving_the_block_by_an_error_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting, over = threading.Event(), threading.Event()

    def hang(_: Client) -> None:
        waiting.set()
        over.wait()

    monkeypatch.setattr(Client, "round", hang)

    with pytest.raises(KeyboardInterrupt):
        stop_within(Traffic("http://api.test"), waiting.wait)

    over.set()


def stop_within(running: Traffic, reached: Callable[[], object]) -> None:
    with running:
        reached()
        raise KeyboardInterrupt
