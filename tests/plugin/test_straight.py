"""A call goes down through the layers: no layer calls back into a higher one."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType

import pytest

import twinproof
from tests.plugin.conftest import CONTRACT, IMPATIENT, prepared_of
from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.cases.model import Case, Collection
from twinproof.checks.checks import Checks
from twinproof.contract import ecma
from twinproof.contract.openapi import Contract
from twinproof.run.play import Play
from twinproof.values.ids import ids_in

SOURCES = Path(twinproof.__file__).parent
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
STEPS = 120
INNER = frozenset({"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})
"""Parts of the functions that contain them, not calls of their own."""


def heights() -> dict[str, int]:
    """Return the height of each part of the tool in the layers of import-linter."""
    linter = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["importlinter"]
    [layers] = (
        each["layers"]
        for each in linter["contracts"]
        if each.get("containers") == ["twinproof"]
    )
    return {
        name.strip(): -depth
        for depth, layer in enumerate(layers)
        for name in layer.split(":")
    }


HEIGHTS = heights()


def height(code: CodeType) -> int | None:
    """Return the height of a function; None if it is not part of the tool."""
    path = Path(code.co_filename)
    if not path.is_relative_to(SOURCES):
        return None
    return HEIGHTS[path.relative_to(SOURCES).parts[0].removesuffix(".py")]


def callers(frame: FrameType) -> Iterator[int]:
    """Yield the height of each function of the tool on the stack, last first."""
    back = frame.f_back
    while back is not None:
        if (at := height(back.f_code)) is not None:
            yield at
        back = back.f_back


def steps_of(case: Case, checks: Checks) -> list[tuple[int, int]]:
    """Return the first calls of functions when a case runs: caller, callee."""
    found: list[tuple[int, int]] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        at = height(frame.f_code)
        inner = frame.f_code.co_name in INNER
        if event == "call" and at is not None and not inner:
            found.append((next(callers(frame), at), at))

    fake = Fake()
    with serving(fake) as url:
        prepared = prepared_of(fake, url)
        play = Play(case.full_id, "0badcafe", checks, prepared)
        play.fixtures.set_up(case.given)
        sys.setprofile(note)
        try:
            play.call(case.call)
        finally:
            sys.setprofile(None)
        prepared.driver.close()
    return found[:STEPS]


@pytest.mark.parametrize("name", ["answers-the-user", "does-not-know-the-id"])
def test_one_call_climbs_back_to_no_higher_layer(
    checks: Checks, small: Collection, name: str
) -> None:
    [case] = (each for each in small.cases if each.full_id == f"getUser/{name}")

    steps = steps_of(case, checks)

    assert len(steps) == STEPS
    assert sum(callee > caller for caller, callee in steps) == 0


def test_one_call_comes_back_to_a_higher_layer_four_times(small: Collection) -> None:
    """To observe what was sent, to judge it, and twice to describe what is wrong.

    The first call of a run: later ones take fewer steps, for what they need is known.
    """
    name = "getUser/answers-the-user"
    [case] = (each for each in small.cases if each.full_id == name)
    for known in (ecma.compiled, ids_in):
        known.cache_clear()

    steps = steps_of(case, Checks.read(Contract(CONTRACT), IMPATIENT))

    layers = [callee for _, callee in steps]
    assert sum(after > before for before, after in pairwise(layers)) <= 4
