"""Each fault of a contract's volatile.yaml is reported in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.plugin.kinds import kinds_of
from tests.plugin.conftest import CONTRACT
from twinproof.checks.checks import Checks
from twinproof.checks.volatile import Volatile
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract
from twinproof.domain.kinds import Kind
from twinproof.domain.tool_kinds import tool_kinds
from twinproof.errors import FileFault
from twinproof.files import read_yaml
from twinproof.lint.lint import lint


def wrong(root: Path) -> list[str]:
    with pytest.raises(FileFault) as fault:
        Checks.read(Contract(root))
    return [str(finding) for finding in fault.value.findings]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "    userId: identity\n",
            "    userId: identify\n",
            (
                "volatile.yaml: schemas/user.json userId: "
                "there is no such kind: identify; the nearest is identity"
            ),
        ),
        (
            "    updatedAt: time-of-write\n",
            "    updatedAt: own-text\n",
            (
                "volatile.yaml: schemas/user.json updatedAt: "
                "there is no such kind: own-text; the nearest is download-end"
            ),
        ),
        (
            "{kind: relative-time,",
            "{kind: relative-tim,",
            (
                "volatile.yaml: schemas/user.json expiresAt: "
                "there is no such kind: relative-tim; the nearest is relative-time"
            ),
        ),
        (
            "  schemas/download.json:",
            "  schemas/downloads.json:",
            "volatile.yaml: schemas/downloads.json: there is no such schema",
        ),
        (
            "\nkinds:\n",
            "\nkinds:\n  one-week: {offset: [createdAt, 7d]}\n",
            "volatile.yaml: kinds one-week: no field is of this kind",
        ),
        (
            "\nkinds:\n",
            "\nkinds:\n  cursor: {counter: 1, per: write}\n",
            "volatile.yaml: kinds cursor: the plugin has a kind of this name",
        ),
        (
            "[createdAt, 24h]",
            "[createdAt, 24 hours]",
            (
                "volatile.yaml: /kinds/one-day/offset/1: "
                "does not match ^[1-9][0-9]{0,8}(ms|s|m|h|d)$"
            ),
        ),
        (
            "\npages:",
            "\nlists: {}\npages:",
            (
                "volatile.yaml: Additional properties are not allowed "
                "('lists' was unexpected)"
            ),
        ),
    ],
)
def test_fault_is_one_line_with_its_location(
    small_contract: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    line: str,
) -> None:
    path = small_contract / "volatile.yaml"
    path.write_text(path.read_text().replace(old, new, 1))

    assert wrong(small_contract) == [line]
    assert main(["--contract", str(small_contract), "lint", "--counts"]) == 1
    assert line in capsys.readouterr().out.splitlines()


def test_missing_file_is_reported(small_contract: Path) -> None:
    (small_contract / "volatile.yaml").unlink()

    [line] = wrong(small_contract)
    assert line == "volatile.yaml: No such file or directory"


def test_lint_reports_a_missing_plugin(small_contract: Path) -> None:
    path = small_contract / "twinproof.toml"
    path.write_text(path.read_text().replace('"contract.plugin"', '"nowhere"', 1))

    found = [str(finding) for finding in lint(Contract(small_contract))]

    line = "the plugin nowhere cannot be imported: No module named 'nowhere'"
    assert f"twinproof.toml: /plugin/module: {line}" in found


def test_every_kind_is_used(checks: Checks) -> None:
    document = read_yaml(CONTRACT / "volatile.yaml")
    used = {
        name for declared in document["members"].values() for name in declared.values()
    }
    used |= {
        entry["kind"]
        for declared in document["compared"].values()
        for entry in declared.values()
    }
    own = checks.domain.kinds

    assert own.keys() <= used
    # The tool has no unused kind either.
    known = own.keys() | document["kinds"].keys()
    assert used == known | tool_kinds(checks.contract.config).keys()


def test_kind_of_the_service_replaces_the_tools(contract: Contract) -> None:
    own = Kind("identity", lambda _, __: "another")

    volatile = Volatile.read(contract, {**kinds_of(contract.config), "identity": own})

    assert volatile.members["schemas/user.json"]["userId"] is own
    assert volatile.compared["schemas/log-line.json"]["userId"] is own
