"""`make start DEBUG=...`: breakpoints in the sources are hit, and nothing times out.

The settings are those that docs/developing.md gives for VS Code.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from local import node
from tests.integration.dap import Debugger
from tests.integration.stacks import ROOT, Stack, alive, free, free_ports

pytestmark = pytest.mark.more

INSPECT = Path(__file__).with_name("inspect.mjs")


@pytest.fixture
def port() -> int:
    return free_ports()[0]


@contextmanager
def debugging(checkout: Path, function: str) -> Iterator[Stack]:
    stack = Stack(checkout, None, "--debug", function)
    try:
        yield stack.ready()
    finally:
        stack.close()


def settings(kind: str, checkout: Path, stack: Stack) -> Any:  # Any: VS Code's own
    """Return the settings that the page gives, for this checkout and this stack."""
    page = (ROOT / "docs" / "developing.md").read_text("utf-8")
    block = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert block
    text = block[1].replace("${workspaceFolder}", str(checkout))
    text = text.replace("stack-4566", f"stack-{stack.cloud_port}")
    ones = json.loads(text)["configurations"]
    return next(one for one in ones if one["type"] == kind)


def line_of(file: Path, text: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return number


def attach(port: int, mappings: Any, source: Path, line: int) -> Debugger:
    """Attach like an editor, with a breakpoint at a line of a source."""
    debugger = Debugger(port)
    debugger.ask("initialize", adapterID="debugpy", pathFormat="path")
    debugger.send("attach", pathMappings=mappings)
    debugger.event("initialized")
    debugger.ask(
        "setBreakpoints", source={"path": str(source)}, breakpoints=[{"line": line}]
    )
    debugger.ask("configurationDone")
    return debugger


def stopped_at(debugger: Debugger) -> tuple[str, int]:
    """Wait for a breakpoint; return source and line, and go on."""
    thread = debugger.event("stopped")["threadId"]
    (frame, *_) = debugger.ask("stackTrace", threadId=thread)["stackFrames"]
    debugger.ask("continue", threadId=thread)
    return frame["source"]["path"], frame["line"]


def test_python_stops_at_a_line_of_a_source_and_again_after_it_was_saved(
    checkout: Path, port: int
) -> None:
    source = checkout / "handlers" / "python" / "health" / "get_health.py"
    sound = source.read_text("utf-8")
    line = line_of(source, "return Health(")
    with (
        debugging(checkout, f"python:UsersFunction:{port}") as stack,
        ThreadPoolExecutor() as requesting,
    ):
        stack.wait_for(f"parity-python-users waits for a debugger at 127.0.0.1:{port}")
        assert stack.wait_for("  debugger ").endswith("(of python:UsersFunction)")
        mappings = settings("debugpy", checkout, stack)["pathMappings"]
        url = f"{stack.url}/health"

        # No debugger is attached: everything else answers, and this request waits.
        first = requesting.submit(requests.get, url, timeout=60)
        assets = requests.get(f"{stack.url}/assets", timeout=40)
        assert assets.status_code == 200
        assert not first.done()

        with attach(port, mappings, source, line) as debugger:
            assert stopped_at(debugger) == (str(source), line)
            assert first.result().status_code == 200

        since = len(stack.lines)
        source.write_text(f"# A line more.\n{sound}", "utf-8")
        try:
            second = requesting.submit(requests.get, url, timeout=60)
            stack.wait_for("waits for a debugger", since)
            with attach(port, mappings, source, line + 1) as debugger:
                assert stopped_at(debugger) == (str(source), line + 1)
                assert second.result().status_code == 200
        finally:
            source.write_text(sound, "utf-8")


def test_stack_ends_while_a_debugger_holds_the_function(
    checkout: Path, port: int
) -> None:
    source = checkout / "handlers" / "python" / "health" / "get_health.py"
    line = line_of(source, "return Health(")
    with (
        debugging(checkout, f"python:UsersFunction:{port}") as stack,
        ThreadPoolExecutor() as requesting,
    ):
        mappings = settings("debugpy", checkout, stack)["pathMappings"]
        with attach(port, mappings, source, line) as debugger:
            waiting = requesting.submit(requests.get, f"{stack.url}/health", timeout=60)
            debugger.event("stopped")
            pids = list(stack.descendants())

            stack.end()

        with pytest.raises(requests.ConnectionError):
            waiting.result()
    assert not any(alive(pid) for pid in pids)
    assert free(port)


def test_typescript_stops_at_a_line_of_a_source(checkout: Path, port: int) -> None:
    source = checkout / "handlers" / "typescript" / "health" / "get-health.ts"
    line = line_of(source, 'status: "ok", version')
    with (
        debugging(checkout, f"typescript:UsersFunction:{port}") as stack,
        ThreadPoolExecutor() as requesting,
    ):
        (pattern,) = settings("node", checkout, stack)["outFiles"]
        (bundle,) = Path(pattern).parent.glob(Path(pattern).name)
        answer = requesting.submit(
            requests.get, f"{stack.typescript_url}/health", timeout=60
        )

        seen = subprocess.run(
            [
                *[node.interpreter("nodejs24.x"), str(INSPECT)],
                *[str(port), str(bundle), str(source), str(line)],
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

        assert answer.result().json()["implementation"] == "typescript"
    running, stopped = seen.splitlines()
    assert running == "running"
    assert json.loads(stopped) == {
        "path": str(source),
        "line": line,
        "file": str(bundle),
        "sourceMapURL": "users-handler.js.map",
    }
