"""Answers the questions of a command that runs in a terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# The longest silence of SAM CLI is an upload: a second here.
SILENT_SECONDS = 60
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# A question of SAM CLI ends with its default: `Stack Name [parity]: `.
QUESTION = re.compile(r"\s*(?P<text>[^\n]+?) \[(?P<offer>[^\n]*)\]: ")


class UnknownQuestionError(AssertionError):
    """The command asked a question without an answer."""


@dataclass
class Dialogue:
    """The questions with their defaults, and the whole output.

    `said` is plain text with `\\n` between its lines.
    """

    exit_code: int | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    said: str = ""


def converse(
    command: Sequence[str],
    answers: Mapping[str, str],
    folder: Path,
    environment: Mapping[str, str],
) -> Dialogue:
    """Run a command in a terminal and answer each question by its text.

    Raises `UnknownQuestionError` with the whole output.
    """
    terminal, end = pty.openpty()
    # Unlike `pty.fork`, this forks no process that has threads.
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    try:
        dialogue = _talk(terminal, answers)
        dialogue.exit_code = process.wait(SILENT_SECONDS)
        return dialogue
    finally:
        os.close(terminal)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _talk(terminal: int, answers: Mapping[str, str]) -> Dialogue:
    dialogue = Dialogue()
    while heard := _hear(terminal, dialogue):
        dialogue.said += ESCAPES.sub("", heard).replace("\r", "")
        question = QUESTION.fullmatch(dialogue.said.rpartition("\n")[2])
        if question:
            text, offer = question["text"], question["offer"]
            if text not in answers:
                raise UnknownQuestionError(f"asked {text!r}:\n{dialogue.said}")
            dialogue.asked.append((text, offer))
            os.write(terminal, f"{answers[text]}\n".encode())
    return dialogue


def _hear(terminal: int, dialogue: Dialogue) -> str:
    """Return the next output; "" after the command has closed its terminal."""
    ready, _, _ = select.select([terminal], [], [], SILENT_SECONDS)
    assert ready, f"nothing said for {SILENT_SECONDS} s:\n{dialogue.said}"
    try:
        return os.read(terminal, 65_536).decode("utf-8", "replace")
    except OSError:  # Linux's word (EIO) for a terminal whose other end is closed
        return ""
