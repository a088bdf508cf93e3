"""What can go wrong in the suite itself, as small classes with fields."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path


class ToolError(Exception):
    """The suite could not do its part; it says nothing about an implementation."""


class UsageError(ToolError):
    """The command line asks for what cannot be: one line and exit code 2."""


class TargetUnreachable(ToolError):
    """Nothing answers at a target's address."""

    def __init__(self, target: str, address: str, reason: str) -> None:
        self.target = target
        self.address = address
        self.reason = reason
        super().__init__(f"target {target} cannot be reached at {address}: {reason}")


class DataUnreachable(ToolError):
    """The tables and the bucket behind a target cannot be reached."""

    def __init__(self, reason: str) -> None:
        # What boto3 says may go over several lines; one is printed.
        super().__init__(" ".join(reason.split()))


class NoAnswer(ToolError):
    """A request went out and no whole answer came back."""


class UnboundName(ToolError):
    """An expression refers to a name nothing has bound."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"nothing has bound {name!r}")


class BadExpression(ToolError):
    """An expression cannot be evaluated with these arguments."""


@dataclass(frozen=True)
class FileFinding:
    """Something wrong in a file of the contract: where, and what."""

    path: str
    where: str
    what: str

    def __str__(self) -> str:
        """Return one line: file, place, fault."""
        return (
            f"{self.path}: {self.where}: {self.what}"
            if self.where
            else (f"{self.path}: {self.what}")
        )


@dataclass
class FileFault(ToolError):
    """A file of the contract cannot be used; `findings` says why."""

    findings: list[FileFinding] = field(default_factory=list)

    def __str__(self) -> str:
        """Return every finding, one a line."""
        return "\n".join(str(finding) for finding in self.findings)


def located(bug: Exception) -> str:
    """Return an exception with the place it comes from, on one line."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    return f"{type(bug).__name__}: {bug} ({where})"
