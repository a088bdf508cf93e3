"""On a fresh clone, `sam local` starts the functions after nothing but a build."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from pathlib import Path

import pytest

from handlers.packaging import env_vars
from local.commands import sam_local
from local.deploy.sam import SAM
from local.template import ROOT

READ = """
import json, sys
from samcli.commands.local.cli_common.invoke_context import InvokeContext
print(json.dumps(InvokeContext._get_env_vars_value(sys.argv[1])))
"""
PYTHON = """
import json, sys
import users_handler

class Context:
    def get_remaining_time_in_millis(self):
        return 29_000

print(json.dumps(users_handler.handler(json.load(sys.stdin), Context())))
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / ".local" / "sam" / "env-vars.json"
    monkeypatch.setattr(env_vars, "ENV_VARS", path)
    monkeypatch.setattr(sam_local, "ENV_VARS", path)
    monkeypatch.setattr(sam_local, "ROOT", tmp_path)
    return path


def test_every_environment_of_sam_local_names_the_file_that_a_build_writes() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    named = {
        commands["parameters"]["env_vars"]
        for environment in config.values()
        if isinstance(environment, dict)
        for name, commands in environment.items()
        if name.startswith("local_")
    }

    assert {ROOT / name for name in named} == {env_vars.ENV_VARS}


@pytest.mark.parametrize("implementation", ["python", "typescript"])
def test_build_writes_the_file_before_anything_else(
    implementation: str, tmp_path: Path
) -> None:
    for name in ("handlers/packaging", "handlers/__init__.py"):
        if (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            copied = ["cp", "-r", str(ROOT / name), str(tmp_path / name)]
            subprocess.run(copied, check=True)
    module = f"handlers.packaging.{implementation}"

    subprocess.run(
        [sys.executable, "-m", module, "UsersFunction", str(tmp_path / "a" / "b")],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    written = tmp_path / ".local" / "sam" / "env-vars.json"
    assert written.read_text("utf-8") == env_vars.without_data()


def test_build_leaves_the_file_of_running_data_alone(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("{}")

    env_vars.provide()

    assert file.read_text() == "{}"


def test_data_leaves_the_file_of_a_build_when_it_ends(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "of-data.json").write_text("{}")

    with ExitStack() as cleanup:
        sam_local.publish(tmp_path / "of-data.json", cleanup)
        assert file.read_text() == "{}"

    assert file.read_text() == env_vars.without_data()


def test_sam_cli_reads_the_file_and_hands_on_each_variable(file: Path) -> None:
    env_vars.provide()

    read = subprocess.run(
        [str(SAM.with_name("python")), "-c", READ, str(file)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    # It passes on only the variables that the template declares.
    template = (ROOT / "template.yaml").read_text("utf-8")
    declared = re.findall(r"^ +([A-Z_]+): ", template, re.MULTILINE)
    assert json.loads(read) == {"Parameters": env_vars.WITHOUT_DATA}
    assert set(env_vars.WITHOUT_DATA) <= set(declared)


def test_function_without_data_says_in_its_log_what_brings_it() -> None:
    event = (ROOT / "events" / "create-user.json").read_text("utf-8")
    key = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

    said = subprocess.run(
        [sys.executable, "-c", PYTHON],
        input=event,
        env={
            "PATH": os.environ["PATH"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONPATH": f"{ROOT}/build/python:{ROOT}/handlers/python",
            **key,
            **env_vars.WITHOUT_DATA,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    *log, answer = map(json.loads, said.splitlines())
    assert answer["statusCode"] == 503
    (metrics,) = (line["_aws"] for line in log if "_aws" in line)
    (definition,) = metrics["CloudWatchMetrics"]
    assert definition["Namespace"].endswith("start it with make sam-data")
