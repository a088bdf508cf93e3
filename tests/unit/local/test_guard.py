"""The deploy guard lets through what fits and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local.guard import RefusalError, refuse_orphaned_data, refuse_other_build
from local.template import defaults, load

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = load()
NOTE = {"implementation": "python", "runtime": "python3.13", "architecture": "x86_64"}


def built(place: Path, **changes: str) -> Path:
    for function in ("UsersFunction", "AssetsFunction"):
        (place / function).mkdir()
        (place / function / "build.json").write_text(json.dumps(NOTE))
    (place / "AssetsFunction" / "build.json").write_text(json.dumps(NOTE | changes))
    return place


def test_a_build_for_the_same_parameters_is_deployed(tmp_path: Path) -> None:
    refuse_other_build(TEMPLATE, defaults(TEMPLATE), built(tmp_path))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("implementation", "typescript"),
        ("runtime", "python3.12"),
        ("architecture", "arm64"),
    ],
)
def test_one_function_built_for_something_else_is_refused(
    tmp_path: Path, member: str, value: str
) -> None:
    place = built(tmp_path, **{member: value})
    with pytest.raises(RefusalError) as refusal:
        refuse_other_build(TEMPLATE, defaults(TEMPLATE), place)
    assert str(refusal.value).startswith(
        f"AssetsFunction is built for {member} {value}, the environment says"
    )


def test_nothing_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="UsersFunction is not built"):
        refuse_other_build(TEMPLATE, defaults(TEMPLATE), tmp_path)


def test_an_owner_of_data_is_not_given_the_data_of_another_stack() -> None:
    with pytest.raises(RefusalError, match="parity-prod owns its data"):
        refuse_orphaned_data("parity-prod", "parity-dev", {"DataStack": ""})


def test_a_stack_is_not_its_own_data_stack() -> None:
    with pytest.raises(RefusalError, match="names the stack itself"):
        refuse_orphaned_data("parity-prod", "parity-prod", None)


def test_a_new_stack_may_work_on_the_data_of_another() -> None:
    refuse_orphaned_data("parity-second", "parity-prod", None)


def test_a_stack_on_the_data_of_another_may_stay_there() -> None:
    standing = {"DataStack": "parity-prod"}
    refuse_orphaned_data("parity-second", "parity-prod", standing)


def test_an_owner_of_data_may_be_deployed_again() -> None:
    refuse_orphaned_data("parity-prod", "", {"DataStack": ""})
