"""Two commands beside each other: what is shown of them, what fails, what ends them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "mk" / "side-by-side.sh"
# Says that it runs, then waits to be told to stop.
LISTENER = """sh -c 'trap "touch {0}.heard; exit 1" INT; echo runs >{0}; sleep 60'"""


def run(first: str, second: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, first, second], capture_output=True, text=True, check=False
    )


def test_second_is_shown_whole_after_the_first(tmp_path: Path) -> None:
    said = tmp_path / "said"
    os.mkfifo(said)

    done = run(
        f"sh -c 'echo one; read line <{said}; echo two'",
        f"sh -c 'echo three >&2; echo four; echo now >{said}'",
    )

    assert (done.returncode, done.stdout) == (0, "one\ntwo\nthree\nfour\n")


@pytest.mark.parametrize(("codes", "code"), [("03", 3), ("40", 4), ("56", 6)])
def test_it_fails_where_one_fails_and_both_run_to_their_ends(
    codes: str, code: int
) -> None:
    first, second = (f"sh -c 'echo ended {one}; exit {one}'" for one in codes)

    done = run(first, second)

    assert done.returncode == code
    assert done.stdout.splitlines() == [f"ended {one}" for one in codes]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_both_as_ctrl_c_does(
    tmp_path: Path, number: signal.Signals
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` would hand on its own
    pipes = [tmp_path / "first", tmp_path / "second"]
    for pipe in pipes:
        os.mkfifo(pipe)

    with subprocess.Popen([SCRIPT, *map(LISTENER.format, pipes)]) as script:
        assert [pipe.read_text("utf-8") for pipe in pipes] == ["runs\n"] * 2
        script.send_signal(number)
        code = script.wait(20)

    assert code == 130
    assert all(pipe.with_suffix(".heard").exists() for pipe in pipes)
