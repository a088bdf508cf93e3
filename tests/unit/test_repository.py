"""Facts that the repository states once, or repeats word for word."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FORMS = [
    path
    for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    if path.name != "config.yml"
]
# https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
FIELDS = {"textarea", "input", "dropdown", "checkboxes"}
ATTRIBUTES = {"label", "description", "placeholder", "value", "render", "options"}


def newest_version(changelog: Path) -> str:
    """Return the version of the first entry of a list of changes."""
    found = re.search(r"(?m)^## (\S+)$", changelog.read_text("utf-8"))
    assert found
    return found[1]


def test_newest_change_of_the_service_has_the_version_of_the_api() -> None:
    api = yaml.safe_load((ROOT / "contract" / "openapi.yaml").read_text("utf-8"))

    assert newest_version(ROOT / "CHANGELOG.md") == api["info"]["version"]


def test_newest_change_of_the_tool_has_the_version_of_its_package() -> None:
    project = tomllib.loads((ROOT / "twinproof" / "pyproject.toml").read_text("utf-8"))

    newest = newest_version(ROOT / "twinproof" / "CHANGELOG.md")
    assert newest == project["project"]["version"]


def test_tool_is_packed_with_the_licence_of_the_project() -> None:
    licence = (ROOT / "LICENSE").read_bytes()

    assert (ROOT / "twinproof" / "LICENSE").read_bytes() == licence


def test_hooks_run_make_and_pin_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    [local] = yaml.safe_load(text)["repos"]
    targets = re.findall(r"(?m)^([a-z-]+):", (ROOT / "mk" / "prove.mk").read_text())

    assert local["repo"] == "local"
    for hook in local["hooks"]:
        make, target = hook["entry"].split()
        assert (make, hook["language"]) == ("make", "system")
        assert target in targets


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_issue_form_has_the_shape_that_github_reads(form: Path) -> None:
    document = yaml.safe_load(form.read_text("utf-8"))
    body = document["body"]
    ids = [field["id"] for field in body]
    labels = [field["attributes"]["label"] for field in body]

    assert document.keys() == {"name", "description", "labels", "body"}
    assert all(field["type"] in FIELDS for field in body)
    assert all(field["attributes"].keys() <= ATTRIBUTES for field in body)
    assert all(
        ("options" in field["attributes"]) == (field["type"] == "dropdown")
        for field in body
    )
    assert len(set(ids)) == len(ids)
    assert len(set(labels)) == len(labels)


def test_each_issue_form_has_a_name_of_its_own() -> None:
    names = [yaml.safe_load(form.read_text("utf-8"))["name"] for form in FORMS]

    assert len(names) == 3
    assert len(set(names)) == len(names)
