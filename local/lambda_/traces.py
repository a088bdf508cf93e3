"""The traces of faults in a handler: error messages and tracebacks for the developer.

A handler writes them to a separate pipe, because they do not belong in the log. Their
paths are those of the deployed package. This module turns them into paths of sources.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from handlers.packaging import python as python_packages
from handlers.packaging import typescript as typescript_packages
from handlers.packaging.order import BuildError
from local.children import die_with_parent
from local.lambda_.invocation import Outcome
from local.lambda_.output import drain
from local.lambda_.runtimes import PYTHON
from local.lambda_.source_map import SourceMap
from local.model import Function
from local.template import shown

# The handlers write a trace to the file descriptor that this variable names.
VARIABLE = "DEVELOPER_TRACE_FD"
# For one invocation. The rest is read, so that the handler can continue, and dropped.
MAX_BYTES = 256 * 1024
IMPORT_SECONDS = 10
CUT = b"\n... and more\n"


class TracePipe:
    """A pipe that a sandbox's process writes to; bytes are read as soon as they arrive.

    `write_end` is for the process; the caller closes its own copy after the start.
    """

    def __init__(self) -> None:
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._data = b""
        asyncio.get_running_loop().add_reader(self._read_end, self._drain)

    def take(self) -> str:
        """Return the text written since the last call."""
        self._drain()
        data, self._data = self._data, b""
        return data.decode("utf-8", "replace")

    def close(self) -> None:
        """Stop reading; `take` still returns the text read before."""
        self._drain()
        if self._read_end >= 0:
            asyncio.get_running_loop().remove_reader(self._read_end)
            os.close(self._read_end)
            self._read_end = -1

    def _drain(self) -> None:
        if self._read_end >= 0:
            drain(self._read_end, self._keep)

    def _keep(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > MAX_BYTES:
            self._data = self._data[:MAX_BYTES] + CUT


# ---- Python ---------------------------------------------------------------------


def import_trace(function: Function, environment: Mapping[str, str]) -> str:
    """Return the traceback of importing a Python function's module.

    AWS's runtime client names the failed import, but not its place in the code. So the
    import is repeated in a new process.
    """
    module = function.handler.rpartition(".")[0]
    try:
        done = subprocess.run(
            die_with_parent([str(PYTHON), "-c", f"import {module}"]),
            cwd=function.package,
            env={**environment, "PYTHONPATH": str(function.package)},
            capture_output=True,
            timeout=IMPORT_SECONDS,
            start_new_session=True,  # Ctrl-C goes to the stack, which ends this
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stderr.decode("utf-8", "replace")


def lost_its_trace(function: Function, outcome: Outcome) -> bool:
    """Return whether an import failed, which the runtime client reports untraced."""
    return (
        function.runtime.startswith("python")
        and outcome.error is not None
        and b'"Runtime.ImportModuleError"' in outcome.payload
    )


def in_python_sources(function: Function, trace: str) -> str:
    """Return a traceback with the paths of the sources and their lines of code.

    The build's bytecode contains Lambda's paths. Python finds no code under these paths
    on this machine, so the lines are added here.
    """
    roots = f"{re.escape(python_packages.TASK_ROOT)}|{re.escape(str(function.package))}"
    pattern = re.compile(
        rf'^( *)File "(?P<root>{roots})/(?P<path>.+)", line (?P<line>\d+)(?P<rest>.*)$',
        re.MULTILINE,
    )

    def located(match: re.Match[str]) -> str:
        path, number = match["path"], int(match["line"])
        source = python_packages.SOURCE / path
        file = source if source.is_file() else function.package / path
        line = f'{match[1]}File "{shown(file)}", line {number}{match["rest"]}'
        if match["root"] != python_packages.TASK_ROOT:
            return line
        code = _line_of(function.package / path, number)
        return f"{line}\n{match[1]}  {code}" if code else line

    return pattern.sub(located, trace)


def _line_of(file: Path, number: int) -> str:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return ""
    return lines[number - 1].strip() if number <= len(lines) else ""


# ---- TypeScript -----------------------------------------------------------------


def in_typescript_sources(function: Function, trace: str) -> str:
    """Return a stack trace with positions in the sources instead of the bundle.

    The package contains no source map, because the map would be deployed. The map is
    built for the first trace, and used only if its bundle equals the package's bundle.
    """
    bundle = function.package / typescript_packages.bundle_of(function.logical_id)
    if str(bundle) not in trace:
        return trace
    digest = hashlib.sha256(_code_of(bundle)).hexdigest()
    find = _source_finder(function.logical_id, function.runtime, digest)

    def located(match: re.Match[str]) -> str:
        found = find(int(match[1]), int(match[2]))
        return f"{found[0]}:{found[1]}" if found else match[0]

    return re.sub(rf"(?:file://)?{re.escape(str(bundle))}:(\d+):(\d+)", located, trace)


@functools.lru_cache(maxsize=8)
def _source_finder(
    logical_id: str, runtime: str, digest: str
) -> Callable[[int, int], tuple[str, int] | None]:
    """Return a function from a position in the bundle to a position in a source.

    It finds nothing if the sources no longer give a bundle with this digest.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        try:
            typescript_packages.bundle(runtime, [logical_id], folder, source_maps=True)
        except BuildError:
            return lambda *_: None
        bundle = folder / typescript_packages.bundle_of(logical_id)
        if hashlib.sha256(_code_of(bundle)).hexdigest() != digest:
            return lambda *_: None
        source_map = SourceMap(json.loads(Path(f"{bundle}.map").read_text("utf-8")))

    def find(line: int, column: int) -> tuple[str, int] | None:
        found = source_map.find(line, column)
        if found is None:
            return None
        return shown(Path(os.path.normpath(folder / found[0]))), found[1]

    return find


def _code_of(bundle: Path) -> bytes:
    """Return a bundle without the line that names its map."""
    return bundle.read_bytes().partition(b"//# sourceMappingURL=")[0]
