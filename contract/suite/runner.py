"""Runs what was chosen on a target: cases side by side, the lone ones, the journeys."""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from contract.suite.benches import WORKERS, Bench
from contract.suite.cases import Case, Collection, Journey
from contract.suite.errors import NoAnswer, SuiteError
from contract.suite.matching import Mismatch
from contract.suite.play import Play, Rulebook
from contract.suite.results import LeftOut, Result, Run, Verdict
from contract.suite.selection import why_not
from contract.suite.sending import now_ms
from contract.suite.steps import StepFailed, play_steps

Progress = Callable[[Result], None]
Job = Callable[[], Result]


@dataclass(frozen=True)
class Runner:
    """Everything a run needs beside the cases."""

    book: Rulebook
    benches: Sequence[Bench]
    progress: Progress
    run_id: str
    workers: int = WORKERS

    def run(self, chosen: Collection) -> Run:
        """Run cases and journeys on every target and return what came of them."""
        started, start = now_ms(), time.monotonic()
        results: list[Result] = []
        left_out: list[LeftOut] = []
        notes: list[str] = []
        for bench in self.benches:
            kept, without = self._divide(bench, chosen)
            left_out += without
            results += self._on(bench, kept)
            notes += self._traces(bench)
            bench.transport.close()
        return Run(
            run_id=self.run_id,
            started_ms=started,
            duration_ms=round((time.monotonic() - start) * 1000),
            targets=tuple(bench.target.name for bench in self.benches),
            results=tuple(results),
            left_out=tuple(left_out),
            notes=tuple(notes),
        )

    def _divide(
        self, bench: Bench, chosen: Collection
    ) -> tuple[Collection, list[LeftOut]]:
        kept_cases: list[Case] = []
        kept_journeys: list[Journey] = []
        without: list[LeftOut] = []
        for each in chosen.all:
            why = why_not(each, bench, self.book.contract)
            if why:
                without.append(LeftOut(each.full_id, bench.target.name, why))
            elif isinstance(each, Case):
                kept_cases.append(each)
            else:
                kept_journeys.append(each)
        return Collection(tuple(kept_cases), tuple(kept_journeys)), without

    def _on(self, bench: Bench, chosen: Collection) -> list[Result]:
        together = [self._case(bench, case) for case in chosen.cases if not case.alone]
        alone = [self._case(bench, case) for case in chosen.cases if case.alone]
        journeys = [self._journey(bench, each) for each in chosen.journeys]
        results: list[Result] = []
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(job) for job in together]
            for future in as_completed(futures):
                results.append(future.result())
                self.progress(results[-1])
        for job in (*alone, *journeys):
            results.append(job())
            self.progress(results[-1])
        order = [each.full_id for each in chosen.all]
        return sorted(results, key=lambda result: order.index(result.full_id))

    def _case(self, bench: Bench, case: Case) -> Job:
        def play(play: Play) -> tuple[str, list[Mismatch]]:
            play.shelf.lay(case.given)
            return "", play.call(case.call)

        return lambda: self._judged(case.full_id, bench, play)

    def _journey(self, bench: Bench, journey: Journey) -> Job:
        def play(play: Play) -> tuple[str, list[Mismatch]]:
            play.shelf.lay(journey.given)
            try:
                play_steps(play, journey.steps)
            except StepFailed as failed:
                return failed.step_id, failed.mismatches
            return "", []

        return lambda: self._judged(journey.full_id, bench, play)

    def _judged(
        self,
        full_id: str,
        bench: Bench,
        act: Callable[[Play], tuple[str, list[Mismatch]]],
    ) -> Result:
        """Play, clean up in any case, and give the verdict."""
        start, error, step = time.monotonic(), "", ""
        mismatches: list[Mismatch] = []
        play = Play(full_id, self.run_id, self.book, bench)
        try:
            step, mismatches = act(play)
        except NoAnswer as silence:
            mismatches = [Mismatch("answer", "an HTTP response", str(silence))]
        except SuiteError as fault:
            error = f"{type(fault).__name__}: {fault}"
        except Exception as bug:  # noqa: BLE001 - a bug of the suite's is no failure
            error = f"a bug in the suite: {_located(bug)}"
        try:
            play.shelf.clean()
        except SuiteError as fault:
            error = error or f"{type(fault).__name__}: {fault}"
        verdict = Verdict.PASSED
        if mismatches:
            verdict = Verdict.FAILED
        elif error:
            verdict = Verdict.ERRORED
        return Result(
            full_id=full_id,
            target=bench.target.name,
            verdict=verdict,
            duration_ms=round((time.monotonic() - start) * 1000),
            mismatches=tuple(mismatches),
            exchanges=tuple(play.exchanges),
            step=step,
            error=error,
        )

    def _traces(self, bench: Bench) -> list[str]:
        """Return a note for each item of this run that is still there."""
        if bench.store is None or bench.target.writes != "any":
            return []
        keys = bench.store.traces(self.run_id)
        return [f"{bench.target.name}: left behind {key.name}" for key in keys]


def _located(bug: Exception) -> str:
    """Return an exception with the place it comes from, on one line."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    return f"{type(bug).__name__}: {bug} ({where})"


def new_run_id() -> str:
    """Return a name for a run: eight hex digits."""
    return secrets.token_hex(4)
