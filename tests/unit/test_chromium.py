"""Browser tests run, or give the reason why they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chromium import chromium_command


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["chromium", "chromium-browser"])
def test_chromium_is_found_by_both_of_its_names(installed: Path, name: str) -> None:
    (installed / name).touch(0o755)

    assert chromium_command()[0] == str(installed / name)


@pytest.mark.usefixtures("installed")
def test_without_chromium_the_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="chromium is not installed"):
        chromium_command()


@pytest.mark.usefixtures("installed")
def test_in_ci_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="chromium is not installed"):
        chromium_command()
