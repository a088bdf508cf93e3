"""Clients that send requests during a deploy and keep the result of each."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

CLIENTS = 3
# Over loopback, a cold start of a new version included.
TIMEOUT_SECONDS = 60
# Two rounds take a second or two, a cold start in between included.
WAIT_SECONDS = 120
CONTENT = b"rehearsed"


@dataclass
class TrafficResult:
    """The results of all requests; `lost` has a line for each that failed.

    `answers` counts the others by kind. `users` and `assets` have the version of each
    created record by id. `implementations` lists the responses of getHealth.
    """

    answers: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    users: dict[str, int] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)
    implementations: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """Return the number of requests with the expected response."""
        return self.answers.total()


class Client:
    """A client; in each round it creates, changes and reads a user and an asset."""

    def __init__(self, url: str, result: TrafficResult) -> None:
        self._url = url
        self._seen = result
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy for loopback

    def round(self) -> None:
        """Send the requests of one round, and keep their results."""
        if health := self._ask("GET", "/health", 200):
            self._seen.implementations.append(health["implementation"])
        self._user()
        self._asset()

    def _user(self) -> None:
        address = f"{secrets.token_hex(8)}@rehearsal.example"
        body = {"email": address, "name": "Rehearsed"}
        if created := self._ask("POST", "/users", 201, body):
            path = f"/users/{created['userId']}"
            self._seen.users[created["userId"]] = 1
            if self._ask("PATCH", path, 200, {"name": "Again"}):
                self._seen.users[created["userId"]] = 2
            self._ask("GET", path, 200)
            self._ask("GET", f"/users?email={address}", 200)

    def _asset(self) -> None:
        about = {"contentType": "text/plain", "size": len(CONTENT)}
        body = {"fileName": "rehearsed.txt", **about}
        if created := self._ask("POST", "/assets", 201, body):
            path = f"/assets/{created['assetId']}"
            self._seen.assets[created["assetId"]] = 1
            self._upload(created["upload"])
            self._ask("GET", path, 200)
            self._ask("GET", f"{path}/download", 200)

    def _upload(self, upload: dict[str, Any]) -> None:
        answer = self._session.request(
            upload["method"],
            upload["url"],
            data=CONTENT,
            headers=upload["headers"],
            timeout=TIMEOUT_SECONDS,
        )
        self._note("upload", answer.status_code, 200, answer.text)

    def _ask(
        self, method: str, path: str, wanted: int, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Return the body of the response, or None if the status is not `wanted`."""
        url = f"{self._url}{path}"
        try:
            answer = self._session.request(
                method, url, json=body, timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            self._seen.lost.append(f"{method} {path}: {error}")
            return None
        if self._note(f"{method} {path}", answer.status_code, wanted, answer.text):
            return dict(answer.json())
        return None

    def _note(self, name: str, status: int, wanted: int, text: str) -> bool:
        if status == wanted:
            self._seen.answers[name.split("/", maxsplit=1)[0]] += 1
            return True
        self._seen.lost.append(f"{name}: {status} {text[:200]}")
        return False


class Traffic:
    """Clients in threads of their own, which send requests during the block."""

    def __init__(self, url: str) -> None:
        self.result = TrafficResult()
        self._url = url
        self._over = threading.Event()
        self._progress = threading.Condition()
        self._rounds = [0] * CLIENTS
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Traffic:
        """Start sending requests."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop sending requests and wait for the last responses.

        After an error it does not wait: the cloud may have stopped, and waiting for
        each response would take three minutes in all.
        """
        self._over.set()
        if kind is None:
            for thread in self._threads:
                thread.join()

    def wait(self) -> None:
        """Wait until every client has ended a round that began after this call.

        After `WAIT_SECONDS`, `result.lost` gets a line for each client that has not.
        """
        with self._progress:
            # The next round to end may have begun before this call.
            goals = [rounds + 2 for rounds in self._rounds]
            self._progress.wait_for(lambda: not self._short_of(goals), WAIT_SECONDS)
            self.result.lost.extend(
                f"client {number} has not ended a round in {WAIT_SECONDS} s"
                for number in self._short_of(goals)
            )

    def _short_of(self, goals: Sequence[int]) -> list[int]:
        """Return the numbers of the clients with fewer rounds than their goal."""
        pairs = zip(self._rounds, goals, strict=True)
        return [number for number, (done, goal) in enumerate(pairs) if done < goal]

    def _work(self, number: int) -> None:
        client = Client(self._url, self.result)
        while not self._over.is_set():
            self._guarded(client.round)
            with self._progress:
                self._rounds[number] += 1
                self._progress.notify_all()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 # a thread must not end unnoticed
            self.result.lost.append(f"a client failed: {error!r}")
