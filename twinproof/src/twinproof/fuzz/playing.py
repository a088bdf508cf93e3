"""Runs a plan on two targets, step by step, and compares after each step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random

from twinproof.cases.language import Scope
from twinproof.cases.matching import Mismatch
from twinproof.cases.model import case_hash
from twinproof.checks.checks import Checks
from twinproof.compare.exchanges import Rules, compare
from twinproof.domain.names import Names
from twinproof.domain.plans import Plan, PlanStep
from twinproof.domain.protocol import Drawing
from twinproof.errors import NoAnswer
from twinproof.exchange.model import Exchange, Item, Key, Request
from twinproof.fuzz.lanes import Lane
from twinproof.fuzz.sweeping import Sweeper
from twinproof.run.relay import share_data
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.sending import now_ms

SECOND_MS = 1_000
# Windows begin a day and some hours ago, so that records created now are never in them,
# and fixtures in them have not expired if records live for a month. They are older than
# anything a service does for a day, with a reserve of an hour: the lanes are a second
# apart, and only one of them might still be within the day.
NEWEST_WINDOW_MS = 26 * 3_600_000
WINDOWS = 1_500_000
ExchangePair = tuple[Exchange | None, Exchange | None]


@dataclass(frozen=True)
class Divergence:
    """The step of a plan at which two targets differ."""

    plan: Plan
    step: int
    """The number of the step, from 0; the last one for a difference at the end."""
    mismatches: tuple[Mismatch, ...]
    """`expected` is the first target's, `got` the second's."""
    exchanges: ExchangePair
    names: Names
    """The names of the first target's own values."""
    answers: tuple[Exchange | None, ...]
    """The first target's exchange at each step up to this one."""
    disturbed: bool = False
    """Whether a page showed records of others, which may be the cause."""


@dataclass
class PlanPlayed:
    """The result of a plan."""

    divergence: Divergence | None = None
    answers: list[ExchangePair] = field(default_factory=list)
    """By step; (None, None): not sent, because it refers to a missing value."""

    @property
    def sent(self) -> int:
        """Return how many steps were sent."""
        return sum(left is not None for left, _ in self.answers)


@dataclass(frozen=True)
class PairPlayer:
    """Runs plans on two targets."""

    checks: Checks
    drawing: Drawing
    prepared_targets: tuple[PreparedTarget, PreparedTarget]
    run: str
    sweeper: Sweeper
    first_window: int = 0
    """How many seconds before its start the windows of this run begin."""
    began_ms: int = field(default_factory=now_ms)
    """Windows are counted from here; from the running clock, two could overlap."""

    def play(self, plan: Plan, name: str, number: int, *, closely: bool) -> PlanPlayed:
        """Run a plan; `number` is unique among the pairs of lanes that run.

        `closely`: read the store after every step. Otherwise it is read after steps
        that may have written and at the end, which finds the same a little later.
        """
        turn = PlanRun(self, plan, self._lanes(name, number), closely)
        try:
            turn.run()
        finally:
            for lane in turn.lanes:
                self.sweeper.take(lane)
        return turn.played

    def _lanes(self, name: str, number: int) -> tuple[Lane, Lane]:
        at, now = (self.first_window + 2 * number) % WINDOWS, now_ms()
        window = self.began_ms - NEWEST_WINDOW_MS - at * SECOND_MS
        left, right = (
            Lane.open(
                prepared,
                self._scope(name, side, now - shift),
                window - shift,
                self.checks.domain,
            )
            for prepared, side, shift in zip(
                self.prepared_targets, ("left", "right"), (0, SECOND_MS), strict=True
            )
        )
        return left, right

    def _scope(self, name: str, side: str, start_ms: int) -> Scope:
        """Return the scope of a lane: its own addresses and keys, the same ids."""
        # Not for secrets: both lanes must get the same ids.
        chance = Random(f"{self.run} {name}").getrandbits  # noqa: S311
        hashed = case_hash(f"{name}/{side}")
        return Scope(self.checks.language, hashed, self.run, start_ms, chance)


@dataclass
class PlanRun:
    """One plan while it runs."""

    player: PairPlayer
    plan: Plan
    lanes: tuple[Lane, Lane]
    closely: bool
    played: PlanPlayed = field(default_factory=PlanPlayed)
    _unread: bool = False
    """Whether a refused write may have stored an item."""

    def __post_init__(self) -> None:
        """Prepare the comparison with the names of both targets."""
        left, right = self.lanes
        self._rules = Rules(self.player.checks, left.names, right.names)

    def run(self) -> None:
        """Run every step until the targets differ."""
        self._set_up()
        for number, step in enumerate(self.plan.steps):
            found, pair = self._step(number, step)
            self.played.answers.append(pair)
            if found:
                self._diverge(number, found, pair)
                return
        if self._unread:
            self._compare_end()

    def _diverge(self, number: int, found: list[Mismatch], pair: ExchangePair) -> None:
        answers = [left for left, _ in self.played.answers[:number]]
        self.played.divergence = Divergence(
            self.plan,
            number,
            tuple(found),
            pair,
            self.lanes[0].names,
            (*answers, pair[0]),
            self._is_disturbed(number, pair),
        )

    def _is_disturbed(self, number: int, pair: ExchangePair) -> bool:
        step = self.plan.steps[number]
        drawing = self.player.drawing
        return any(
            exchange is not None
            and drawing.is_disturbed(step, exchange, lane.scope.owned)
            for exchange, lane in zip(pair, self.lanes, strict=True)
        )

    def _set_up(self) -> None:
        parts_by_lane = [lane.set_up(self.plan) for lane in self.lanes]
        for lanes in _by_store(self.lanes):
            store = lanes[0].prepared.store
            parts = [parts_by_lane[self.lanes.index(lane)] for lane in lanes]
            things = {key: each for part in parts for key, each in part.items()}
            if store is not None and things:
                store.write(things)

    def _step(self, number: int, step: PlanStep) -> tuple[list[Mismatch], ExchangePair]:
        operation = self.player.checks.contract.operations[step.operation]
        requests = [lane.request(operation, step) for lane in self.lanes]
        if None in requests:
            # If one lane lacks the value, the other lacks it too: otherwise an earlier
            # step would have differed.
            return [], (None, None)
        answers = [
            self._answer(lane, request, step)
            for lane, request in zip(self.lanes, requests, strict=True)
            if request is not None
        ]
        left, right = (a if isinstance(a, Exchange) else None for a in answers)
        silent = [a for a in answers if isinstance(a, NoAnswer)]
        if len(silent) > 1:
            raise silent[0]
        if left is None or right is None:
            texts = [
                str(a) if isinstance(a, NoAnswer) else "a response" for a in answers
            ]
            return [Mismatch("answer", texts[0], texts[1])], (left, right)
        if self._is_read_back(left, right):
            left, right = self._watched(left, right)
        else:
            self._unread |= left.request.method != "GET"
            left, right = (
                replace(exchange, before=lane.known, stored=lane.known)
                for exchange, lane in zip((left, right), self.lanes, strict=True)
            )
        return self._compared(number, left, right), (left, right)

    def _answer(
        self, lane: Lane, request: Request, step: PlanStep
    ) -> Exchange | NoAnswer:
        contract = self.player.checks.contract
        try:
            return lane.send(contract, request, step, self.player.drawing)
        except NoAnswer as silence:
            return silence

    def _is_read_back(self, left: Exchange, right: Exchange) -> bool:
        if self.closely or left.response.status != right.response.status:
            return True
        if left.request.method == "GET":
            may_write = self.player.drawing.reads_may_write
            return any(may_write(lane.known) for lane in self.lanes)
        return left.succeeded

    def _compared(self, number: int, left: Exchange, right: Exchange) -> list[Mismatch]:
        step = self.plan.steps[number]
        one, other = (
            self.player.drawing.visible(step, exchange, lane.scope.owned)
            for exchange, lane in zip((left, right), self.lanes, strict=True)
        )
        return compare(one, other, self._rules, number + 1)

    def _watched(self, left: Exchange, right: Exchange) -> tuple[Exchange, Exchange]:
        now = self._read()
        self._unread = False
        one, other = (
            lane.watched(exchange, {key: now[key] for key in lane.known})
            for lane, exchange in zip(self.lanes, (left, right), strict=True)
        )
        return one, other

    def _read(self) -> dict[Key, Item | None]:
        """Return the items at the keys of both lanes; one call per shared store."""
        found: dict[Key, Item | None] = {}
        for lanes in _by_store(self.lanes):
            found.update(read_all(lanes))
        return found

    def _compare_end(self) -> None:
        """Compare the stored items after the last step."""
        sent = [n for n, (left, _) in enumerate(self.played.answers) if left]
        if not sent:
            return
        left, right = self.played.answers[sent[-1]]
        if left is None or right is None:
            return
        watched = self._watched(left, right)
        found = [
            mismatch
            for mismatch in self._compared(sent[-1], *watched)
            if not mismatch.where.startswith(("body", "header", "status", "log"))
        ]
        if found:
            self._diverge(sent[-1], found, watched)


def read_all(lanes: Iterable[Lane]) -> dict[Key, Item | None]:
    """Return the items at the keys of lanes that share a store."""
    first, *rest = lanes
    store = first.prepared.store
    keys = set(first.known).union(*(lane.known for lane in rest))
    return store.read(keys) if store else {}


def _by_store(lanes: tuple[Lane, Lane]) -> list[list[Lane]]:
    """Return the lanes in groups that share the same tables."""
    left, right = lanes
    return (
        [[left, right]]
        if share_data(left.prepared, right.prepared)
        else [[left], [right]]
    )
