"""Plays a plan on two targets, step by step, and compares after each."""

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
# Windows lie from a day to some more days back: records made now are never among them,
# and those set up there are live where they live for a month. They lie past whatever a
# service does for a day, with an hour's reserve: the lanes are a second apart, and one
# might do what the other no longer does.
NEWEST_WINDOW_MS = 26 * 3_600_000
WINDOWS = 1_500_000
ExchangePair = tuple[Exchange | None, Exchange | None]


@dataclass(frozen=True)
class Divergence:
    """Where two targets parted in a plan."""

    plan: Plan
    step: int
    """The number of the step, from 0; the last one for what was found at the end."""
    mismatches: tuple[Mismatch, ...]
    """`expected` is the first target's, `got` the second's."""
    exchanges: ExchangePair
    names: Names
    """What the first target's own values are called."""
    answers: tuple[Exchange | None, ...]
    """What the first target answered to each step up to this one."""
    disturbed: bool = False
    """Whether a page of the window showed others' records: the cause may be theirs."""


@dataclass
class PlanPlayed:
    """What came of a plan."""

    divergence: Divergence | None = None
    answers: list[ExchangePair] = field(default_factory=list)
    """By step; (None, None) where it was not sent: what it refers to was not made."""

    @property
    def sent(self) -> int:
        """Return how many steps were sent."""
        return sum(left is not None for left, _ in self.answers)


@dataclass(frozen=True)
class PairPlayer:
    """What plans are played on."""

    checks: Checks
    drawing: Drawing
    prepared_targets: tuple[PreparedTarget, PreparedTarget]
    run: str
    sweeper: Sweeper
    first_window: int = 0
    """Where in time the windows of this run begin, in seconds back from its start."""
    began_ms: int = field(default_factory=now_ms)
    """Windows count from here: counted from a clock that goes on, two could meet."""

    def play(self, plan: Plan, name: str, number: int, *, closely: bool) -> PlanPlayed:
        """Play a plan; `number` is that of the lane pair: no two at once have it.

        Closely: what is stored is read after every step. Otherwise after those that
        may have written, and at the end, which finds the same a little later.
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
        """Return the scope of a lane: its own addresses and keys, but the same ids."""
        # Not for secrets: the same ids on each side are what is wanted.
        chance = Random(f"{self.run} {name}").getrandbits  # noqa: S311
        hashed = case_hash(f"{name}/{side}")
        return Scope(self.checks.language, hashed, self.run, start_ms, chance)


@dataclass
class PlanRun:
    """One plan while it is played."""

    player: PairPlayer
    plan: Plan
    lanes: tuple[Lane, Lane]
    closely: bool
    played: PlanPlayed = field(default_factory=PlanPlayed)
    _unread: bool = False
    """Whether a refused write may have left something."""

    def __post_init__(self) -> None:
        """Name what belongs to each target."""
        left, right = self.lanes
        self._rules = Rules(self.player.checks, left.names, right.names)

    def run(self) -> None:
        """Play every step until the targets part."""
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
            # What one side cannot refer to, the other's answers did not hold either,
            # or the comparison would have stopped before.
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
                str(a) if isinstance(a, NoAnswer) else "an answer" for a in answers
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
        """Return what stands at the keys of both lanes: one call where they share."""
        found: dict[Key, Item | None] = {}
        for lanes in _by_store(self.lanes):
            found.update(read_all(lanes))
        return found

    def _compare_end(self) -> None:
        """Compare what is stored after the last step."""
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
    """Return what stands at the keys of lanes that share a store."""
    first, *rest = lanes
    store = first.prepared.store
    keys = set(first.known).union(*(lane.known for lane in rest))
    return store.read(keys) if store else {}


def _by_store(lanes: tuple[Lane, Lane]) -> list[list[Lane]]:
    """Return lanes in groups that share the same tables."""
    left, right = lanes
    return (
        [[left, right]]
        if share_data(left.prepared, right.prepared)
        else [[left], [right]]
    )
