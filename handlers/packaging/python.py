"""Package one Python function: `python -m handlers.packaging.python FUNCTION DIR`.

The same inputs give the same tree, byte by byte.
"""

from __future__ import annotations

import glob
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from handlers.packaging import schemas
from handlers.packaging.env_vars import provide
from handlers.packaging.models import trim_data
from handlers.packaging.order import NOTE, ROOT, BuildError, Order, carry_out
from handlers.packaging.wheels import fetch, refuse_foreign

SOURCE = ROOT / "handlers" / "python"
REQUIREMENTS = SOURCE / "requirements.txt"
DEPENDENCIES = ROOT / ".aws-sam" / "dependencies"

# What belongs to only one function. The functions share everything else.
OWN = {
    "UsersFunction": ("users_handler.py", "users", "health"),
    "AssetsFunction": ("assets_handler.py", "assets"),
}

# Files that installers leave: they name the builder's machine, or are never imported.
JUNK_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "*.pyi", "*.pyc")
JUNK_FOLDERS = ("bin", "tests", "test", "examples", "__pycache__")

# Lambda unpacks the package here; tracebacks show these paths.
TASK_ROOT = "/var/task"


def package(order: Order) -> set[str]:
    """Fill the artefact directory with dependencies, sources and bytecode.

    Returns the names at its top level that are sources.
    """
    shutil.copytree(dependencies(order), order.artefact, dirs_exist_ok=True)
    names = top_level(order.function)
    refuse_dependencies(names, order.artefact)
    copies = copy_sources(order.function, order.artefact)
    compile_to_bytecode(order.runtime, copies, order.artefact)
    return names


def replace_sources(function: str, package: Path) -> None:
    """Replace the sources in a package by the current ones.

    Files that are no longer sources are removed from the package; dependencies stay.
    The package is unchanged if a source cannot be read (`OSError`), if a schema cannot
    be read, or if a source has the name of a dependency (`BuildError`). Bytecode is
    removed with its sources: Python does not check it, so it would run instead of the
    new ones.
    """
    note = json.loads((package / NOTE).read_text("utf-8"))
    with tempfile.TemporaryDirectory(dir=package.parent) as scratch:
        fresh = Path(scratch)
        copy_sources(function, fresh)
        names = {path.name for path in fresh.iterdir()}
        refuse_dependencies(names - set(note["sources"]), package)
        note["sources"] = sorted(names.union(note["sources"]))
        (package / NOTE).write_text(json.dumps(note, indent=2) + "\n", "utf-8")
        for name in note["sources"]:
            _remove(package / name)
        for name in names:
            (fresh / name).rename(package / name)


def refuse_dependencies(names: Iterable[str], package: Path) -> None:
    """Raise `BuildError` if a dependency in `package` has one of these names."""
    for name in names:
        if (package / name).exists():
            raise BuildError(f"handlers/python/{name} has the name of a dependency")


def _remove(source: Path) -> None:
    if source.is_dir():
        shutil.rmtree(source)
        return
    source.unlink(missing_ok=True)
    compiled = f"{glob.escape(source.stem)}.*.pyc"
    for path in (source.parent / "__pycache__").glob(compiled):
        path.unlink()


def copy_sources(function: str, target: Path) -> list[Path]:
    """Copy the function's files into `target`, and add the bounds of the contract.

    Returns the files that were written.
    """
    copies = [schemas.write(target)]
    for path in sources(function):
        copy = target / path.relative_to(SOURCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copies.append(copy)
    return copies


def sources(function: str) -> Iterator[Path]:
    """Yield the Python files of `function`: its own and the shared ones, sorted.

    Broken links and hidden files are left out, because editors leave both.
    """
    others = {
        name for owner, names in OWN.items() if owner != function for name in names
    }
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        hidden = any(part.startswith(".") for part in parts)
        if parts[0] not in others and not hidden and path.is_file():
            yield path


def top_level(function: str) -> set[str]:
    """Return the names at a package's top level that are sources, not dependencies."""
    names = {path.relative_to(SOURCE).parts[0] for path in sources(function)}
    return {schemas.MODULE, *names}


def dependencies(order: Order) -> Path:
    """Return a directory of trimmed, compiled dependencies; it is made only once."""
    kept = DEPENDENCIES / f"{order.runtime}-{order.architecture}-{_digest(order)}"
    if kept.is_dir():
        return kept
    DEPENDENCIES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DEPENDENCIES) as scratch:
        tree = Path(scratch) / "tree"
        fetch(REQUIREMENTS, order.runtime, order.architecture, tree)
        refuse_foreign(tree, order.runtime, order.architecture)
        trim(tree)
        compile_to_bytecode(order.runtime, [tree], tree)
        # Builds may run in parallel: the second one finds the tree of the first.
        try:
            tree.rename(kept)
        except OSError:
            if not kept.is_dir():
                raise
    return kept


def _digest(order: Order) -> str:
    """Return a digest of what a tree depends on: pins, this package, the compiler."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    digest.update(str(interpreter(order.runtime)).encode())
    return digest.hexdigest()[:16]


def trim(tree: Path) -> None:
    """Remove what the functions never read."""
    for pattern in JUNK_FOLDERS:
        for path in [path for path in tree.rglob(pattern) if path.is_dir()]:
            shutil.rmtree(path)
    for pattern in JUNK_FILES:
        for path in tree.rglob(pattern):
            path.unlink()
    # boto3's own data is for its resource interface; the functions use only clients.
    shutil.rmtree(tree / "boto3" / "data")
    trim_data(tree / "botocore" / "data")


def compile_to_bytecode(runtime: str, what: list[Path], root: Path) -> None:
    """Write bytecode next to the source, if this machine has the runtime's Python.

    Without bytecode, Lambda compiles at each cold start. The bytecode is unchecked,
    because SAM zips every file with a time of 1980, which never equals the time that a
    check would record.
    """
    python = interpreter(runtime)
    if python is None:
        return
    command = [
        *[python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"],
        *["-s", str(root), "-p", TASK_ROOT, *map(str, what)],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"no bytecode: {done.stdout.strip()[-200:]}")


def interpreter(runtime: str) -> str | None:
    """Return the path of the runtime's Python, or None; it must really start."""
    python = shutil.which(runtime)
    if python is None:
        return None
    ask = "import pathlib, sys; print('python%d.%d' % sys.version_info[:2]);"
    ask += "print(pathlib.Path(sys.executable).resolve())"
    done = subprocess.run(
        [python, "-c", ask], capture_output=True, text=True, check=False
    )
    answer = done.stdout.split("\n")
    return answer[1] if done.returncode == 0 and answer[0] == runtime else None


if __name__ == "__main__":
    provide()
    sys.exit(carry_out("python", package))
