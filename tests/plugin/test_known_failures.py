"""A known failure has a reason and an end date, and is stale once it passes."""

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
from twinproof.run.known_failures import KnownFailure, apply_known, read_known_failures
from twinproof.run.results import Evidence, Pair, Result, Run, Verdict, weakest

CASE, OTHER = "getUser/a", "getUser/b"
DAY = date(2026, 7, 1)
STARTED = int(datetime(2026, 7, 1, 23, 59, tzinfo=UTC).timestamp() * 1000)
ENTRY = KnownFailure((CASE,), "it differs", "a fault of AWS", Evidence.DOCUMENTED, DAY)
FAILED, PASSED = Verdict.FAILED, Verdict.PASSED
KNOWN, STALE, ERRORED = Verdict.KNOWN, Verdict.STALE, Verdict.ERRORED
EXPLANATION = (
    "it differs: a fault of AWS (documented by AWS, and not shown; until 2026-07-01)"
)


def applied(
    entry: KnownFailure,
    *results: Result,
    pairs: tuple[Pair, ...] = (),
    relays: tuple[Result, ...] = (),
) -> list[tuple[str, str, Verdict, str]]:
    """Return the results of a run in which target `x` has one known failure."""
    run = Run(
        "0badcafe", STARTED, 0, ("x", "y"), results, (), pairs=pairs, relays=relays
    )
    done = apply_known(run, {"x": [entry]}, {CASE, OTHER})
    return [
        (each.full_id, "|".join(each.targets), each.verdict, each.error)
        for each in done.all
    ]


def result(verdict: Verdict, target: str = "x", full_id: str = CASE) -> Result:
    return Result(full_id, target, verdict, 0)


def pair(verdict: Verdict, full_id: str = CASE) -> Pair:
    return Pair(full_id, ("x", "y"), verdict, 0)


def test_failure_is_known_only_on_its_target() -> None:
    results = applied(ENTRY, result(FAILED), result(FAILED, "y"))

    assert results == [(CASE, "x", KNOWN, EXPLANATION), (CASE, "y", FAILED, "")]


def test_pair_and_relay_with_the_target_are_known() -> None:
    relay = Result(CASE, "y then x", FAILED, 0, relay=("y", "x"))

    results = applied(ENTRY, result(FAILED), pairs=(pair(FAILED),), relays=(relay,))

    assert [each[2] for each in results] == 3 * [KNOWN]


def test_failure_without_an_entry_is_not_known() -> None:
    results = applied(ENTRY, result(FAILED), result(FAILED, full_id=OTHER))

    assert results[1] == (OTHER, "x", FAILED, "")


STATUS, TYPE = (
    Mismatch("status", 204, 502),
    Mismatch("header content-type", MISSING, "x"),
)


@pytest.mark.parametrize(
    ("seen", "mismatches", "verdict"),
    [
        ({}, (STATUS, TYPE), KNOWN),
        ({"status": 502}, (STATUS,), KNOWN),
        ({"status": 502}, (STATUS, TYPE), KNOWN),
        ({"status": 500}, (STATUS,), FAILED),
        ({"header content-type": "x"}, (TYPE,), KNOWN),
        ({"header content-type": "x"}, (TYPE, STATUS), FAILED),
        ({"header content-type": "y"}, (TYPE,), FAILED),
        ({"status": 502}, (), FAILED),
    ],
)
def test_failure_with_other_mismatches_is_not_known(
    seen: dict[str, Value], mismatches: tuple[Mismatch, ...], verdict: Verdict
) -> None:
    failed = replace(result(FAILED), mismatches=mismatches)

    (known,) = applied(replace(ENTRY, seen=seen), failed)

    assert known[2] is verdict


def test_known_failure_that_no_longer_fails_is_stale() -> None:
    results = applied(ENTRY, result(PASSED), pairs=(pair(PASSED),))

    assert results == [
        (CASE, "x", STALE, "it no longer fails"),
        (CASE, "x|y", PASSED, ""),
    ]


def test_case_that_passes_and_differs_still_diverges() -> None:
    results = applied(ENTRY, result(PASSED), pairs=(pair(FAILED),))

    assert results == [(CASE, "x", PASSED, ""), (CASE, "x|y", KNOWN, EXPLANATION)]


@pytest.mark.parametrize("verdict", [ERRORED])
def test_errored_case_is_not_stale(verdict: Verdict) -> None:
    assert applied(ENTRY, result(verdict)) == [(CASE, "x", verdict, "")]
    assert applied(ENTRY, result(PASSED, full_id=OTHER))[0][2] is PASSED


def test_known_failure_ends_after_its_last_day() -> None:
    ended = replace(ENTRY, until=date(2026, 6, 30))

    results = applied(ended, result(FAILED))

    why = "the known failure ended on 2026-06-30"
    assert results == [(CASE, "x", FAILED, ""), (CASE, "x", STALE, why)]


def test_known_failure_without_a_case_is_stale() -> None:
    results = applied(replace(ENTRY, cases=("getUser/gone",)), result(PASSED))

    why = "the known failure matches no case"
    assert results[1] == ("getUser/gone", "x", STALE, why)


def test_known_failure_of_pairs_only_covers_no_case() -> None:
    entry = replace(ENTRY, pair_only=True)

    assert applied(entry, result(PASSED)) == [(CASE, "x", PASSED, "")]
    results = applied(entry, result(FAILED), pairs=(pair(FAILED),))
    assert [each[2] for each in results] == [FAILED, KNOWN]
    results = applied(entry, result(PASSED), pairs=(pair(PASSED),))
    assert [each[2] for each in results] == [STALE, PASSED]


def test_pair_has_the_weaker_evidence_of_its_targets() -> None:
    assert weakest(Evidence.AWS, Evidence.EMULATOR) is Evidence.EMULATOR
    assert weakest(Evidence.OWN_CODE, Evidence.AWS) is Evidence.OWN_CODE


GOOD = """\
- cases: [getUser/answers-the-user]
  reason: it differs
  cause: a fault of AWS
  evidence: aws
  until: 2026-07-01
"""


def test_known_failures_are_read_from_the_file_of_a_target(
    small_contract: Path,
) -> None:
    (small_contract / "known-failures").mkdir()
    (small_contract / "known-failures/x.yaml").write_text(f"{GOOD}  pairOnly: true\n")
    contract = Contract(small_contract)

    found = read_known_failures(small_contract, ["x", "y"], contract.schemas)

    entry = KnownFailure(
        ("getUser/answers-the-user",), "it differs", "a fault of AWS", Evidence.AWS, DAY
    )
    assert found == {"x": [replace(entry, pair_only=True)]}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2026-07-01", "2026-02-30", "known-failures/x.yaml: /0/until: day is out of"),
        ("2026-07-01", "soon", "known-failures/x.yaml: /0/until: "),
        (
            "  cause: a fault of AWS\n",
            "",
            "known-failures/x.yaml: /0: 'cause' is a req",
        ),
        ("evidence: aws", "evidence: hearsay", "known-failures/x.yaml: /0/evidence: "),
    ],
)
def test_invalid_file_is_reported(
    small_contract: Path, old: str, new: str, message: str
) -> None:
    (small_contract / "known-failures").mkdir()
    (small_contract / "known-failures/x.yaml").write_text(GOOD.replace(old, new))
    contract = Contract(small_contract)

    with pytest.raises(FileFault) as caught:
        read_known_failures(small_contract, ["x"], contract.schemas)

    assert str(caught.value).startswith(message)
    assert message in "\n".join(map(str, lint(contract)))


def test_lint_names_a_known_failure_without_a_case(small_contract: Path) -> None:
    (small_contract / "known-failures").mkdir()
    text = GOOD.replace("answers-the-user", "gone")
    (small_contract / "known-failures/x.yaml").write_text(text)

    lines = [str(finding) for finding in lint(Contract(small_contract))]

    assert "known-failures/x.yaml: getUser/gone: matches no case" in lines
