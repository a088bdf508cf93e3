"""Plays one case or journey on a target, cleans up, and gives the verdict."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twinproof.cases.matching import Mismatch
from twinproof.cases.model import Case, Journey
from twinproof.checks.checks import Rulebook
from twinproof.domain.names import Names
from twinproof.errors import SuiteError, located
from twinproof.run.play import Play
from twinproof.run.results import Basis, Result, Verdict
from twinproof.run.selection import journey_calls
from twinproof.run.steps import StepFailed, play_steps
from twinproof.targets.prepared import Bench

Act = Callable[[Play], tuple[str, list[Mismatch]]]


@dataclass(frozen=True)
class CasePlayed:
    """A result, and what is known of its target for a comparison with another's."""

    result: Result
    side: Names


def play_case(
    case: Case, book: Rulebook, bench: Bench, run: str, seed: str
) -> CasePlayed:
    """Play a case on a target.

    `seed`: what is laid down is drawn by it, alike on every target of a run: ids of one
    millisecond are listed by their random part, and shards go by it.
    """

    def act(play: Play) -> tuple[str, list[Mismatch]]:
        play.shelf.lay(case.given)
        return "", play.call(case.call)

    # Not for secrets: the same ids on each target are what is wanted.
    chance = random.Random(f"{seed} {case.full_id}").getrandbits  # noqa: S311
    play = Play(case.full_id, run, book, bench, chance)
    return _judged(play, act, (), basis_of(case, bench))


def play_journey(
    journey: Journey,
    book: Rulebook,
    benches: Sequence[Bench],
    run: str,
) -> CasePlayed:
    """Play a journey on a target, or on several that take turns: a baton."""

    def act(play: Play) -> tuple[str, list[Mismatch]]:
        play.shelf.lay(journey.given)
        try:
            play_steps(play, journey.steps, benches)
        except StepFailed as failed:
            return failed.step_id, failed.mismatches
        return "", []

    play = Play(journey.full_id, run, book, benches[0])
    turns = tuple(bench.target.name for bench in benches) if len(benches) > 1 else ()
    return _judged(play, act, turns, basis_of(journey, *benches))


def basis_of(each: Case | Journey, *benches: Bench) -> Basis:
    """Return the weakest of what stands behind a result.

    On this machine the gateway and the events are this project's own, made as AWS
    documents them; tables and bucket are an emulator's.
    """
    calls = [each.call] if isinstance(each, Case) else journey_calls(each)
    own = any(call.gateway or call.event_only for call in calls)
    if not any(bench.target.local for bench in benches):
        return Basis.AWS
    return Basis.OWN_CODE if own else Basis.EMULATOR


def _judged(play: Play, act: Act, turns: tuple[str, ...], basis: Basis) -> CasePlayed:
    """Play, clean up in any case, and give the verdict."""
    start, error, step = time.monotonic(), "", ""
    mismatches: list[Mismatch] = []
    try:
        step, mismatches = act(play)
    except SuiteError as fault:
        error = f"{type(fault).__name__}: {fault}"
    except Exception as bug:  # noqa: BLE001 - a bug of the suite's is no failure
        error = f"a bug in the suite: {located(bug)}"
    try:
        play.shelf.clean()
    except SuiteError as fault:
        error = error or f"{type(fault).__name__}: {fault}"
    result = Result(
        full_id=play.full_id,
        target=" then ".join(turns) or play.bench.target.name,
        verdict=verdict_of(mismatches, error),
        duration_ms=round((time.monotonic() - start) * 1000),
        mismatches=tuple(mismatches),
        exchanges=tuple(play.exchanges),
        step=step,
        error=error,
        basis=basis,
        turns=turns,
    )
    return CasePlayed(result, Names.of(play.bench, play.scope))


def verdict_of(mismatches: Sequence[Mismatch], error: str) -> Verdict:
    """Return the verdict: what is wrong with the target outweighs the suite's error."""
    if mismatches:
        return Verdict.FAILED
    return Verdict.ERRORED if error else Verdict.PASSED
