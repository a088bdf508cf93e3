"""The measured packages, as they are after a deploy.

`sam build` makes them, SAM's own code zips them as `sam package` does, and this module
unzips them with the times of the zip. These are of 1980, so bytecode that is checked by
timestamp is as stale here as on Lambda.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lab.bench.candidates import IMPLEMENTATIONS, LABELS, OURS, Candidate, Package
from local.deploy.build import build, only_one
from local.deploy.sam import SAM, SamError, sam
from local.implementations import named
from local.template import ROOT, at, load

FOLDER = ROOT / ".local" / "bench"
PEERS = ROOT / "lab" / "bench" / "peers"

# `sam package` zips a folder with this function, which sets modes and times.
ZIP = """
import sys
from samcli.lib.package.utils import make_zip_with_lambda_permissions
make_zip_with_lambda_permissions(sys.argv[1], sys.argv[2])
"""


def runtime(language: str) -> str:
    """Return the Lambda runtime of a language, as far as this machine can run it."""
    return named(IMPLEMENTATIONS[language]).runtime()


def ours(language: str) -> Candidate:
    """Build our implementation in a language; return it as deployed."""
    implementation = IMPLEMENTATIONS[language]
    built = build(implementation)
    template = load()
    packages = {
        name: deployed(
            built.template.parent / f"{name}Function",
            at(template, "Mappings", "Handlers", implementation, name),
            runtime(language),
        )
        for name in ("Users", "Assets")
    }
    label = {"python": "our Python", "node": "our TypeScript"}[language]
    return Candidate(language, OURS, label, packages["Users"], packages["Assets"])


def peer(language: str, name: str) -> Candidate:
    """Build a peer with SAM's own builder; return it as deployed."""
    built = _built_peer(language, name)
    users, assets = (
        deployed(built / function.title(), f"{function}.handler", runtime(language))
        for function in ("users", "assets")
    )
    return Candidate(language, name, LABELS[language][name], users, assets)


def deployed(built: Path, handler: str, runtime_name: str) -> Package:
    """Zip a built folder as SAM does and unzip it, once for each content."""
    parent = FOLDER / "deployed" / f"{built.name}-{_digest([built])[:16]}"
    folder, archive = parent / "package", parent / "package.zip"
    with only_one(parent):
        if not folder.is_dir():
            shutil.rmtree(parent / "unzipping", ignore_errors=True)
            zip_as_sam_does(built, archive)
            unzip(archive, parent / "unzipping")
            (parent / "unzipping").rename(folder)
    return Package(folder, archive.stat().st_size, handler, runtime_name)


def zip_as_sam_does(folder: Path, archive: Path) -> None:
    """Write the zip that `sam package` makes of a folder; its name ends in .zip."""
    python = SAM.with_name("python")
    arguments = [str(archive.with_suffix("")), str(folder)]
    command = [str(python), "-c", ZIP, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SamError(f"{folder.name} was not zipped: {done.stderr[-400:]}")


def unzip(archive: Path, target: Path) -> None:
    """Unzip and set the files' times, which `zipfile` does not restore."""
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            path = Path(zipped.extract(entry, target))
            stamp = time.mktime((*entry.date_time, 0, 0, -1))
            os.utime(path, (stamp, stamp))


# ---- peers ----------------------------------------------------------------------


def _built_peer(language: str, name: str) -> Path:
    """Run SAM CLI on a peer if it changed; return the folder of its packages."""
    folder = FOLDER / language / name
    with only_one(folder):
        built, note = folder / "build", folder / "digest"
        sources = [PEERS / language / "shared", PEERS / language / name]
        wanted = _digest(sources) + runtime(language)
        if not (note.is_file() and note.read_text("utf-8") == wanted):
            note.unlink(missing_ok=True)
            template = _copy_sources(language, sources, folder / "source")
            arguments = ["--template-file", str(template), "--build-dir", str(built)]
            # SAM looks for the runtime's Python, and for its pip, on the PATH.
            path = f"{ROOT / '.venv' / 'uv' / 'bin'}:{os.environ['PATH']}"
            environment = {**os.environ, "PATH": path}
            sam(["build", *arguments], folder / "build.log", environment)
            note.write_text(wanted, "utf-8")
    return built


def _copy_sources(language: str, sources: Iterable[Path], folder: Path) -> Path:
    """Copy the sources into one folder and write a template; return its path."""
    shutil.rmtree(folder, ignore_errors=True)
    for source in sources:
        shutil.copytree(source, folder / "code", dirs_exist_ok=True)
    functions = ("users", "assets")
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            function.title(): _resource(language, function) for function in functions
        },
    }
    template = folder / "template.json"
    template.write_text(json.dumps(document, indent=2), "utf-8")
    return template


def _resource(language: str, function: str) -> dict[str, object]:
    resource: dict[str, object] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": runtime(language),
            "Handler": f"{function}.handler",
            "CodeUri": "code",
        },
    }
    if language == "node":
        # As `sam init` writes it for TypeScript, without source maps, which Node reads
        # only if they are enabled. `npm ci` keeps to the lock file.
        resource["Metadata"] = {
            "BuildMethod": "esbuild",
            "BuildProperties": {
                "Minify": True,
                "Target": "es2020",
                "EntryPoints": [f"{function}.ts"],
                "UseNpmCi": True,
            },
        }
    return resource


def _digest(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
