"""Runs sequences in parallel, shrinks those that diverge, and counts coverage."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from twinproof.checks.checks import Checks
from twinproof.domain.names import Names
from twinproof.domain.plans import Plan
from twinproof.domain.protocol import Drawing
from twinproof.errors import ToolError, UnboundName, located
from twinproof.exchange.model import Exchange
from twinproof.fuzz.coverage import FuzzCoverage
from twinproof.fuzz.playing import WINDOWS, Divergence, PairPlayer, PlanPlayed
from twinproof.fuzz.sequences import sequence
from twinproof.fuzz.shrinking import Shrinker, Signature, signature
from twinproof.fuzz.sweeping import Sweeper
from twinproof.targets.prepared import PreparedTarget

# How often a diverging sequence is run again before it counts as not reproducible.
TRIES = 3
MOST_ERRORS = 5
"""The number of sequences that could not be run after which the run ends."""


@dataclass(frozen=True)
class Finding:
    """A divergence of a run."""

    index: int
    """The number of its sequence."""
    divergence: Divergence
    steady: bool = True
    """Whether it occurred again when the sequence was run again."""
    plays: int = 0
    """The number of sequences that shrinking ran."""

    @property
    def names(self) -> Names:
        """Return the names of what is the first target's own."""
        return self.divergence.names

    @property
    def answers(self) -> tuple[Exchange | None, ...]:
        """Return the first target's exchange at each step."""
        return self.divergence.answers


@dataclass
class FuzzRun:
    """The result of a run."""

    seed: int
    run_id: str
    targets: tuple[str, str]
    coverage: FuzzCoverage = field(default_factory=FuzzCoverage)
    found: list[Finding] = field(default_factory=list)
    """One shrunk divergence of each kind, sorted by the number of its sequence."""
    alike: dict[Signature, list[int]] = field(default_factory=dict)
    """By kind, the numbers of all sequences with this divergence."""
    errors: list[str] = field(default_factory=list)
    disturbed: int = 0
    """How many saw records of others in a list and then did not diverge again."""
    left: list[str] = field(default_factory=list)
    """The names of items that could not be removed from the tables."""
    seconds: float = 0.0

    @property
    def diverged(self) -> int:
        """Return how many sequences diverged."""
        return sum(len(indexes) for indexes in self.alike.values())

    @property
    def rate(self) -> float:
        """Return sequences per second."""
        return self.coverage.sequences / self.seconds if self.seconds else 0.0


Progress = Callable[[FuzzRun], None]


@dataclass
class Fuzzer:
    """One run of sequences on two targets."""

    checks: Checks
    drawing: Drawing
    prepared_targets: tuple[PreparedTarget, PreparedTarget]
    seed: int
    workers: int
    progress: Progress
    run_id: str = field(default_factory=lambda: secrets.token_hex(4))

    def __post_init__(self) -> None:
        """Make the player and the counters."""
        self._sweeper = Sweeper()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        first = secrets.randbelow(WINDOWS)
        self._player = PairPlayer(
            self.checks,
            self.drawing,
            self.prepared_targets,
            self.run_id,
            self._sweeper,
            first,
        )
        left, right = self.prepared_targets
        names = (left.target.name, right.target.name)
        coverage = FuzzCoverage.of(self.checks.contract.config)
        self.fuzzed = FuzzRun(self.seed, self.run_id, names, coverage)

    def run(self, indexes: Iterable[int]) -> FuzzRun:
        """Run the sequences with these numbers."""
        start = time.monotonic()
        try:
            with ThreadPoolExecutor(self.workers) as pool:
                try:
                    for _ in pool.map(self._one, indexes):
                        self.fuzzed.seconds = time.monotonic() - start
                        self.progress(self.fuzzed)
                except BaseException:
                    # Waiting sequences do not start; running ones end by themselves.
                    self._stop.set()
                    raise
        finally:
            self._tidy()
        self.fuzzed.seconds = time.monotonic() - start
        self.fuzzed.found.sort(key=lambda found: found.index)
        return self.fuzzed

    def _tidy(self) -> None:
        self._sweeper.finish()
        self.fuzzed.left = list(self._sweeper.left)
        for prepared in self.prepared_targets:
            if prepared.store is not None:
                traces = prepared.store.traces(self.run_id)
                self.fuzzed.left += [key.name for key in traces]
            prepared.driver.close()
        self.fuzzed.left = sorted(set(self.fuzzed.left))

    def _one(self, index: int) -> None:
        if self._stop.is_set():
            return
        plan = sequence(self.seed, index, self.drawing)
        try:
            played = self._play(plan, index, closely=False)
            self._note(index, plan, played)
        except ToolError as error:
            self._fail(index, str(error))
        except Exception as bug:  # noqa: BLE001 - one response must not end the run
            self._fail(index, f"a bug in twinproof: {located(bug)}")

    def _fail(self, index: int, why: str) -> None:
        with self._lock:
            self.fuzzed.errors.append(f"sequence {index}: {why}")
            if len(self.fuzzed.errors) >= MOST_ERRORS:
                self._stop.set()

    def _play(self, plan: Plan, index: int, *, closely: bool) -> PlanPlayed:
        number = next(self._numbers)
        name = f"fuzz/{self.seed}/{index}/{number}"
        return self._player.play(plan, name, number, closely=closely)

    def _note(self, index: int, plan: Plan, played: PlanPlayed) -> None:
        with self._lock:
            self.fuzzed.coverage.note(played, [step.tags for step in plan.steps])
        if played.divergence is None:
            return
        again = self._again(plan, index)
        if again is None and played.divergence.disturbed:
            with self._lock:
                self.fuzzed.disturbed += 1
            return
        best = again or played.divergence
        kind = signature(best)
        with self._lock:
            first = kind not in self.fuzzed.alike
            self.fuzzed.alike.setdefault(kind, []).append(index)
        if first:
            found = self._shrunk(best, index) if again else Finding(index, best, False)
            with self._lock:
                self.fuzzed.found.append(found)

    def _again(self, plan: Plan, index: int) -> Divergence | None:
        """Run a diverging plan again and read the store after every step."""
        for _ in range(TRIES):
            divergence = self._play(plan, index, closely=True).divergence
            if divergence is not None:
                return divergence
        return None

    def _shrunk(self, divergence: Divergence, index: int) -> Finding:
        def attempt(plan: Plan) -> Divergence | None:
            try:
                return self._play(plan, index, closely=True).divergence
            except UnboundName:
                # The fixtures refer to something that was removed.
                return None

        shrinker = Shrinker(divergence, attempt, self.drawing)
        return Finding(index, shrinker.run(), plays=shrinker.plays)
