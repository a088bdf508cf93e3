"""Makes a diverging plan small: fewer steps, fewer fixtures, simpler inputs.

A change is kept if the targets still show the same difference: the same operation, the
same label, the same kinds of values. A change may remove what a later step refers to:
that step is then not sent, so the plan no longer diverges there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from twinproof.cases.language import Language
from twinproof.cases.matching import MISSING
from twinproof.domain.plans import END, Plan, PlanStep, size_of
from twinproof.domain.protocol import Drawing
from twinproof.fuzz.playing import Divergence

# Runs that shrinking may cost; each sends some requests to both targets.
MOST_PLAYS = 300
KEPT_WHOLE = frozenset({"path", "method"})
"""Keys of `when` without which it would be a different request."""
# A comparison names an id that no plan bound after the step where it first occurred.
# The number of the step changes when earlier steps are removed.
_STEP_LABEL = re.compile(r"<step \d+ ")

Attempt = Callable[[Plan], Divergence | None]
Signature = tuple[str, str]
DifferenceKey = tuple[str, str, Any, Any]


def signature(divergence: Divergence) -> Signature:
    """Return the operation and the part of the exchange in which targets differ."""
    where = divergence.mismatches[0].where
    operation = divergence.plan.steps[divergence.step].operation
    return operation, where.split(" ")[0]


def difference_key(divergence: Divergence) -> DifferenceKey:
    """Return what must stay while a plan shrinks: operation, label, kinds of values.

    For a status it has the values themselves: another status is another difference.
    """
    first = divergence.mismatches[0]
    step = divergence.plan.steps[divergence.step]
    exact = first.where == "status"
    left, right = (
        value if exact or value is MISSING else type(value)
        for value in (first.expected, first.got)
    )
    return step.operation, _STEP_LABEL.sub("<step ", first.where), left, right


@dataclass
class Shrinker:
    """Searches the smallest plan of a divergence."""

    best: Divergence
    attempt: Attempt
    drawing: Drawing
    plays: int = 0

    def __post_init__(self) -> None:
        """Keep what must stay, and the original to fall back on."""
        self._whole = self.best
        self._wanted = difference_key(self.best)

    def run(self) -> Divergence:
        """Return the smallest divergence found, after running it once more.

        If it does not occur again, the original divergence is returned.
        """
        self._cut_after()
        changed = True
        while changed and self.plays < MOST_PLAYS:
            changed = self._steps() | self._given() | self._inputs()
        self.plays += 1
        again = self.attempt(self.best.plan)
        return again if again and self._is_same(again) else self._whole

    def _is_same(self, found: Divergence) -> bool:
        return difference_key(found) == self._wanted

    def _cut_after(self) -> None:
        """Drop the steps after the one at which the targets differ."""
        kept = self.best.plan.steps[: self.best.step + 1]
        self.best = replace(self.best, plan=replace(self.best.plan, steps=kept))

    def _keep_if(self, plan: Plan) -> bool:
        if self.plays >= MOST_PLAYS:
            return False
        self.plays += 1
        found = self.attempt(plan)
        if found is None or not self._is_same(found):
            return False
        self.best = found
        self._cut_after()
        return True

    def _steps(self) -> bool:
        """Remove steps, several at once where possible."""
        changed, size = False, max(1, len(self.best.plan.steps) // 2)
        while size:
            at = 0
            while at < len(self.best.plan.steps) - 1:
                steps = self.best.plan.steps
                rest = steps[:at] + steps[min(at + size, len(steps) - 1) :]
                if self._keep_if(replace(self.best.plan, steps=rest)):
                    changed = True
                else:
                    at += size
            size //= 2
        return changed

    def _given(self) -> bool:
        changed = False
        for given in _smaller_given(self.best.plan.given, self.drawing):
            if size_of(given) < size_of(self.best.plan.given):
                changed |= self._keep_if(replace(self.best.plan, given=given))
        return changed

    def _inputs(self) -> bool:
        """Simplify the inputs of each step until none gets simpler."""
        changed, number, language = False, 0, self.best.names.language
        while number < len(self.best.plan.steps):
            step = self.best.plan.steps[number]
            if any(
                self._simpler(number, each)
                for each in simpler_steps(step, self.drawing, language)
            ):
                changed = True
            else:
                number += 1
        return changed

    def _simpler(self, number: int, step: PlanStep) -> bool:
        steps = list(self.best.plan.steps)
        if number >= len(steps) or self.plays >= MOST_PLAYS:
            return False
        steps[number] = step
        return self._keep_if(replace(self.best.plan, steps=tuple(steps)))


def _smaller_given(
    given: Mapping[str, Any], drawing: Drawing
) -> Iterator[Mapping[str, Any]]:
    for kind, entries in given.items():
        for number, entry in enumerate(entries):
            if END in entry.values():
                # Without it a page of the window would continue with records of others.
                continue
            rest = [*entries[:number], *entries[number + 1 :]]
            yield _without_empty({**given, kind: rest})
            for name in entry.keys() - drawing.kept(kind):
                plain = {n: value for n, value in entry.items() if n != name}
                less = [*entries[:number], plain, *entries[number + 1 :]]
                yield {**given, kind: less}


def _without_empty(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {kind: entries for kind, entries in given.items() if entries}


def simpler_steps(
    step: PlanStep, drawing: Drawing, language: Language
) -> Iterator[PlanStep]:
    """Yield variants of a step with a smaller request, the smallest first."""
    when = step.when
    kept = KEPT_WHOLE | ({"query"} if step.shows else frozenset())
    for name in when:
        if name not in kept | {"rawPath"}:
            rest = {other: value for other, value in when.items() if other != name}
            yield replace(step, when=rest)
    if step.shows:
        for name in when.get("query", {}).keys() - drawing.selectors(step):
            less = {n: each for n, each in when["query"].items() if n != name}
            yield replace(step, when={**when, "query": less})
    for name, value in when.items():
        if name in kept:
            continue
        for less in simpler(value, language):
            if less or name not in ("headers", "query", "rawPath"):
                yield replace(step, when={**when, name: less})


def simpler(value: Any, language: Language) -> Iterator[Any]:
    """Yield simpler variants of a value."""
    if isinstance(value, Mapping):
        yield from _simpler_mapping(value, language)
    elif isinstance(value, list):
        for number in range(len(value)):
            yield [*value[:number], *value[number + 1 :]]
        for number, part in enumerate(value):
            for less in simpler(part, language):
                yield [*value[:number], less, *value[number + 1 :]]
    elif isinstance(value, str):
        yield from _simpler_text(value)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 1:
        yield 1
        yield value // 2


def _simpler_mapping(value: Mapping[str, Any], language: Language) -> Iterator[Any]:
    if language.is_expression(value):
        yield from _simpler_expression(value, language)
        return
    for name in value:
        yield {other: part for other, part in value.items() if other != name}
    for name, part in value.items():
        for less in simpler(part, language):
            yield {**value, name: less}


def _simpler_expression(value: Mapping[str, Any], language: Language) -> Iterator[Any]:
    [(name, argument)] = value.items()
    if name == "concat":
        yield from ({name: less} for less in simpler(argument, language) if less)
    elif name == "repeat":
        text, times = argument
        fewer = dict.fromkeys((1, times // 2, times - 1))
        yield from ({name: [text, each]} for each in fewer if 0 < each < times)


def _simpler_text(value: str) -> Iterator[str]:
    if not value:
        return
    yield ""
    half = len(value) // 2
    if half:
        yield value[:half]
        yield value[half:]
    if len(value) > 2:
        yield value[1:]
        yield value[:-1]
