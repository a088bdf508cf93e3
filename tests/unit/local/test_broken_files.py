"""A file that a user edits and breaks is one line and an exit code."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local import template
from local.commands import guard, overrides
from local.template import TEMPLATE, ConfigurationError, load

Command = Callable[[], int]

SOUND = """
version = 0.1
[dev.deploy.parameters]
stack_name = "parity-dev"
parameter_overrides = "Implementation=python"
"""
TEXT = TEMPLATE.read_text("utf-8")
BROKEN_CONFIG = {
    "no TOML": (b"[dev", "cannot be read: "),
    "not UTF-8": (b'version = "\xff"', "cannot be read: "),
    "not there": (None, "cannot be read: "),
    "no such environment": (b"version = 0.1", "has no dev; it has"),
    "environment is a text": (b'dev = "x"', ": dev is no table"),
    "environment is a list": (b"dev = []", ": dev is no table"),
    "command is a text": (b'[dev]\ndeploy = "x"', ": dev.deploy is no table"),
    "parameters are a number": (
        b"[dev.deploy]\nparameters = 3",
        ": dev.deploy.parameters is no table",
    ),
    "overrides are a number": (
        b"[dev.deploy.parameters]\nstack_name='x'\nparameter_overrides = 3",
        ": parameter_overrides of dev is neither a text nor a list of texts",
    ),
    "overrides are numbers": (
        b"[dev.deploy.parameters]\nstack_name='x'\nparameter_overrides = [3]",
        ": parameter_overrides of dev is neither a text nor a list of texts",
    ),
    "overrides with an open quote": (
        b"[dev.deploy.parameters]\nstack_name='x'\nparameter_overrides = 'A=\"b'",
        ": parameter_overrides of dev: No closing quotation",
    ),
    "overrides without a value": (
        b"[dev.deploy.parameters]\nstack_name='x'\nparameter_overrides = 'A'",
        "A is not of the form Name=Value",
    ),
}
STACK_NAMES = {
    "stack_name = 3": ": stack_name of dev is no text",
    "": ": dev sets no stack_name",
    "stack_name = 'x'\nregion = 3": ": region of dev is no text",
}
BROKEN_TEMPLATE = {
    "no YAML": (
        b"a: [",
        "cannot be read: expected the node content, but found '<stream end>' (line 1",
    ),
    "not UTF-8": (b"a: \xff", "cannot be read: "),
    "not there": (None, "cannot be read: "),
    "no such day": (b"a: 2024-13-45", "cannot be read: "),
    "a text": (b"x", " has no Parameters"),
    "nothing": (b"", " has no Parameters"),
    "no Parameters": (re.sub(r"(?m)^Parameters:", "X:", TEXT), " has no Parameters"),
    "no Mappings": (re.sub(r"(?m)^Mappings:", "X:", TEXT), " has no Mappings"),
    "no Resources": (re.sub(r"(?m)^Resources:", "X:", TEXT), " has no Resources"),
    "no Globals": (re.sub(r"(?m)^Globals:", "X:", TEXT), " has no Globals"),
    "no Runtimes": (
        re.sub(r"(?m)^  Runtimes:", "  X:", TEXT),
        " has no Mappings/Runtimes/python",
    ),
    "no DataStack": (
        re.sub(r"(?m)^  DataStack:", "  X:", TEXT),
        " has no Parameters/DataStack",
    ),
    "a parameter is a text": (
        "Parameters: {A: b}\n",
        ": Parameters/A is no mapping",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of samconfig.toml and template.yaml, both valid at first."""
    (tmp_path / "samconfig.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "template.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(template, "SAMCONFIG", tmp_path / "samconfig.toml")
    monkeypatch.setattr(template, "TEMPLATE", tmp_path / "template.yaml")
    return tmp_path


def put(path: Path, content: bytes | str | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def error_line(command: Command, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that fails; return the one line that it prints."""
    assert command() in {1, 2}
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    return line


@pytest.mark.parametrize("command", [overrides.main, guard.main])
@pytest.mark.parametrize("broken", BROKEN_CONFIG)
def test_broken_samconfig_is_one_line(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Command,
    broken: str,
) -> None:
    content, why = BROKEN_CONFIG[broken]
    put(folder / "samconfig.toml", content)
    monkeypatch.setattr(
        guard, "find", lambda stack, region, _: guard.Target(stack, region, None)
    )
    monkeypatch.setattr(sys, "argv", ["command", "dev"])

    assert why in error_line(command, capsys)


@pytest.mark.parametrize("given", STACK_NAMES)
def test_stack_that_has_no_name_is_one_line(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: str,
) -> None:
    put(folder / "samconfig.toml", f"[dev.deploy.parameters]\n{given}\n")
    monkeypatch.setattr(sys, "argv", ["guard", "dev"])

    assert error_line(guard.main, capsys).endswith(
        f"samconfig.toml{STACK_NAMES[given]}"
    )


def test_default_environment_without_an_implementation_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder / "samconfig.toml", "[default.deploy.parameters]\nstack_name = 'x'\n")
    monkeypatch.setattr(sys, "argv", ["overrides", "default"])

    line = error_line(overrides.main, capsys)

    assert line == "overrides: samconfig.toml: default sets no Implementation"


@pytest.mark.parametrize("broken", BROKEN_TEMPLATE)
def test_broken_template_is_an_error_of_one_line(folder: Path, broken: str) -> None:
    content, why = BROKEN_TEMPLATE[broken]
    put(folder / "template.yaml", content)

    with pytest.raises(ConfigurationError) as caught:
        template.runtimes(load(), "python")

    assert str(caught.value).startswith("template.yaml")
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_broken_template_is_one_line_of_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder / "template.yaml", "a: [")
    monkeypatch.setattr(sys, "argv", ["guard", "dev"])

    assert "template.yaml cannot be read: " in error_line(guard.main, capsys)
