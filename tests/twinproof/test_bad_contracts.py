"""A fault in the files of a contract is one line with its location."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.twinproof.todo import EXAMPLE
from twinproof.checks.volatile import Volatile
from twinproof.commands.cli import main
from twinproof.contract.openapi import Contract
from twinproof.domain.loading import domain_of
from twinproof.errors import FileFault, FileFinding
from twinproof.lint.config import lint_config
from twinproof.lint.lint import lint

TOML, VOLATILE = "twinproof.toml", "volatile.yaml"
LINES = (
    'request = {{ where = {{ event = "x" }}, schema = "{0}" }}\n'
    'metric = {{ has = "_aws", schema = "{0}" }}\n'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the example's contract, to be made invalid."""
    return shutil.copytree(EXAMPLE, tmp_path / "todo") / "contract"


def make_invalid(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def where_and_what(findings: list[FileFinding]) -> list[tuple[str, str]]:
    return [(each.where, each.what) for each in findings]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('store = "todos"', 'store = "nope"', "/records/todo/store"),
        ("schemas/stored-todo.json", "schemas/nope.json", "/records/todo/schema"),
        ("{text}-{case}-{run}", "{text}-{case}", "/own/title/format"),
        ("{text}-{case}-{run}", "{text}-{run}", "/own/title/format"),
        ('kind = "memory"', 'kind = "dynamodb"', "/stores/todos"),
        ('notations = ["uuid"]', "notations = []", "/ids/notations"),
        ("[0-9]{1,16}", "[0-9]{1,16", "/match/cursor"),
    ],
)
def test_unusable_value_is_reported_when_the_contract_is_read(
    root: Path, old: str, new: str, where: str
) -> None:
    make_invalid(root / TOML, old, new if where != "/match/cursor" else "(" + new + "}")

    with pytest.raises(FileFault) as fault:
        Contract(root)

    assert {each.where for each in fault.value.findings} == {where}


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ('[files]\ndocument = "api.yaml"\n', "/files"),
        ('[files]\nproblems = "schemas/nope.json"\n', "/files/problems"),
        ('[companions]\nx = "schemas/nope.json"\n', "/companions/x"),
        (
            '[gateway]\nmarker = "x-request-id"\nschema = "schemas/nope.json"\n',
            "/gateway/schema",
        ),
        (
            '[logs]\nid = "id"\n' + LINES.format("schemas/nope.json"),
            "/logs/request/schema",
        ),
        ("[logs]\n" + LINES.format("schemas/todo.json"), "/logs"),
        (
            '[outputs]\nx = { output = "X", type = "integer", default = "a" }\n',
            "/outputs/x/default",
        ),
        (
            '[functions]\na = { output = "A" }\nb = { output = "B" }\n',
            "/functions/a/route",
        ),
    ],
)
def test_name_of_something_missing_is_reported_when_the_contract_is_read(
    root: Path, more: str, where: str
) -> None:
    add(root / TOML, f"\n{more}")

    with pytest.raises(FileFault) as fault:
        Contract(root)

    assert fault.value.findings[0].where == where


@pytest.mark.parametrize("key", ["id", "store"])
def test_records_that_only_a_plugin_can_distinguish_need_one(
    root: Path, key: str
) -> None:
    other = {"id": "noteId", "store": "notes"} | {key: {"id": "id"}.get(key, "todos")}
    add(
        root / TOML,
        '\n[stores.notes]\nkind = "memory"\n'
        '[records.note]\nschema = "schemas/todo.json"\noperations = ["*"]\n'
        f'id = "{other["id"]}"\nstore = "{other["store"]}"\n',
    )
    assert Contract(root).config.plugin
    make_invalid(root / TOML, '[plugin]\nmodule = "todo_plugin"\npath = ".."\n', "")

    with pytest.raises(FileFault) as fault:
        Contract(root)

    locations = {each.where for each in fault.value.findings}
    assert locations == {f"/records/todo/{key}", f"/records/note/{key}"}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"*Todo"', '"*Tudo"', "/records/todo/operations"),
        ("rules.md#responses", "rules.md#nope", "/request-id/clause"),
        ('"-createdAt"', '"-createdOn"', "/lists/order"),
        ("[own]\n", '[own]\nref = { format = "{text}{case}{run}" }\n', "/own/ref"),
    ],
)
def test_name_that_matches_nothing_is_a_finding(
    root: Path, old: str, new: str, where: str
) -> None:
    make_invalid(root / TOML, old, new)
    domain = domain_of(Contract(EXAMPLE / "contract"))

    findings = list(lint_config(Contract(root), domain))

    assert [each.where for each in findings] == [where]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "[createdAt, 30d]",
            "[made, 30d]",
            ("schemas/stored-todo.json expiresAt", "the schema has no field made"),
        ),
        (
            "seconds-up: expiresAt",
            "seconds-up: ends",
            ("schemas/stored-todo.json ttl", "the schema has no field ends"),
        ),
        (
            "    writeId: write-id",
            "    writeID: write-id",
            ("schemas/stored-todo.json writeID", "the schema has no field writeID"),
        ),
        (
            '"[0-9a-f]{32}"',
            '"[0-9a-f"',
            ("kinds write-id", "'^(?:[0-9a-f)$' is not a pattern: Unbalanced bracket"),
        ),
    ],
)
def test_kind_that_would_check_nothing_is_a_finding(
    root: Path, old: str, new: str, finding: tuple[str, str]
) -> None:
    make_invalid(root / VOLATILE, old, new)
    kinds = domain_of(Contract(EXAMPLE / "contract")).kinds

    with pytest.raises(FileFault) as fault:
        Volatile.read(Contract(root), kinds)

    assert where_and_what(fault.value.findings) == [finding]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("raises", "raise RuntimeError('x')", "cannot be imported: RuntimeError: x"),
        ("syntax", "def (", "cannot be imported: SyntaxError: invalid syntax"),
        ("empty", "", "has no function `domain`"),
        ("fails", "def domain(_, __): return {}['x']", "fails in `domain`: KeyError"),
        ("none", "def domain(_, __): pass", "returns a domain without records"),
        (
            "partial",
            (
                "from twinproof.plugin import PlainDomain\n"
                "def domain(config, _):\n"
                "    return PlainDomain(object(), PlainDomain.of(config).effects)"
            ),
            "returns a domain without records.set_up",
        ),
        (
            "kinds",
            (
                "from dataclasses import replace\n"
                "from twinproof.plugin import PlainDomain\n"
                "def domain(config, _):\n"
                "    return replace(PlainDomain.of(config), kinds={'x': 1})"
            ),
            "returns a domain without Kind under kinds['x']",
        ),
    ],
)
def test_plugin_that_is_unfit_is_one_line(
    root: Path, name: str, text: str, what: str
) -> None:
    module = f"unfit_{name}"
    (root.parent / f"{module}.py").write_text(text, "utf-8")
    path = root / TOML
    path.write_text(
        path.read_text("utf-8").replace('"todo_plugin"', f'"{module}"'), "utf-8"
    )

    with pytest.raises(FileFault) as fault:
        domain_of(Contract(root))

    [line] = str(fault.value).splitlines()
    assert line.startswith(
        f"twinproof.toml: /plugin/module: the plugin {module} {what}"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["--contract", "nowhere", "lint"],
            "--contract nowhere: no such folder",
        ),
        (["--contract", "ROOT", "emulators"], "ROOT has no emulators/*.yaml"),
        (
            ["--contract", "ROOT", "emulators", "--check"],
            "ROOT has no emulators/*.yaml",
        ),
        (
            ["--contract", "ROOT", "check", "--target", "a=lambda:"],
            "target a: lambda: twinproof.toml has no [functions]; say lambda:FUNCTION",
        ),
    ],
)
def test_command_that_cannot_run_prints_the_reason(
    root: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([each.replace("ROOT", str(root)) for each in arguments])

    assert code == 2
    printed = capsys.readouterr().err
    assert printed == f"twinproof: {line.replace('ROOT', str(root))}\n"


def test_answer_of_a_gateway_needs_to_be_known_from_the_service_s(root: Path) -> None:
    make_invalid(
        root / "cases" / "get-todo.yaml",
        "then: {status: 200, json: {id: {ref: milk.id}, title: Buy milk, done: false}}",
        "then: {status: 404, gateway: true}",
    )

    findings = lint(Contract(root))

    what = "gateway: twinproof.toml has no [gateway], so nothing would be checked"
    assert what in {each.what for each in findings}
