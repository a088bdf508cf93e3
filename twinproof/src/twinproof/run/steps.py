"""The steps of a journey: calls, uploads, downloads, loops, pages, waiting."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from twinproof.cases.expressions import evaluate, evaluate_members
from twinproof.cases.language import Scope
from twinproof.cases.matching import ALL_NAMED, Mismatch
from twinproof.cases.model import Call, Step
from twinproof.cases.requests import body_of, request_of
from twinproof.checks.answer import answer_mismatches
from twinproof.contract.config import Config
from twinproof.errors import ToolError
from twinproof.exchange.drivers import Http
from twinproof.exchange.model import Exchange, Headers, Request
from twinproof.run.play import Play
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.sending import now_ms, send, send_to

Body = Mapping[str, Any]
Position = tuple[Any, ...]


class StepFailed(Exception):
    """A step failed; the journey ends there."""

    def __init__(self, step_id: str, mismatches: list[Mismatch]) -> None:
        self.step_id = step_id
        self.mismatches = mismatches
        super().__init__(step_id)


class JourneyPlayer:
    """Plays the steps of one journey, each call on the target whose turn it is."""

    def __init__(self, play: Play, prepared_targets: Sequence[PreparedTarget]) -> None:
        self._play = play
        self._targets = prepared_targets
        self._number = 0

    @property
    def _config(self) -> Config:
        return self._play.checks.contract.config

    @property
    def _prepared(self) -> PreparedTarget:
        """Return the target whose turn it is."""
        return self._targets[self._number % len(self._targets)]

    def run(self, steps: Sequence[Step]) -> None:
        """Play the steps in order; raise `StepFailed` at the first that fails."""
        kinds: dict[str, Callable[[Body], list[Mismatch]]] = {
            "operation": self._call,
            "upload": self._upload,
            "download": self._download,
            "times": self._times,
            "pages": self._pages,
            "until": self._until,
        }
        for self._number, step in enumerate(steps):
            mismatches = kinds[step.kind](step.body)
            if mismatches:
                raise StepFailed(step.step_id, mismatches)

    def _call(self, body: Body) -> list[Mismatch]:
        return self._play.call(Call.read(body), self._prepared)

    def _upload(self, body: Body) -> list[Mismatch]:
        upload = evaluate(body["upload"], self._play.scope)
        signed = {k: v for k, v in upload["headers"].items() if k != "content-length"}
        data = body_of(body, self._play.scope) or b""
        headers = _over(signed, body.get("headers", {}), self._play.scope)
        found = self._presigned(upload["method"], upload["url"], headers, data, body)
        self._play.fixtures.refresh()
        return self._with_after(body, found)

    def _download(self, body: Body) -> list[Mismatch]:
        url = evaluate(body["download"], self._play.scope)
        headers = _over({}, body.get("headers", {}), self._play.scope)
        return self._presigned("GET", url, headers, None, body)

    def _presigned(
        self, method: str, url: str, headers: Headers, data: bytes | None, body: Body
    ) -> list[Mismatch]:
        parts = urlsplit(url)
        driver = Http(f"{parts.scheme}://{parts.netloc}")
        request = Request(method, parts.path, parts.query, headers, data)
        try:
            exchange = send_to(driver, "presigned", request)
        finally:
            driver.close()
        self._play.exchanges.append(exchange)
        play = self._play
        return answer_mismatches(
            play.checks.contract, body["then"], exchange, play.scope, ALL_NAMED
        )

    def _until(self, body: Body) -> list[Mismatch]:
        moment = int(evaluate(body["until"], self._play.scope))
        left = (moment - now_ms()) / 1000
        if left > self._play.checks.timing.longest_wait:
            raise ToolError(f"step {body['id']} would wait {left:.0f} s")
        while now_ms() <= moment:
            time.sleep(max(0.001, (moment + 1 - now_ms()) / 1000))
        return []

    def _times(self, body: Body) -> list[Mismatch]:
        exchanges, found = self._loop(body)
        expected = body.get("then", {}).get("statuses")
        if expected is not None:
            statuses = Counter(str(each.response.status) for each in exchanges)
            if statuses != expected:
                found.append(Mismatch("statuses", expected, dict(statuses)))
        self._play.fixtures.refresh()
        return self._with_after(body, found)

    def _with_after(self, body: Body, found: list[Mismatch]) -> list[Mismatch]:
        after = body.get("after", {})
        return found + self._play.after(after, failed=bool(found))

    def _loop(self, body: Body) -> tuple[list[Exchange], list[Mismatch]]:
        """Make a call many times, some in parallel; bind the bodies of the 2xx.

        The responses are checked when all are in: of two with the same id, neither
        shows by itself which one created the record.
        """
        call, prepared = Call.read(body["step"]), self._prepared
        seen = frozenset(self._play.scope.owned)
        scopes = [self._play.scope.turn(index) for index in range(body["times"])]
        with ThreadPoolExecutor(body.get("workers", 1)) as pool:
            turns = [
                pool.submit(self._send, call, prepared, each, seen) for each in scopes
            ]
        exchanges = [turn.result() for turn in turns]
        effects = self._play.checks.domain.effects
        creators = effects.creators(exchanges, prepared.target.skew_ms)
        found = list(creators.mismatches)
        for exchange, scope in zip(exchanges, scopes, strict=True):
            others = {
                name for name, each in creators.by_id.items() if each is not exchange
            }
            judged = replace(exchange, earlier=seen | others)
            found += self._judged(call, prepared, scope, judged)
        if "as" in body:
            self._play.scope.names[body["as"]] = [
                each.json() for each in exchanges if each.succeeded
            ]
        return exchanges, found

    def _send(
        self, call: Call, prepared: PreparedTarget, scope: Scope, seen: frozenset[str]
    ) -> Exchange:
        play = self._play
        operation = play.checks.contract.operations[call.operation]
        request = request_of(operation, call.when, scope)
        exchange = send(prepared, operation, request, seen)
        play.fixtures.stale = True
        play.note(exchange)
        play.exchanges.append(exchange)
        return exchange

    def _judged(
        self, call: Call, prepared: PreparedTarget, scope: Scope, exchange: Exchange
    ) -> list[Mismatch]:
        seen = self._play.observed(exchange, prepared)
        return [*self._play.judge(call, seen, scope), *self._play.check(seen)]

    def _pages(self, body: Body) -> list[Mismatch]:
        with ThreadPoolExecutor(1) as pool:
            meanwhile: Future[tuple[list[Exchange], list[Mismatch]]] | None = None
            if "meanwhile" in body:
                meanwhile = pool.submit(self._loop, body["meanwhile"])
            items, found = self._walk(body["pages"])
            if meanwhile is not None:
                found += meanwhile.result()[1]
        self._play.fixtures.refresh()
        then = body["then"]
        if "seesEachOnce" in then:
            found += self._each_once(then["seesEachOnce"], items)
        if then.get("newestFirst") and not found:
            found += _out_of_order(items, self._config)
        return found

    def _walk(self, body: Body) -> tuple[list[Body], list[Mismatch]]:
        """Follow the cursors from the first page to the last."""
        lists = self._config.lists
        query = dict(body.get("query", {}))
        items: list[Body] = []
        most = self._play.checks.timing.most_pages
        for _ in range(most):
            call, scope = Call(body["operation"], {"query": query}), self._play.scope
            seen = frozenset(scope.owned)
            exchange = self._send(call, self._prepared, scope, seen)
            found = self._judged(call, self._prepared, scope, exchange)
            page = exchange.json()
            if exchange.response.status != 200 or found:
                status = exchange.response.status
                wrong = [Mismatch("status", 200, status)] if status != 200 else []
                return items, [*wrong, *found]
            items += page[lists.items]
            if lists.next not in page:
                return items, []
            query[lists.parameter] = {"literal": page[lists.next]}
        return items, [Mismatch("pages", "a last one", f"more than {most}")]

    def _each_once(self, name: str, items: list[Body]) -> list[Mismatch]:
        id_of, bound = self._config.id_of, self._play.scope.look_up(name)
        counts = Counter(map(id_of, items))
        expected = set(map(id_of, bound))
        found = [
            Mismatch(f"pages {record_id}", "once", f"{counts[record_id]} times")
            for record_id in sorted(expected)
            if counts[record_id] != 1
        ]
        return found + [
            Mismatch(f"pages {record_id}", "once", f"{times} times")
            for record_id, times in counts.items()
            if times > 1 and record_id not in expected
        ]


def play_steps(
    play: Play, steps: Sequence[Step], prepared_targets: Sequence[PreparedTarget] = ()
) -> None:
    """Play a journey on its own target, or on several in turn."""
    JourneyPlayer(play, prepared_targets or [play.prepared]).run(steps)


def _over(headers: Body, changes: Body, scope: Scope) -> Headers:
    merged = {**headers, **evaluate_members(changes, scope)}
    return tuple(
        (name, str(value)) for name, value in merged.items() if value is not None
    )


def _out_of_order(items: list[Body], config: Config) -> list[Mismatch]:
    for one, other in pairwise(items):
        before, after = config.position(one), config.position(other)
        if not _follows(before, after, config.lists.order):
            return [Mismatch("pages", f"after {before}", after)]
    return []


def _follows(before: Position, after: Position, order: Sequence[str]) -> bool:
    """Say whether the second of two list positions comes after the first."""
    for name, one, other in zip(order, before, after, strict=True):
        if one != other:
            return bool(one > other if name.startswith("-") else one < other)
    return False
