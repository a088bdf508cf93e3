"""Runs what was chosen: each case on all targets in one go, then the journeys.

The same case never runs on two targets at once: cases may lay down fixed keys, and both
targets may stand on the same tables. Different cases run side by side, and beside them
journeys that wait for the clock. What is to run alone, and the other journeys, which
make load of their own, come after, one at a time.
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
from twinproof.checks.checks import Rulebook
from twinproof.run.log_collector import Witness
from twinproof.run.pairing import pair_of
from twinproof.run.player import CasePlayed, play_case, play_journey
from twinproof.run.relay import NOT_SHARED, orders
from twinproof.run.results import LeftOut, Pair, Result, Run
from twinproof.run.selection import why_not
from twinproof.targets.prepared import WORKERS, Bench
from twinproof.targets.sending import now_ms

Progress = Callable[[Result], None]
Job = Callable[[], list[CasePlayed]]


@dataclass(frozen=True)
class Runner:
    """Everything a run needs beside the cases."""

    book: Rulebook
    benches: Sequence[Bench]
    progress: Progress
    run_id: str
    workers: int = WORKERS
    not_run: Mapping[str, str] = field(default_factory=dict)
    """Why a case is not run whatever the target is, by its id."""

    def run(self, chosen: Collection) -> Run:
        """Run cases and journeys on every target and return what came of them."""
        started, start = now_ms(), time.monotonic()
        witness = Witness(self.book.contract, self.benches, self.book.timing)
        left_out = list(self._left_out(chosen))
        out = {(each.full_id, each.target) for each in left_out}
        played = [
            each
            for together in self._play(chosen, out)
            for each in witness.tell(together)
        ]
        notes = [note for bench in self.benches for note in self._traces(bench)]
        if len(self.benches) > 1:
            # Beside another, what was not compared is to be known.
            shared = [] if orders(self.benches) else [NOT_SHARED]
            notes = [*witness.notes, *shared, *notes]
        for bench in self.benches:
            bench.transport.close()
        results = [each.result for each in played]
        return Run(
            run_id=self.run_id,
            started_ms=started,
            duration_ms=round((time.monotonic() - start) * 1000),
            targets=tuple(bench.target.name for bench in self.benches),
            results=tuple(self._ordered(results, chosen)),
            left_out=tuple(left_out),
            pairs=tuple(self._pairs(played, chosen)),
            batons=tuple(each for each in results if each.turns),
            notes=tuple(notes),
        )

    def _left_out(self, chosen: Collection) -> Iterator[LeftOut]:
        for bench in self.benches:
            for each in chosen.all:
                why = self.not_run.get(each.full_id) or why_not(
                    each, bench, self.book.contract
                )
                if why:
                    yield LeftOut(each.full_id, bench.target.name, why)

    def _play(
        self, chosen: Collection, out: set[tuple[str, str]]
    ) -> Iterator[list[CasePlayed]]:
        """Yield what was played, part by part."""
        # A journey that waits for the clock has time for the cases meanwhile.
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
        """Return the job of playing a case on one target after the other."""
        lanes = [
            (bench, self.lane(number))
            for number, bench in enumerate(self.benches)
            if (case.full_id, bench.target.name) not in out
        ]
        return lambda: [
            play_case(case, self.book, bench, run, self.run_id) for bench, run in lanes
        ]

    def _journeys(self, journey: Journey, out: set[tuple[str, str]]) -> Iterator[Job]:
        """Yield the jobs of a journey: on each target, then with targets in turn."""
        turns: list[tuple[Bench, ...]] = [(bench,) for bench in self.benches]
        for number, benches in enumerate([*turns, *orders(self.benches)]):
            names = {(journey.full_id, bench.target.name) for bench in benches}
            if not names & out:
                yield partial(self._journey, journey, benches, self.lane(number))

    def _journey(
        self, journey: Journey, benches: Sequence[Bench], run: str
    ) -> list[CasePlayed]:
        return [play_journey(journey, self.book, benches, run)]

    def lane(self, number: int) -> str:
        """Return the name of a run within this one: each has records of its own."""
        return f"{int(self.run_id, 16) ^ number:08x}"

    def _ordered(self, results: Sequence[Result], chosen: Collection) -> list[Result]:
        """Return results target by target, in the order of the files."""
        ids = {each.full_id: number for number, each in enumerate(chosen.all)}
        names = [bench.target.name for bench in self.benches]
        return sorted(
            (each for each in results if not each.turns),
            key=lambda each: (names.index(each.target), ids[each.full_id]),
        )

    def _pairs(
        self, played: Sequence[CasePlayed], chosen: Collection
    ) -> Iterator[Pair]:
        by_place = {(each.result.full_id, each.result.target): each for each in played}
        names = [bench.target.name for bench in self.benches]
        for left, right in combinations(names, 2):
            for case in chosen.cases:
                one = by_place.get((case.full_id, left))
                other = by_place.get((case.full_id, right))
                if one and other:
                    yield pair_of(self.book, one, other)

    def _traces(self, bench: Bench) -> list[str]:
        """Return a note for each item of this run that is still there."""
        if bench.store is None or bench.target.writes != "any":
            return []
        lanes = len(self.benches) + len(orders(self.benches))
        return [
            f"{bench.target.name}: left behind {key.name}"
            for number in range(lanes)
            for key in bench.store.traces(self.lane(number))
        ]


def _waits(journey: Journey) -> bool:
    return any(step.kind == "until" for step in journey.steps)


def new_run_id() -> str:
    """Return a name for a run: eight hex digits."""
    return secrets.token_hex(4)
