"""`make lint` reads the sources, and no files that other commands make."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOUND = "export const a = 1;\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of one source file."""
    for name in ("biome.json", "package.json"):
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    place = tmp_path / "handlers" / "typescript"
    place.mkdir(parents=True)
    (place / "a.ts").write_text(SOUND, encoding="utf-8")
    return tmp_path


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["npm", "run", "--silent", "lint"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", [".aws-sam", ".local", ".venv", "build", "reports"])
def test_what_commands_make_is_not_even_looked_into(
    checkout: Path, folder: str
) -> None:
    """A configuration file stops biome in any folder, even one it does not lint."""
    place = checkout / folder / "python"
    place.mkdir(parents=True)
    (place / "biome.json").write_text("{", encoding="utf-8")
    (place / "a.ts").write_text("export const  a=1", encoding="utf-8")

    done = lint(checkout)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "name",
    ["handlers/typescript/a.ts", "handlers/packaging/a.mjs", "local/lambda_/a.mjs"],
)
def test_sources_are_linted(checkout: Path, name: str) -> None:
    source = checkout / name
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("export const  a=1", encoding="utf-8")

    assert lint(checkout).returncode == 1
