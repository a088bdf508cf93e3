"""A version manager's shim is no interpreter; PATH here is made of stand-ins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from handlers.packaging import python as packaging
from local.template import ROOT

NEWEST = ROOT / "local" / "newest-python.sh"
BROKEN_SHIM = '#!/bin/sh\necho "pyenv: $0: command not found" >&2\nexit 127\n'
OWN_RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH besides the system's shell tools."""
    for tool in ("sh", "env"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def newest() -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(NEWEST)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_shim_that_starts_nothing_is_passed_over(folder: Path) -> None:
    program(folder, "python3.14", BROKEN_SHIM)
    program(folder, "python3.12", "#!/bin/sh\necho /opt/python3.12\n")
    found = newest()
    assert (found.returncode, found.stdout) == (0, "/opt/python3.12\n")


def test_of_two_that_run_the_newer_is_taken(folder: Path) -> None:
    program(folder, "python3.11", "#!/bin/sh\necho /opt/python3.11\n")
    program(folder, "python3.13", "#!/bin/sh\necho /opt/python3.13\n")
    assert newest().stdout == "/opt/python3.13\n"


def test_shims_alone_are_no_python(folder: Path) -> None:
    program(folder, "python3.13", BROKEN_SHIM)
    found = newest()
    assert (found.returncode, found.stdout) == (1, "")


def test_bytecode_is_compiled_by_no_shim(folder: Path) -> None:
    program(folder, "python3.13", BROKEN_SHIM)
    assert packaging.interpreter("python3.13") is None


def test_bytecode_is_compiled_by_no_python_of_another_version(folder: Path) -> None:
    program(folder, "python3.99", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    assert packaging.interpreter("python3.99") is None


def test_bytecode_is_compiled_by_the_interpreter_behind_a_working_shim(
    folder: Path,
) -> None:
    program(folder, OWN_RUNTIME, f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    found = packaging.interpreter(OWN_RUNTIME)
    assert found is not None
    assert found != str(folder / OWN_RUNTIME)
