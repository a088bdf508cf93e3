"""The commands of the pages that are not run, each with its reason: `not-run.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.project_files import ROOT

LIST = Path(__file__).with_name("not-run.yaml")
LONG_MINUTES = 2
# A variable stands for an address that the reader has.
REMOTE = re.compile(
    r"\baws |\bdeploy\b|https://\S*(?:amazonaws\.com|\.example)\b|\$(?:OLD|NEW)\b"
)


@dataclass(frozen=True)
class Entry:
    """A command in one line, the reason why no test runs it, and what shows that."""

    command: str
    reason: str
    evidence: str

    def __str__(self) -> str:
        return self.command

    @property
    def fault(self) -> str:
        """Return why the reason does not stand, or nothing."""
        return FAULT_OF[self.reason](self)


def read_entries() -> list[Entry]:
    """Return the entries of the list; those of a command that stands twice, twice."""
    listed = yaml.safe_load(LIST.read_text("utf-8"))
    return [
        Entry(" ".join(command.split()), reason, evidence)
        for reason, commands in listed.items()
        for command, evidence in _with_evidence(commands)
    ]


def _with_evidence(commands: list[str] | dict[str, object]) -> list[tuple[str, str]]:
    if isinstance(commands, list):
        return [(command, "") for command in commands]
    return [(command, str(evidence)) for command, evidence in commands.items()]


def _not_in_file(entry: Entry) -> str:
    name, _, text = entry.evidence.partition(": ")
    path = ROOT / name
    runs = name == ".ci/run" or path.suffix in {".py", ".mk"}
    if runs and path.is_file() and text and text in path.read_text("utf-8"):
        return ""
    return f"no {text!r} in {name}"


def _not_remote(entry: Entry) -> str:
    return (
        ""
        if REMOTE.search(entry.command) and "127.0.0.1" not in entry.command
        else "names nothing but this machine"
    )


def _installed(entry: Entry) -> str:
    packages = (ROOT / ".ci" / "run").read_text("utf-8")
    found = re.search(rf"\b{re.escape(entry.evidence)}\b", packages)
    return f".ci/run installs {entry.evidence}" if found else ""


def _short(entry: Entry) -> str:
    if float(entry.evidence) > LONG_MINUTES:
        return ""
    return f"takes {entry.evidence} minutes, no more than {LONG_MINUTES}"


FAULT_OF: dict[str, Callable[[Entry], str]] = {
    "run-by": _not_in_file,
    "serves": _not_in_file,
    "disturbs": _not_in_file,
    "needs-a-remote": _not_remote,
    "needs-a-program": _installed,
    "minutes": _short,
}
