"""The statements about AWS that a run relies on, and what the run shows of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from twinproof.cases.statements import FILE, Standing, Statements
from twinproof.run.results import Evidence, Ground, Result, Run, Shown, Verdict


def grounds_of(
    run: Run, cited: Mapping[str, Set[str]], statements: Statements
) -> tuple[Ground, ...]:
    """Return the statements that the run relied on, in the order of the file.

    `cited`: by id of a case or journey, the ids of statements that it relies on.
    """
    return tuple(_grounds(run, cited, statements))


def _grounds(
    run: Run, cited: Mapping[str, Set[str]], statements: Statements
) -> Iterator[Ground]:
    for name, statement in statements.items():
        results = [
            each for each in run.results if name in cited.get(each.full_id, frozenset())
        ]
        if results:
            cases = tuple(dict.fromkeys(each.full_id for each in results))
            shown = {target: _shown(results, target) for target in run.targets}
            yield Ground(statement, cases, shown)


def _shown(results: Sequence[Result], target: str) -> Shown:
    """Return what the cases of one statement show on one target.

    Only AWS itself can confirm a statement: an emulator was written by it.
    """
    own = [each for each in results if each.target == target]
    if any(each.evidence is not Evidence.AWS for each in own):
        return Shown.NOT_AWS
    verdicts = {each.verdict for each in own}
    if Verdict.FAILED in verdicts:
        return Shown.CONTRADICTED
    return Shown.CONFIRMED if Verdict.PASSED in verdicts else Shown.NOT_SHOWN


def grounds_line(run: Run) -> str:
    """Return one line that counts the statements by standing; "" if there is none."""
    if not run.grounds:
        return ""
    counts = Counter(each.statement.standing for each in run.grounds)
    total = len(run.grounds)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in Standing if counts[kind])
    noun = "statement" if total == 1 else "statements"
    line = f"rests on {total} {noun} about AWS ({FILE}): {kinds}"
    return "; ".join([line, *_shown_of(run)])


def _shown_of(run: Run) -> Iterator[str]:
    assumed = [
        each for each in run.grounds if each.statement.standing is Standing.ASSUMED
    ]
    elsewhere = []
    for target in run.targets:
        if any(each.shown[target] is Shown.NOT_AWS for each in run.grounds):
            elsewhere.append(target)
        elif assumed:
            yield f"{target} {_of_target(assumed, target)}"
    if elsewhere:
        yield f"not AWS, so nothing of it is confirmed: {', '.join(elsewhere)}"


def _of_target(assumed: Sequence[Ground], target: str) -> str:
    counts = Counter(each.shown[target] for each in assumed)
    parts = [f"confirms {counts[Shown.CONFIRMED]} of the assumed"]
    wrong = [
        each.statement.statement_id
        for each in assumed
        if each.shown[target] is Shown.CONTRADICTED
    ]
    parts += [f"contradicts {', '.join(wrong)}"] if wrong else []
    unshown = counts[Shown.NOT_SHOWN]
    parts += [f"does not show {unshown}"] if unshown else []
    return ", ".join(parts)
