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
from tests.integration.stacks import Stack

SECONDS = 240
# Its number of line is that of the page: none has a command in its first.
TRAP = """trap 'echo "{page}:$LINENO: $BASH_COMMAND" >&2' ERR"""


@dataclass(frozen=True)
class Shell:
    """Where the commands are pasted: a folder, and addresses in place of the pages'."""

    folder: Path
    environment: Mapping[str, str]
    addresses: Mapping[str, str]

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
        lines = [TRAP.format(page=page)]
        for each in commands:
            lines += [""] * (each.line - 1 - len(lines))
            lines += each.pasted.splitlines()
        addresses = re.compile("|".join(map(re.escape, self.addresses)))
        script = "\n".join(lines) + "\n"
        return addresses.sub(lambda found: self.addresses[found[0]], script)


def run_bash(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run bash on what needs no stack and no copy."""
    return subprocess.run(
        ["bash", *arguments], capture_output=True, text=True, check=False
    )


def addresses_of(stack: Stack) -> dict[str, str]:
    """Return the addresses that the pages name, each with that of a running stack."""
    return {
        "http://127.0.0.1:3000": stack.url,
        "http://127.0.0.1:3001": stack.typescript_url,
        "http://127.0.0.1:4566": stack.endpoint,
        "http://127.0.0.1:4567": stack.lambda_endpoint,
    }
