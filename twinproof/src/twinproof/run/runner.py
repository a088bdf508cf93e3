"""Runs the chosen cases, each on one target after the other, then the journeys.

The same case never runs on two targets at once: a case may set up fixed keys, and both
targets may use the same tables. Different cases run in parallel, and with them the
journeys that wait for the clock. Cases with `alone` and the other journeys, which make
load of their own, run afterwards, one at a time.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from twinproof.cases.model import Case, Collection, Journey
from twinproof.checks.checks import Checks
from twinproof.run.log_collector import LogCollector
from twinproof.run.pairing import pair_of
from twinproof.run.player import CasePlayed, play_case, play_journey
from twinproof.run.relay import NOT_SHARED, orders
from twinproof.run.results import LeftOut, Pair, Result, Run
from twinproof.run.selection import why_not
from twinproof.targets.prepared import WORKERS, PreparedTarget
from twinproof.targets.sending import now_ms

Progress = Callable[[Result], None]
Job = Callable[[], list[CasePlayed]]


@dataclass(frozen=True)
class Runner:
    """Everything that a run needs except the cases."""

    checks: Checks
    prepared_targets: Sequence[PreparedTarget]
    progress: Progress
    run_id: str
    workers: int = WORKERS
    not_run: Mapping[str, str] = field(default_factory=dict)
    """By id of a case: why it does not run on any target."""

    def run(self, chosen: Collection) -> Run:
        """Run cases and journeys on every target and return the results."""
        started, start = now_ms(), time.monotonic()
        collector = LogCollector(
            self.checks.contract, self.prepared_targets, self.checks.timing
        )
        left_out = list(self._left_out(chosen))
        out = {(each.full_id, each.target) for each in left_out}
        played = [
            each
            for together in self._play(chosen, out)
            for each in collector.with_log_events(together)
        ]
        notes = [
            note
            for prepared in self.prepared_targets
            for note in self._traces(prepared)
        ]
        if len(self.prepared_targets) > 1:
            # With a second target, the report names what was not compared.
            shared = [] if orders(self.prepared_targets) else [NOT_SHARED]
            notes = [*collector.notes, *shared, *notes]
        for prepared in self.prepared_targets:
            prepared.driver.close()
        results = [each.result for each in played]
        return Run(
            run_id=self.run_id,
            started_ms=started,
            duration_ms=round((time.monotonic() - start) * 1000),
            targets=tuple(prepared.target.name for prepared in self.prepared_targets),
            results=tuple(self._ordered(results, chosen)),
            left_out=tuple(left_out),
            pairs=tuple(self._pairs(played, chosen)),
            relays=tuple(each for each in results if each.relay),
            notes=tuple(notes),
        )

    def _left_out(self, chosen: Collection) -> Iterator[LeftOut]:
        for prepared in self.prepared_targets:
            for each in chosen.all:
                why = self.not_run.get(each.full_id) or why_not(
                    each, prepared, self.checks.contract
                )
                if why:
                    yield LeftOut(each.full_id, prepared.target.name, why)

    def _play(
        self, chosen: Collection, out: set[tuple[str, str]]
    ) -> Iterator[list[CasePlayed]]:
        """Yield the results, part by part."""
        # A journey that waits for the clock leaves time for the cases.
        waiting = [
            job
            for journey in chosen.journeys
            if _waits(journey)
            for job in self._journeys(journey, out)
        ]
        together = [self._case(c, out) for c in chosen.cases if not c.alone]
        yield self._side_by_side(waiting + together, self.workers + len(waiting))
        alone = [self._case(c, out) for c in chosen.cases if c.alone]
        yield self._side_by_side(alone, 1)
        for journey in chosen.journeys:
            if not _waits(journey):
                yield self._side_by_side(list(self._journeys(journey, out)), 1)

    def _side_by_side(self, jobs: Sequence[Job], workers: int) -> list[CasePlayed]:
        played: list[CasePlayed] = []
        with ThreadPoolExecutor(workers) as pool:
            for future in as_completed([pool.submit(job) for job in jobs]):
                for each in future.result():
                    played.append(each)
                    self.progress(each.result)
        return played

    def _case(self, case: Case, out: set[tuple[str, str]]) -> Job:
        """Return the job that plays a case on one target after the other."""
        lanes = [
            (prepared, self.lane(number))
            for number, prepared in enumerate(self.prepared_targets)
            if (case.full_id, prepared.target.name) not in out
        ]
        return lambda: [
            play_case(case, self.checks, prepared, run, self.run_id)
            for prepared, run in lanes
        ]

    def _journeys(self, journey: Journey, out: set[tuple[str, str]]) -> Iterator[Job]:
        """Yield the jobs of a journey: on each target, then as each relay."""
        turns: list[tuple[PreparedTarget, ...]] = [
            (prepared,) for prepared in self.prepared_targets
        ]
        for number, prepared_targets in enumerate(
            [*turns, *orders(self.prepared_targets)]
        ):
            names = {
                (journey.full_id, prepared.target.name) for prepared in prepared_targets
            }
            if not names & out:
                yield partial(
                    self._journey, journey, prepared_targets, self.lane(number)
                )

    def _journey(
        self, journey: Journey, prepared_targets: Sequence[PreparedTarget], run: str
    ) -> list[CasePlayed]:
        return [play_journey(journey, self.checks, prepared_targets, run)]

    def lane(self, number: int) -> str:
        """Return a name that gives one part of the run records of its own."""
        return f"{int(self.run_id, 16) ^ number:08x}"

    def _ordered(self, results: Sequence[Result], chosen: Collection) -> list[Result]:
        """Return results target by target, in the order of the files."""
        ids = {each.full_id: number for number, each in enumerate(chosen.all)}
        names = [prepared.target.name for prepared in self.prepared_targets]
        return sorted(
            (each for each in results if not each.relay),
            key=lambda each: (names.index(each.target), ids[each.full_id]),
        )

    def _pairs(
        self, played: Sequence[CasePlayed], chosen: Collection
    ) -> Iterator[Pair]:
        by_place = {(each.result.full_id, each.result.target): each for each in played}
        names = [prepared.target.name for prepared in self.prepared_targets]
        for left, right in combinations(names, 2):
            for case in chosen.cases:
                one = by_place.get((case.full_id, left))
                other = by_place.get((case.full_id, right))
                if one and other:
                    yield pair_of(self.checks, one, other)

    def _traces(self, prepared: PreparedTarget) -> list[str]:
        """Return a note for each item of this run that is still stored."""
        if prepared.store is None or prepared.target.writes != "any":
            return []
        lanes = len(self.prepared_targets) + len(orders(self.prepared_targets))
        return [
            f"{prepared.target.name}: left behind {key.name}"
            for number in range(lanes)
            for key in prepared.store.traces(self.lane(number))
        ]


def _waits(journey: Journey) -> bool:
    return any(step.kind == "until" for step in journey.steps)


def new_run_id() -> str:
    """Return a name for a run: eight hex digits."""
    return secrets.token_hex(4)
