"""Environments of samconfig.toml, and the parameters that replace theirs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from local import template
from local.commands import overrides
from local.deploy.build import pairs
from local.template import SAMCONFIG, ConfigurationError, environment, read_pairs

TABLES = tomllib.loads(SAMCONFIG.read_text("utf-8"))
STAGES = ("default", "dev", "stage", "prod")
# The file can also have environments that `sam deploy --guided` saved.
ENVIRONMENTS = (*STAGES, *(f"{stage}-typescript" for stage in STAGES))
# As `sam deploy --guided` writes it.
GUIDED = """
version = 0.1
[mine.deploy.parameters]
stack_name = "mine"
parameter_overrides = "Implementation=\\"python\\" DataStack=\\"\\" CorsOrigins=\\"*\\""
"""


def test_every_environment_exists_for_both_implementations() -> None:
    assert set(ENVIRONMENTS) <= TABLES.keys()


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_builds_and_deploys_the_same_parameters(name: str) -> None:
    built = environment(name, "build")["parameter_overrides"]
    deployed = environment(name, "deploy")["parameter_overrides"]
    wanted = "typescript" if name.endswith("-typescript") else "python"
    assert f"Implementation={wanted}" in built.split()
    assert built == deployed


@pytest.mark.parametrize("stage", STAGES)
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


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(GUIDED, "utf-8")
    monkeypatch.setattr(template, "SAMCONFIG", path)


@pytest.mark.usefixtures("saved")
def test_what_a_guided_deploy_saved_is_read_without_its_quotes() -> None:
    wanted = {"Implementation": "python", "DataStack": "", "CorsOrigins": "*"}
    assert overrides.merged("mine", []) == wanted


@pytest.mark.usefixtures("saved")
def test_an_empty_value_survives_the_command_line() -> None:
    printed = pairs(overrides.merged("mine", []))
    assert printed == ["Implementation=python", 'DataStack=""', "CorsOrigins=*"]
    assert read_pairs(printed) == overrides.merged("mine", [])


def test_an_unknown_environment_is_refused_and_the_known_are_named() -> None:
    with pytest.raises(ConfigurationError, match="has no produktion; it has default"):
        overrides.merged("produktion", [])
