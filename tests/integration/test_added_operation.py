"""A new operation needs only its contract, its handlers and its template.

The copy has no tool: the one of this checkout lints, checks and fuzzes it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from local.template import load
from tests.integration.stacks import COPIED, ROOT, Stack, copy_checkout

# A build and a stack of its own: a minute, with those who take as long.
pytestmark = pytest.mark.mutants

ADDED = Path(__file__).parent / "added"
EDITS = yaml.safe_load((ADDED / "edits.yaml").read_text("utf-8"))
OPERATION = "greetUser"
EVENT = "events/greet-user.json"
TOOL = Path(sys.executable).with_name("twinproof")
STATUSES = {200, 400, 404}


@dataclass(frozen=True)
class Extended:
    """A checkout with the operation, and the stack that serves it."""

    root: Path
    stack: Stack

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout; what it imports of the project is there."""
        return subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    def tool(self, *arguments: str) -> str:
        """Return the output of the tool; fail if the tool fails."""
        done = self.run(str(TOOL), *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def targets(self) -> list[str]:
        """Return the flags of both implementations, and of their data."""
        python, typescript = self.stack.url, self.stack.typescript_url
        urls = [f"python={python}", f"typescript={typescript}"]
        flags = [word for url in urls for word in ("--target", url)]
        where = ["--lambda-endpoint", self.stack.lambda_endpoint]
        return [*flags, "--endpoint", self.stack.endpoint, *where]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extended]:
    """A running copy of this service with one more operation."""
    root = copy_checkout(tmp_path_factory.mktemp("added") / "checkout")
    shutil.copytree(ROOT / "events", root / "events")
    # Lint reads the files that the contract cites; the tool is there as a link too.
    for name in ("docs", "pyproject.toml", "tests", "twinproof"):
        (root / name).symlink_to(ROOT / name)
    add_the_operation(root)
    started = Stack(root)
    try:
        yield Extended(root, started.ready())
    finally:
        started.close()


def add_the_operation(root: Path) -> None:
    """Write the files of the operation, and its lines in existing files."""
    for name, source in EDITS["files"].items():
        shutil.copy(ADDED / source, own(root, name))
    for edit in EDITS["lines"]:
        path = own(root, edit["file"])
        text = path.read_text("utf-8")
        assert text.count(edit["before"]) == 1, edit
        added = text.replace(edit["before"], edit["put"] + edit["before"])
        path.write_text(added, "utf-8")


def own(root: Path, name: str) -> Path:
    """Return the path of a file of the copy; the tool is a link, not part of it."""
    path = root / name
    assert path.resolve().is_relative_to(root.resolve()), name
    return path


def contents(root: Path) -> dict[str, bytes]:
    """Return the contents of the files of the service and its contract."""
    parts = [root / name for name in (*COPIED, "events")]
    files = [path for part in parts for path in (part, *part.rglob("*"))]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and path.suffix != ".pyc"
    }


def test_lint_wants_nothing_else_once_its_event_is_rendered(extended: Extended) -> None:
    extended.tool("events")

    assert extended.tool("lint") == ""
    extended.tool("events", "--check")
    extended.tool("emulators", "--check")
    agreed = extended.run(sys.executable, "-m", "local.commands.agreement")
    assert (agreed.returncode, agreed.stdout, agreed.stderr) == (0, "", "")


def test_eight_files_were_written_by_hand_and_one_rendered(extended: Extended) -> None:
    extended.tool("events")

    before, now = contents(ROOT), contents(extended.root)
    touched = {
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    }

    assert touched == {
        EVENT,
        "contract/cases/greet-user.yaml",
        "contract/openapi.yaml",
        "contract/schemas/greeting.json",
        "handlers/python/users/greet_user.py",
        "handlers/python/users/routes.py",
        "handlers/typescript/users/greet-user.ts",
        "handlers/typescript/users/routes.ts",
        "template.yaml",
    }


def test_sam_has_built_it_for_both_implementations(extended: Extended) -> None:
    # The copied builds do not have the event.
    for implementation in ("python", "typescript"):
        built = extended.root / ".local" / implementation / "build" / "template.yaml"
        function = load(built)["Resources"]["UsersFunction"]["Properties"]
        assert OPERATION in function["Events"]


def test_both_implementations_answer_it_as_its_cases_say(extended: Extended) -> None:
    printed = extended.tool("check", *extended.targets(), "--case", OPERATION)

    assert printed.splitlines()[-1].startswith(
        "4 cases, 2 targets, 4 pairs: 12 passed, 0 failed"
    )


def test_fuzzing_reaches_its_statuses_and_finds_no_difference(
    extended: Extended, tmp_path: Path
) -> None:
    size = ["--sequences", "100", "--seed", "1", "--report", str(tmp_path)]
    extended.tool("fuzz", *extended.targets(), *size)

    report = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))
    reached = {
        each["status"]
        for each in report["coverage"]
        if each["operation"] == OPERATION and each["sequences"]
    }
    assert report["divergences"] == []
    assert reached == STATUSES
