"""Runs sequences side by side, shrinks what diverges, and counts the rest."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from twinproof.checks.checks import Rulebook
from twinproof.domain.names import Names
from twinproof.domain.plans import Plan
from twinproof.domain.protocol import Drawing
from twinproof.errors import SuiteError, UnboundName, located
from twinproof.exchange.model import Exchange
from twinproof.fuzz.playing import WINDOWS, Divergence, PairPlayer, PlanPlayed
from twinproof.fuzz.reach import Reach
from twinproof.fuzz.sequences import sequence
from twinproof.fuzz.shrinking import Shrinker, Signature, signature
from twinproof.fuzz.sweeping import Sweeper
from twinproof.targets.prepared import Bench

# How often a divergence is played again before it counts as seen once only.
TRIES = 3
MOST_ERRORS = 5
"""Sequences that could not be played after which a run ends."""


@dataclass(frozen=True)
class Found:
    """A divergence of a run."""

    index: int
    """The number of its sequence."""
    divergence: Divergence
    steady: bool = True
    """Whether it came again when it was played again."""
    plays: int = 0
    """What shrinking it took."""

    @property
    def side(self) -> Names:
        """Return the first target's side of the divergence."""
        return self.divergence.side

    @property
    def answers(self) -> tuple[Exchange | None, ...]:
        """Return what the first target answered to each step."""
        return self.divergence.answers


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    run_id: str
    targets: tuple[str, str]
    reach: Reach = field(default_factory=Reach)
    found: list[Found] = field(default_factory=list)
    """One of each kind, shrunk, by the number of its sequence."""
    alike: dict[Signature, list[int]] = field(default_factory=dict)
    """By kind, every sequence that diverged so."""
    errors: list[str] = field(default_factory=list)
    disturbed: int = 0
    """How many met others' records in their window, and held when played again."""
    left: list[str] = field(default_factory=list)
    """What was left behind in the tables."""
    seconds: float = 0.0

    @property
    def diverged(self) -> int:
        """Return how many sequences diverged."""
        return sum(len(indexes) for indexes in self.alike.values())

    @property
    def rate(self) -> float:
        """Return sequences a second."""
        return self.reach.sequences / self.seconds if self.seconds else 0.0


Progress = Callable[[Outcome], None]


@dataclass
class Fuzzer:
    """One run of sequences on two targets."""

    book: Rulebook
    drawing: Drawing
    benches: tuple[Bench, Bench]
    seed: int
    workers: int
    progress: Progress
    run_id: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        """Make the stage and what counts."""
        self._sweeper = Sweeper()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        first = secrets.randbelow(WINDOWS)
        self._stage = PairPlayer(
            self.book, self.drawing, self.benches, self.run_id, self._sweeper, first
        )
        left, right = self.benches
        names = (left.target.name, right.target.name)
        reach = Reach.of(self.book.contract.config)
        self.outcome = Outcome(self.seed, self.run_id, names, reach)

    def run(self, indexes: Iterable[int]) -> Outcome:
        """Play the sequences of these numbers."""
        start = time.monotonic()
        try:
            with ThreadPoolExecutor(self.workers) as pool:
                try:
                    for _ in pool.map(self._one, indexes):
                        self.outcome.seconds = time.monotonic() - start
                        self.progress(self.outcome)
                except BaseException:
                    # What waits is not begun; what runs ends by itself.
                    self._stop.set()
                    raise
        finally:
            self._tidy()
        self.outcome.seconds = time.monotonic() - start
        self.outcome.found.sort(key=lambda found: found.index)
        return self.outcome

    def _tidy(self) -> None:
        self._sweeper.finish()
        self.outcome.left = list(self._sweeper.left)
        for bench in self.benches:
            if bench.store is not None:
                traces = bench.store.traces(self.run_id)
                self.outcome.left += [key.name for key in traces]
            bench.transport.close()
        self.outcome.left = sorted(set(self.outcome.left))

    def _one(self, index: int) -> None:
        if self._stop.is_set():
            return
        plan = sequence(self.seed, index, self.drawing)
        try:
            played = self._play(plan, index, closely=False)
            self._note(index, plan, played)
        except SuiteError as error:
            self._fail(index, str(error))
        except Exception as bug:  # noqa: BLE001 - what a target sent ends no run
            self._fail(index, f"a bug in the suite: {located(bug)}")

    def _fail(self, index: int, why: str) -> None:
        with self._lock:
            self.outcome.errors.append(f"sequence {index}: {why}")
            if len(self.outcome.errors) >= MOST_ERRORS:
                self._stop.set()

    def _play(self, plan: Plan, index: int, *, closely: bool) -> PlanPlayed:
        number = next(self._numbers)
        name = f"fuzz/{self.seed}/{index}/{number}"
        return self._stage.play(plan, name, number, closely=closely)

    def _note(self, index: int, plan: Plan, played: PlanPlayed) -> None:
        with self._lock:
            self.outcome.reach.note(played, [step.tags for step in plan.steps])
        if played.divergence is None:
            return
        again = self._again(plan, index)
        if again is None and played.divergence.disturbed:
            with self._lock:
                self.outcome.disturbed += 1
            return
        best = again or played.divergence
        kind = signature(best)
        with self._lock:
            first = kind not in self.outcome.alike
            self.outcome.alike.setdefault(kind, []).append(index)
        if first:
            found = self._shrunk(best, index) if again else Found(index, best, False)
            with self._lock:
                self.outcome.found.append(found)

    def _again(self, plan: Plan, index: int) -> Divergence | None:
        """Play a plan that diverged again, reading what is stored after every step."""
        for _ in range(TRIES):
            divergence = self._play(plan, index, closely=True).divergence
            if divergence is not None:
                return divergence
        return None

    def _shrunk(self, divergence: Divergence, index: int) -> Found:
        def attempt(plan: Plan) -> Divergence | None:
            try:
                return self._play(plan, index, closely=True).divergence
            except UnboundName:
                # What is laid down refers to what was taken away.
                return None

        shrinker = Shrinker(divergence, attempt, self.drawing)
        return Found(index, shrinker.run(), plays=shrinker.plays)
