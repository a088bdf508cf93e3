"""What is excused: why, until when, and only as long as it diverges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from twinproof.cases.language import Value
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.contract.openapi import Contract
from twinproof.errors import FileFault
from twinproof.lint.lint import lint
from twinproof.run.known_failures import KnownFailure, excuse, read_divergences
from twinproof.run.results import Basis, Pair, Result, Run, Verdict, weakest

CASE, OTHER = "getUser/a", "getUser/b"
DAY = date(2026, 7, 1)
STARTED = int(datetime(2026, 7, 1, 23, 59, tzinfo=UTC).timestamp() * 1000)
ENTRY = KnownFailure((CASE,), "it differs", "a fault of AWS", Basis.DOCUMENTED, DAY)
FAILED, PASSED = Verdict.FAILED, Verdict.PASSED
EXCUSED, STALE, ERRORED = Verdict.EXCUSED, Verdict.STALE, Verdict.ERRORED
TOLD = "it differs: a fault of AWS (documented by AWS, and not shown; until 2026-07-01)"


def excused(
    entry: KnownFailure,
    *results: Result,
    pairs: tuple[Pair, ...] = (),
    batons: tuple[Result, ...] = (),
) -> list[tuple[str, str, Verdict, str]]:
    """Return what a run comes to in which target `x` has one divergence."""
    run = Run(
        "0badcafe", STARTED, 0, ("x", "y"), results, (), pairs=pairs, batons=batons
    )
    done = excuse(run, {"x": [entry]}, {CASE, OTHER})
    return [
        (each.full_id, "|".join(each.targets), each.verdict, each.error)
        for each in done.all
    ]


def result(verdict: Verdict, target: str = "x", full_id: str = CASE) -> Result:
    return Result(full_id, target, verdict, 0)


def pair(verdict: Verdict, full_id: str = CASE) -> Pair:
    return Pair(full_id, ("x", "y"), verdict, 0)


def test_failure_is_excused_on_its_target_alone() -> None:
    told = excused(ENTRY, result(FAILED), result(FAILED, "y"))

    assert told == [(CASE, "x", EXCUSED, TOLD), (CASE, "y", FAILED, "")]


def test_pair_and_baton_with_the_target_are_excused() -> None:
    baton = Result(CASE, "y then x", FAILED, 0, turns=("y", "x"))

    told = excused(ENTRY, result(FAILED), pairs=(pair(FAILED),), batons=(baton,))

    assert [each[2] for each in told] == 3 * [EXCUSED]


def test_what_is_not_named_is_not_excused() -> None:
    told = excused(ENTRY, result(FAILED), result(FAILED, full_id=OTHER))

    assert told[1] == (OTHER, "x", FAILED, "")


STATUS, TYPE = (
    Mismatch("status", 204, 502),
    Mismatch("header content-type", MISSING, "x"),
)


@pytest.mark.parametrize(
    ("seen", "mismatches", "verdict"),
    [
        ({}, (STATUS, TYPE), EXCUSED),
        ({"status": 502}, (STATUS,), EXCUSED),
        ({"status": 502}, (STATUS, TYPE), EXCUSED),
        ({"status": 500}, (STATUS,), FAILED),
        ({"header content-type": "x"}, (TYPE,), EXCUSED),
        ({"header content-type": "x"}, (TYPE, STATUS), FAILED),
        ({"header content-type": "y"}, (TYPE,), FAILED),
        ({"status": 502}, (), FAILED),
    ],
)
def test_failure_of_another_kind_than_seen_is_none_of_it(
    seen: dict[str, Value], mismatches: tuple[Mismatch, ...], verdict: Verdict
) -> None:
    failed = replace(result(FAILED), mismatches=mismatches)

    (told,) = excused(replace(ENTRY, seen=seen), failed)

    assert told[2] is verdict


def test_divergence_that_no_longer_diverges_is_stale() -> None:
    told = excused(ENTRY, result(PASSED), pairs=(pair(PASSED),))

    assert told == [
        (CASE, "x", STALE, "it no longer diverges"),
        (CASE, "x|y", PASSED, ""),
    ]


def test_case_that_passes_and_differs_still_diverges() -> None:
    told = excused(ENTRY, result(PASSED), pairs=(pair(FAILED),))

    assert told == [(CASE, "x", PASSED, ""), (CASE, "x|y", EXCUSED, TOLD)]


@pytest.mark.parametrize("verdict", [ERRORED])
def test_nothing_is_stale_that_was_not_judged(verdict: Verdict) -> None:
    assert excused(ENTRY, result(verdict)) == [(CASE, "x", verdict, "")]
    assert excused(ENTRY, result(PASSED, full_id=OTHER))[0][2] is PASSED


def test_day_after_the_last_it_counts_no_more() -> None:
    ended = replace(ENTRY, until=date(2026, 6, 30))

    told = excused(ended, result(FAILED))

    why = "the divergence ended on 2026-06-30"
    assert told == [(CASE, "x", FAILED, ""), (CASE, "x", STALE, why)]


def test_divergence_without_a_case_is_stale() -> None:
    told = excused(replace(ENTRY, cases=("getUser/gone",)), result(PASSED))

    why = "the divergence matches no case"
    assert told[1] == ("getUser/gone", "x", STALE, why)


def test_divergence_of_pairs_only_excuses_no_case() -> None:
    entry = replace(ENTRY, pair_only=True)

    assert excused(entry, result(PASSED)) == [(CASE, "x", PASSED, "")]
    told = excused(entry, result(FAILED), pairs=(pair(FAILED),))
    assert [each[2] for each in told] == [FAILED, EXCUSED]
    told = excused(entry, result(PASSED), pairs=(pair(PASSED),))
    assert [each[2] for each in told] == [STALE, PASSED]


def test_weakest_basis_is_what_a_pair_stands_on() -> None:
    assert weakest(Basis.AWS, Basis.EMULATOR) is Basis.EMULATOR
    assert weakest(Basis.OWN_CODE, Basis.AWS) is Basis.OWN_CODE


GOOD = """\
- cases: [getUser/answers-the-user]
  reason: it differs
  cause: a fault of AWS
  basis: aws
  until: 2026-07-01
"""


def test_file_of_a_target_is_read(small_contract: Path) -> None:
    (small_contract / "divergences").mkdir()
    (small_contract / "divergences/x.yaml").write_text(f"{GOOD}  pairOnly: true\n")
    contract = Contract(small_contract)

    found = read_divergences(small_contract, ["x", "y"], contract.schemas)

    entry = KnownFailure(
        ("getUser/answers-the-user",), "it differs", "a fault of AWS", Basis.AWS, DAY
    )
    assert found == {"x": [replace(entry, pair_only=True)]}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2026-07-01", "2026-02-30", "divergences/x.yaml: /0/until: day is out of"),
        ("2026-07-01", "soon", "divergences/x.yaml: /0/until: "),
        ("  cause: a fault of AWS\n", "", "divergences/x.yaml: /0: 'cause' is a req"),
        ("basis: aws", "basis: hearsay", "divergences/x.yaml: /0/basis: "),
    ],
)
def test_file_that_is_bad_is_told(
    small_contract: Path, old: str, new: str, told: str
) -> None:
    (small_contract / "divergences").mkdir()
    (small_contract / "divergences/x.yaml").write_text(GOOD.replace(old, new))
    contract = Contract(small_contract)

    with pytest.raises(FileFault) as caught:
        read_divergences(small_contract, ["x"], contract.schemas)

    assert str(caught.value).startswith(told)
    assert told in "\n".join(map(str, lint(contract)))


def test_lint_names_a_divergence_without_a_case(small_contract: Path) -> None:
    (small_contract / "divergences").mkdir()
    text = GOOD.replace("answers-the-user", "gone")
    (small_contract / "divergences/x.yaml").write_text(text)

    told = [str(finding) for finding in lint(Contract(small_contract))]

    assert "divergences/x.yaml: getUser/gone: matches no case" in told
