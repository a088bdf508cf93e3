"""Child processes that do not outlive this one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

# Between two looks at what is left of work that was given up.
END_SECONDS = 0.05


def die_with_parent(command: list[str]) -> list[str]:
    """Return a command whose process is killed when the thread that starts it ends.

    Linux's PR_SET_PDEATHSIG through util-linux's `setpriv`, which, unlike a
    `preexec_fn`, is safe in a process with threads. Elsewhere the command itself.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def end_descendants() -> None:
    """Kill every process below this one at once.

    A build in the middle of its work has children of children that would outlive it.
    Linux only; elsewhere they end by themselves a little later.
    """
    found = [os.getpid()]
    for pid in found:  # grows while it is walked through
        found += _children(pid)
    for pid in found[1:]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def side_by_side(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Yield threads to work in; an error in the block ends them with their processes.

    All processes below this one then end, over and over until the threads are done: one
    of them may be about to start another.
    """
    workers = ThreadPoolExecutor(threads)
    try:
        yield workers
    except BaseException:
        workers.shutdown(wait=False, cancel_futures=True)
        waiting = threading.Thread(target=workers.shutdown)
        waiting.start()
        while waiting.is_alive():
            end_descendants()
            waiting.join(END_SECONDS)
        raise
    workers.shutdown()


def _children(pid: int) -> list[int]:
    children: list[int] = []
    # It may end at any moment: while its threads are listed, or one of them is read.
    with suppress(OSError):
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                children += map(int, listed.read_text(encoding="ascii").split())
    return children


def peak_memory_mb(pid: int) -> int | None:
    """Return a process's peak resident memory in MiB; None where that is unknown."""
    # This runs after each invocation; reading bytes is 30 µs faster than reading lines.
    try:
        with Path(f"/proc/{pid}/status").open("rb", buffering=0) as file:
            status = file.read()
    except OSError:
        return None
    # A process chooses its own name, in which the kernel escapes line ends.
    found = re.search(rb"\nVmHWM:\s*(\d+)", status)
    return int(found[1]) // 1024 if found else None
