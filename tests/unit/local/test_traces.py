"""Traces of faults are read up to a limit and name positions in the sources."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.packaging import typescript
from handlers.packaging.order import BuildError
from local.lambda_ import traces
from local.lambda_.invocation import Outcome
from local.lambda_.traces import (
    MAX_BYTES,
    TracePipe,
    import_trace,
    in_python_sources,
    in_typescript_sources,
    lost_its_trace,
)
from tests.unit.local.made import FUNCTION

MODEL = "users/model.py"


def piped(*writes: bytes) -> list[str]:
    """Return the trace taken after each of these writes."""

    async def run() -> list[str]:
        pipe = TracePipe()
        taken = []
        for data in writes:
            with open(pipe.write_end, "wb", closefd=False) as end:
                await asyncio.to_thread(end.write, data)
                await asyncio.to_thread(end.flush)
            taken.append(pipe.take())
        os.close(pipe.write_end)
        pipe.close()
        pipe.close()
        return taken

    return asyncio.run(run())


# ---- the pipe -------------------------------------------------------------------


def test_trace_of_one_invocation_is_not_in_the_next() -> None:
    assert piped(b"one", "zwö".encode(), b"") == ["one", "zwö", ""]


def test_endless_trace_is_cut_and_its_writer_continues() -> None:
    flood, after = piped(b"x" * (MAX_BYTES + 1_000_000), b"after")
    assert flood == "x" * MAX_BYTES + "\n... and more\n"
    assert after == "after"


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    assert piped(b"\xff") == ["\ufffd"]


# ---- Python ---------------------------------------------------------------------


def test_path_of_lambda_becomes_the_source_with_its_code(tmp_path: Path) -> None:
    package = replace(FUNCTION, package=tmp_path)
    (tmp_path / "users").mkdir()
    (tmp_path / MODEL).write_text("one\n    two = 2\n", "utf-8")

    trace = '  File "/var/task/users/model.py", line 2, in live_user\nKeyError: 1\n'

    assert in_python_sources(package, trace) == (
        '  File "handlers/python/users/model.py", line 2, in live_user\n'
        "    two = 2\n"
        "KeyError: 1\n"
    )


def test_missing_source_line_has_no_code(tmp_path: Path) -> None:
    trace = '  File "/var/task/users/model.py", line 2, in live_user\n'
    shown = in_python_sources(replace(FUNCTION, package=tmp_path), trace)
    assert shown == '  File "handlers/python/users/model.py", line 2, in live_user\n'


def test_path_of_a_dependency_is_in_the_package(tmp_path: Path) -> None:
    trace = f'  File "{tmp_path}/boto3/x.py", line 2, in y\n    code()\n'
    assert in_python_sources(replace(FUNCTION, package=tmp_path), trace) == trace


@pytest.mark.parametrize(
    ("runtime", "error", "payload", "lost"),
    [
        ("python3.13", "Unhandled", b'{"errorType":"Runtime.ImportModuleError"}', True),
        ("python3.13", "Unhandled", b'{"errorType":"KeyError"}', False),
        ("python3.13", None, b'{"errorType":"Runtime.ImportModuleError"}', False),
        ("nodejs24.x", "Unhandled", b'{"e":"Runtime.ImportModuleError"}', False),
    ],
)
def test_only_a_failed_import_of_python_loses_its_trace(
    runtime: str, error: str | None, payload: bytes, lost: bool
) -> None:
    outcome = Outcome(payload, error, b"", "1", "id")
    assert lost_its_trace(replace(FUNCTION, runtime=runtime), outcome) is lost


def test_failed_import_is_repeated_for_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "users_handler.py").write_text("import inner\n", "utf-8")
    (tmp_path / "inner.py").write_text("\nimport nowhere_to_be_found\n", "utf-8")

    trace = import_trace(replace(FUNCTION, package=tmp_path), {})

    assert f'File "{tmp_path}/inner.py", line 2, in <module>' in trace
    assert "No module named 'nowhere_to_be_found'" in trace


def test_endless_import_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "IMPORT_SECONDS", 0.5)
    source = "import time; time.sleep(60)\n"
    (tmp_path / "users_handler.py").write_text(source, "utf-8")
    assert import_trace(replace(FUNCTION, package=tmp_path), {}) == ""


# ---- TypeScript -----------------------------------------------------------------

NODE = replace(FUNCTION, runtime="nodejs24.x", handler="users-handler.handler")
BUNDLE = "users-handler.js"


def stack_at(bundle: Path, text: str) -> str:
    """Return a stack trace's line for the position of a text in a bundle."""
    before, found, _ = bundle.read_text("utf-8").partition(text)
    assert found
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"    at getHealth ({bundle}:{line}:{column})\n"


def test_position_in_the_bundle_becomes_a_line_of_a_source(tmp_path: Path) -> None:
    typescript.bundle(NODE.runtime, [NODE.logical_id], tmp_path)
    assert not (tmp_path / f"{BUNDLE}.map").exists()
    trace = stack_at(tmp_path / BUNDLE, '{status:"ok"')

    shown = in_typescript_sources(replace(NODE, package=tmp_path), f"Error\n{trace}")

    source = "handlers/typescript/health/get-health.ts"
    lines = Path(source).read_text("utf-8").splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if 'status: "ok",' in line]
    assert shown == f"Error\n    at getHealth ({source}:{number})\n"


def test_bundle_of_other_sources_keeps_its_positions(tmp_path: Path) -> None:
    typescript.bundle(NODE.runtime, [NODE.logical_id], tmp_path)
    bundle = tmp_path / BUNDLE
    bundle.write_text(f"// older\n{bundle.read_text('utf-8')}", "utf-8")
    trace = stack_at(bundle, '{status:"ok"')
    assert in_typescript_sources(replace(NODE, package=tmp_path), trace) == trace


def test_sources_that_cannot_be_bundled_leave_the_trace_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bundle(
        _runtime: str, _ids: Sequence[str], _target: Path, *, source_maps: bool
    ) -> None:
        assert source_maps
        raise BuildError("broken")

    monkeypatch.setattr(typescript, "bundle", bundle)
    (tmp_path / BUNDLE).write_text("broken", "utf-8")
    trace = f"    at {tmp_path / BUNDLE}:1:1\n"
    assert in_typescript_sources(replace(NODE, package=tmp_path), trace) == trace


def test_trace_without_the_bundle_builds_no_bundle(tmp_path: Path) -> None:
    trace = "".join(traceback.format_exception(ValueError("x")))
    assert in_typescript_sources(replace(NODE, package=tmp_path), trace) == trace
