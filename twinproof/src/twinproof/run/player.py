"""Plays one case or journey on a target, cleans up, and gives the verdict."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twinproof.cases.matching import Mismatch
from twinproof.cases.model import Case, Journey
from twinproof.checks.checks import Checks
from twinproof.domain.names import Names
from twinproof.errors import ToolError, located
from twinproof.run.play import Play
from twinproof.run.results import Evidence, Result, Verdict
from twinproof.run.selection import journey_calls
from twinproof.run.steps import StepFailed, play_steps
from twinproof.targets.prepared import PreparedTarget

Act = Callable[[Play], tuple[str, list[Mismatch]]]


@dataclass(frozen=True)
class CasePlayed:
    """A result, and what a comparison with another target needs."""

    result: Result
    names: Names


def play_case(
    case: Case, checks: Checks, prepared: PreparedTarget, run: str, seed: str
) -> CasePlayed:
    """Play a case on a target.

    `seed` draws the ids of fixtures, alike on every target of a run. Lists order ids of
    one millisecond by their random part, and the shard depends on it too.
    """

    def act(play: Play) -> tuple[str, list[Mismatch]]:
        play.fixtures.set_up(case.given)
        return "", play.call(case.call)

    # Not for secrets: each target should get the same ids.
    chance = random.Random(f"{seed} {case.full_id}").getrandbits  # noqa: S311
    play = Play(case.full_id, run, checks, prepared, chance)
    return _judged(play, act, (), evidence_for(case, prepared))


def play_journey(
    journey: Journey,
    checks: Checks,
    prepared_targets: Sequence[PreparedTarget],
    run: str,
) -> CasePlayed:
    """Play a journey on a target, or on several that take turns: a relay."""

    def act(play: Play) -> tuple[str, list[Mismatch]]:
        play.fixtures.set_up(journey.given)
        try:
            play_steps(play, journey.steps, prepared_targets)
        except StepFailed as failed:
            return failed.step_id, failed.mismatches
        return "", []

    play = Play(journey.full_id, run, checks, prepared_targets[0])
    relay = (
        tuple(prepared.target.name for prepared in prepared_targets)
        if len(prepared_targets) > 1
        else ()
    )
    return _judged(play, act, relay, evidence_for(journey, *prepared_targets))


def evidence_for(each: Case | Journey, *prepared_targets: PreparedTarget) -> Evidence:
    """Return the weakest evidence behind a result.

    On this machine the gateway and the events are this project's own code, written
    from AWS's documents; tables and bucket are an emulator's.
    """
    calls = [each.call] if isinstance(each, Case) else journey_calls(each)
    own = any(call.gateway or call.event_only for call in calls)
    if not any(prepared.target.local for prepared in prepared_targets):
        return Evidence.AWS
    return Evidence.OWN_CODE if own else Evidence.EMULATOR


def _judged(
    play: Play, act: Act, relay: tuple[str, ...], evidence: Evidence
) -> CasePlayed:
    """Play, clean up in any case, and give the verdict."""
    start, error, step = time.monotonic(), "", ""
    mismatches: list[Mismatch] = []
    try:
        step, mismatches = act(play)
    except ToolError as fault:
        error = f"{type(fault).__name__}: {fault}"
    except Exception as bug:  # noqa: BLE001 - a bug of the suite's is no failure
        error = f"a bug in twinproof: {located(bug)}"
    try:
        play.fixtures.clean()
    except ToolError as fault:
        error = error or f"{type(fault).__name__}: {fault}"
    result = Result(
        full_id=play.full_id,
        target=" then ".join(relay) or play.prepared.target.name,
        verdict=verdict_of(mismatches, error),
        duration_ms=round((time.monotonic() - start) * 1000),
        mismatches=tuple(mismatches),
        exchanges=tuple(play.exchanges),
        step=step,
        error=error,
        evidence=evidence,
        relay=relay,
    )
    return CasePlayed(result, Names.of(play.prepared, play.scope))


def verdict_of(mismatches: Sequence[Mismatch], error: str) -> Verdict:
    """Return the verdict: a fault of the target outweighs an error of the tool."""
    if mismatches:
        return Verdict.FAILED
    return Verdict.ERRORED if error else Verdict.PASSED
