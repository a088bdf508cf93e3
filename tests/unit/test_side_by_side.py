"""Commands that run at the same time: their output, their failures and their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "mk" / "side-by-side.sh"
# Prints that it runs, then waits for a stop signal.
LISTENER = f"""{sys.executable} -c '
import pathlib, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
pathlib.Path("{{0}}").write_text("runs")
signal.sigwait([signal.SIGINT])
pathlib.Path("{{0}}.heard").touch()
'"""


def run(*commands: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *commands], capture_output=True, text=True, check=False
    )


def test_others_are_shown_whole_after_the_first(tmp_path: Path) -> None:
    said = tmp_path / "said"
    os.mkfifo(said)

    done = run(
        f"sh -c 'echo one; read line <{said}; echo two'",
        f"sh -c 'echo three >&2; echo four; echo now >{said}'",
        "echo five",
    )

    assert (done.returncode, done.stdout) == (0, "one\ntwo\nthree\nfour\nfive\n")


@pytest.mark.parametrize(("codes", "code"), [("030", 3), ("400", 4), ("056", 6)])
def test_it_fails_where_one_fails_and_all_run_to_their_ends(
    codes: str, code: int
) -> None:
    done = run(*(f"sh -c 'echo ended {one}; exit {one}'" for one in codes))

    assert done.returncode == code
    assert done.stdout.splitlines() == [f"ended {one}" for one in codes]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_all_as_ctrl_c_does(tmp_path: Path, number: signal.Signals) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` would pass on its own
    pipes = [tmp_path / name for name in ("first", "second", "third")]
    for pipe in pipes:
        os.mkfifo(pipe)

    with subprocess.Popen([SCRIPT, *map(LISTENER.format, pipes)]) as script:
        assert [pipe.read_text("utf-8") for pipe in pipes] == ["runs"] * 3
        script.send_signal(number)
        code = script.wait(20)

    assert code == 130
    assert all(pipe.with_suffix(".heard").exists() for pipe in pipes)
