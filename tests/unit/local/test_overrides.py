"""Environments of samconfig.toml, and what is laid over them."""

from __future__ import annotations

import tomllib

import pytest

from local import overrides
from local.template import SAMCONFIG, ConfigurationError, environment

TABLES = tomllib.loads(SAMCONFIG.read_text("utf-8"))
ENVIRONMENTS = [name for name in TABLES if name != "version"]


def test_every_environment_exists_for_both_implementations() -> None:
    stages = ["default", "dev", "stage", "prod"]
    twins = [f"{stage}-typescript" for stage in stages]
    assert sorted(ENVIRONMENTS) == sorted(stages + twins)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_builds_and_deploys_the_same_parameters(name: str) -> None:
    built = environment(name, "build")["parameter_overrides"]
    deployed = environment(name, "deploy")["parameter_overrides"]
    wanted = "typescript" if name.endswith("-typescript") else "python"
    assert f"Implementation={wanted}" in built.split()
    assert built == deployed


@pytest.mark.parametrize("stage", ["default", "dev", "stage", "prod"])
def test_the_other_implementation_goes_to_the_same_stack(stage: str) -> None:
    twin = environment(f"{stage}-typescript", "deploy")
    assert twin["stack_name"] == environment(stage, "deploy")["stack_name"]


def test_a_given_parameter_keeps_the_others() -> None:
    merged = overrides.merged("dev", ["RuntimeTrack=oldest"])
    assert merged == {
        "Implementation": "python",
        "LogRetentionDays": "7",
        "RuntimeTrack": "oldest",
    }


def test_the_default_environment_builds_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = {"RuntimeTrack": "previous", "Architecture": "arm64"}
    monkeypatch.setattr(overrides, "machine_parameters", lambda _: machine)
    assert overrides.merged("default", []) == {"Implementation": "python", **machine}
    assert overrides.merged("prod", []).keys() == {"Implementation", "LogRetentionDays"}


def test_an_unknown_environment_is_refused_and_the_known_are_named() -> None:
    with pytest.raises(ConfigurationError, match="has no produktion; it has default"):
        overrides.merged("produktion", [])
