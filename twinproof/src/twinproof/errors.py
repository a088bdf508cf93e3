"""Errors of the tool itself, as small classes with fields."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path


class ToolError(Exception):
    """The tool could not do its work; this says nothing about an implementation."""


class UsageError(ToolError):
    """The command line is wrong: one line, exit code 2."""


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
        # boto3's message may have several lines; one is printed.
        super().__init__(" ".join(reason.split()))


class NoAnswer(ToolError):
    """A request was sent, and no complete response came back."""


class UnboundName(ToolError):
    """An expression refers to an unbound name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"nothing has bound {name!r}")


class BadExpression(ToolError):
    """An expression cannot be evaluated with these arguments."""


@dataclass(frozen=True)
class FileFinding:
    """One fault in a file of the contract: where it is, and what it is."""

    path: str
    where: str
    what: str

    def __str__(self) -> str:
        """Return one line: file, pointer, fault."""
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
        """Return the findings, one per line."""
        return "\n".join(str(finding) for finding in self.findings)


def located(bug: Exception) -> str:
    """Return an exception with its file and line, as one line."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
    return f"{type(bug).__name__}: {bug} ({where})"
