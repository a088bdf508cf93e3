"""Clients that work on a stack while it is deployed, and remember every answer."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

CLIENTS = 3
# Over this machine's loopback; a cold start of a new version lies within.
TIMEOUT_SECONDS = 60
# Two rounds take a second or two, a cold start in between included.
WAIT_SECONDS = 120
CONTENT = b"rehearsed"


@dataclass
class TrafficResult:
    """What clients were answered; `lost` has a line for each answer that was wrong.

    `users` and `assets` are the ids and versions of what was created.
    """

    answers: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    users: dict[str, int] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)
    implementations: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """Return how many requests were answered as they should be."""
        return self.answers.total()


class Client:
    """One client; each round it creates, changes and reads a user and an asset."""

    def __init__(self, url: str, seen: TrafficResult) -> None:
        self._url = url
        self._seen = seen
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy: it is on this machine

    def round(self) -> None:
        """Do one round; what is answered otherwise than it should be is noted."""
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
        told = {"contentType": "text/plain", "size": len(CONTENT)}
        body = {"fileName": "rehearsed.txt", **told}
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
        """Return the answer's body, or None where its status is not the wanted one."""
        url = f"{self._url}{path}"
        try:
            answer = self._session.request(
                method, url, json=body, timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            self._seen.lost.append(f"{method} {path}: {error}")
            return None
        held = self._note(f"{method} {path}", answer.status_code, wanted, answer.text)
        return dict(answer.json()) if held else None

    def _note(self, name: str, status: int, wanted: int, text: str) -> bool:
        if status == wanted:
            self._seen.answers[name.split("/", maxsplit=1)[0]] += 1
            return True
        self._seen.lost.append(f"{name}: {status} {text[:200]}")
        return False


class Traffic:
    """Clients in threads of their own, from entering the block to leaving it."""

    def __init__(self, url: str) -> None:
        self.seen = TrafficResult()
        self._url = url
        self._over = threading.Event()
        self._progress = threading.Condition()
        self._rounds = [0] * CLIENTS
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Traffic:
        """Send requests from now on."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Send no more; wait for the last answers.

        Not where the block was left by an error: what is stopped has no cloud any
        more, and each answer would be waited for in vain, three minutes in all.
        """
        self._over.set()
        if kind is None:
            for thread in self._threads:
                thread.join()

    def wait(self) -> None:
        """Return once every client has ended a round that began after this call.

        A client that has not after `WAIT_SECONDS` is noted in `seen.lost`.
        """
        with self._progress:
            # A client that was under way may end one that it had begun before.
            goals = [rounds + 2 for rounds in self._rounds]
            self._progress.wait_for(lambda: not self._short_of(goals), WAIT_SECONDS)
            self.seen.lost.extend(
                f"client {number} has not ended a round in {WAIT_SECONDS} s"
                for number in self._short_of(goals)
            )

    def _short_of(self, goals: Sequence[int]) -> list[int]:
        """Return the numbers of the clients that have not reached their goal."""
        pairs = zip(self._rounds, goals, strict=True)
        return [number for number, (done, goal) in enumerate(pairs) if done < goal]

    def _work(self, number: int) -> None:
        client = Client(self._url, self.seen)
        while not self._over.is_set():
            self._guarded(client.round)
            with self._progress:
                self._rounds[number] += 1
                self._progress.notify_all()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 # a client never falls silent
            self.seen.lost.append(f"a client broke: {error!r}")
