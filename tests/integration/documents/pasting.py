"""Runs the commands of a page's section as a reader pastes them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.documents.pages import Command, Section
from tests.integration.stacks import Stack, free_ports

SECONDS = 240
# What a command leaves in the background ends with the script. It stands in one line,
# in the first, where no page has a command: so the numbers of lines are the page's.
TRAPS = (
    """trap 'echo "{page}:$LINENO: $BASH_COMMAND" >&2' ERR; """
    """trap 'kill $(jobs -p) 2>/dev/null || :' EXIT"""
)


@dataclass(frozen=True)
class Shell:
    """Where the commands are pasted: a folder, and what stands for the pages' ports."""

    folder: Path
    environment: Mapping[str, str]
    replaced: Mapping[str, str]

    def run(
        self, section: Section, skipped: Collection[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a section's commands in one bash, up to the first that fails.

        Those whose text is among the `skipped` are left out.
        """
        commands = [one for one in section.commands if one.text not in skipped]
        script = self.folder / ".pasted.sh"
        script.write_text(self._script(section.page, commands), "utf-8")
        process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail", script],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def _script(self, page: str, commands: list[Command]) -> str:
        """Return the commands, each in the line that it has in its page."""
        lines = [TRAPS.format(page=page)]
        for each in commands:
            lines += [""] * (each.line - 1 - len(lines))
            lines += each.pasted.splitlines()
        named = re.compile("|".join(map(re.escape, self.replaced)))
        script = "\n".join(lines) + "\n"
        return named.sub(lambda found: self.replaced[found[0]], script)


def run_bash(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run bash on what needs no stack and no copy."""
    return subprocess.run(
        ["bash", *arguments], capture_output=True, text=True, check=False
    )


def ports_of(stack: Stack) -> dict[str, str]:
    """Return the ports that the pages name, each with a free one or a running stack's.

    A port stands in an address, or is an example's option.
    """
    ports = {
        "3000": stack.port,
        "3001": stack.port + 1,
        "4566": stack.cloud_port,
        "4567": stack.cloud_port + 1,
        **dict(zip(("8080", "8081"), free_ports(), strict=True)),
    }
    forms = ("127.0.0.1:{}", "--port {}")
    return {form.format(a): form.format(b) for a, b in ports.items() for form in forms}
