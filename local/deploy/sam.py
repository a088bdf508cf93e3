"""Runs the real SAM CLI silently; a failure becomes one line."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from local.children import die_with_parent
from local.template import ROOT

SAM = ROOT / ".venv" / "sam" / "bin" / "sam"
STATE = ROOT / ".local" / "sam"


class SamError(Exception):
    """SAM CLI failed; the text is one line that names its log."""


def sam(arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
    """Run `sam` with `arguments` and write its output to `log`.

    `environment` is the whole environment of the process. Raises `SamError`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            die_with_parent([str(SAM), *arguments]),
            cwd=ROOT,
            env=environment_of(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise SamError(f"sam {arguments[0]}: {_reason(log)} (see {_short(log)})")


def environment_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which SAM CLI has its own files and calls no servers."""
    _forgo_the_network()
    own = {
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(STATE),
        # If this is set, Python compiles SAM CLI's thousand modules at each run: 3 s.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    return {**environment, **own}


def _forgo_the_network() -> None:
    """Stop SAM CLI from asking the package index for a newer version of itself.

    It asks once a week, and saves the time of the last request in a file.
    """
    STATE.mkdir(parents=True, exist_ok=True)
    note = {"telemetryEnabled": False, "lastVersionCheck": time.time()}
    # Written atomically, because two of them may run side by side.
    with tempfile.NamedTemporaryFile("w", dir=STATE, delete=False) as draft:
        json.dump(note, draft)
    Path(draft.name).replace(STATE / "metadata.json")


def _reason(log: Path) -> str:
    """Return the line a user needs: the build's own error, else SAM CLI's last line."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    for opening in ("build: ", "Error: "):
        for line in lines:
            if line.startswith(opening):
                return line.removeprefix(opening)
    spoken = [line for line in lines if line]
    return spoken[-1] if spoken else "it said nothing"


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
