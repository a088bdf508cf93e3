"""The lines that `make lint` prints if two files name different routes or versions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local.commands import agreement
from local.commands.agreement import disagreements
from local.template import ROOT, ConfigurationError

API, TEMPLATE = "contract/openapi.yaml", "template.yaml"
PYTHON, TYPESCRIPT = "handlers/python", "handlers/typescript"
USER = "/paths/~1users~1{userId}"
OTHERS = "template.yaml and the handlers"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of the files that name routes and versions; tests change it."""
    for name in (API, TEMPLATE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for tree in (PYTHON, TYPESCRIPT):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / tree, tmp_path / tree, ignore=ignored)
    return tmp_path


def make_invalid(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), "utf-8")


def line_of(root: Path, file: str, text: str) -> int:
    return (root / file).read_text("utf-8").partition(text)[0].count("\n") + 1


def test_this_project_agrees() -> None:
    assert disagreements(ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "  /users/{userId}:",
            "  /people/{userId}:",
            (
                "/paths/~1people~1{userId}: the path is /people/{userId},"
                f" in {OTHERS} /users/{{userId}}"
                " (getUser, replaceUser, updateUser, deleteUser)"
            ),
        ),
        (
            "    put:\n      operationId: replaceUser",
            "    post:\n      operationId: replaceUser",
            (
                "/paths/~1users~1{userId}: the route is POST /users/{userId},"
                f" in {OTHERS} PUT /users/{{userId}} (replaceUser)"
            ),
        ),
        (
            "operationId: getHealth",
            "operationId: health",
            f"/paths/~1health: GET /health is getHealth in {OTHERS} (health)",
        ),
        (
            "  /health:\n",
            "  /ready:\n    get:\n      operationId: getReady\n  /health:\n",
            f"/paths/~1ready: there is no such operation in {OTHERS} (getReady)",
        ),
        (
            "    get:\n      operationId: getHealth",
            "    trace:\n      operationId: getHealth",
            f"has no route GET /health, as in {OTHERS} (getHealth)",
        ),
    ],
)
def test_document_that_differs_from_all_others_is_one_line(
    checkout: Path, old: str, new: str, line: str
) -> None:
    make_invalid(checkout, API, old, new)

    assert disagreements(checkout) == [f"{API}: {line}"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "Method: GET, Path: /health}",
            "Method: GET, Path: /alive}",
            (
                "Resources/UsersFunction/Events/getHealth: the path is /alive,"
                f" in {API} /health (getHealth)"
            ),
        ),
        (
            "Method: POST, Path: /users}",
            "Method: PUT, Path: /users}",
            (
                "Resources/UsersFunction/Events/createUser: the route is PUT /users,"
                f" in {API} POST /users (createUser)"
            ),
        ),
        (
            "        listUsers:\n",
            "        listPeople:\n",
            (
                "Resources/UsersFunction/Events/listPeople: GET /users is listUsers"
                f" in {API} (listPeople)"
            ),
        ),
        (
            "        getHealth:\n          Type: HttpApi",
            "        getHealth:\n          Type: Api",
            f"has no route GET /health, as in {API} (getHealth)",
        ),
    ],
)
def test_event_of_the_template_that_differs_is_one_line(
    checkout: Path, old: str, new: str, line: str
) -> None:
    make_invalid(checkout, TEMPLATE, old, new)

    assert disagreements(checkout) == [f"{TEMPLATE}: {line}"]


@pytest.mark.parametrize(
    ("file", "key", "operation"),
    [
        (f"{PYTHON}/users/routes.py", "PATCH /users/{userId}", "updateUser"),
        (f"{PYTHON}/assets/routes.py", "GET /assets", "listAssets"),
        (f"{PYTHON}/health/routes.py", "GET /health", "getHealth"),
        (f"{TYPESCRIPT}/users/routes.ts", "PATCH /users/{userId}", "updateUser"),
        (f"{TYPESCRIPT}/assets/routes.ts", "GET /assets", "listAssets"),
        (f"{TYPESCRIPT}/health/routes.ts", "GET /health", "getHealth"),
    ],
)
def test_route_of_a_handler_that_differs_is_one_line(
    checkout: Path, file: str, key: str, operation: str
) -> None:
    number = line_of(checkout, file, f'"{key}"')
    method, path = key.split()
    make_invalid(checkout, file, f'"{key}"', f'"{method} /other"')

    assert disagreements(checkout) == [
        f"{file}: line {number}: the path is /other, in {API} {path} ({operation})"
    ]


@pytest.mark.parametrize("tree", [PYTHON, TYPESCRIPT])
def test_operation_that_a_tree_lacks_is_one_line(checkout: Path, tree: str) -> None:
    suffix = "py" if tree == PYTHON else "ts"
    file = f"{tree}/assets/routes.{suffix}"
    make_invalid(checkout, file, '"GET /assets/{assetId}/download"', "DOWNLOAD")

    assert disagreements(checkout) == [
        (
            f"{tree}: has no route GET /assets/{{assetId}}/download, as in {API}"
            " (downloadAsset)"
        )
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{PYTHON}/shared/version.py", '"1.0.0"', '"1.1.0"'),
        (f"{TYPESCRIPT}/shared/version.ts", '"1.0.0"', '"1.1.0"'),
    ],
)
def test_another_version_is_one_line(
    checkout: Path, file: str, old: str, new: str
) -> None:
    make_invalid(checkout, file, old, new)

    assert disagreements(checkout) == [f"{file}: the version is 1.1.0, in {API} 1.0.0"]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (API, "{", f"{API} cannot be read: "),
        (API, "[]", f"{API} is no mapping"),
        (API, "paths: {}", f"{API}: info is no mapping"),
        (API, "info: {}", f"{API}: paths is no mapping"),
        (TEMPLATE, "{", "template.yaml cannot be read: "),
    ],
)
def test_file_that_cannot_be_read_is_one_line(
    checkout: Path, file: str, text: str, told: str
) -> None:
    (checkout / file).write_text(text, "utf-8")

    with pytest.raises(ConfigurationError) as raised:
        disagreements(checkout)

    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            API,
            "      operationId: getUser\n",
            "",
            f"{API}: {USER}/get has no operationId",
        ),
        (
            API,
            "operationId: getUser",
            "operationId: 7",
            f"{API}: {USER}/get: operationId is no text, so put it in quotes",
        ),
        (
            API,
            "\n  /health:\n    get:\n",
            "\n  /health:\n    get:\n    x-get:\n",
            f"{API}: /paths/~1health/get is no mapping",
        ),
        (
            API,
            "\n  /health:\n",
            "\n  404:\n\n  /health:\n",
            f"{API}: /paths/404 is no mapping",
        ),
        (API, "  version: 1.0.0\n", "", f"{API}: info has no version"),
        (
            API,
            "  version: 1.0.0\n",
            "  version: 1.0\n",
            f"{API}: info: version is no text, so put it in quotes",
        ),
        (
            TEMPLATE,
            "      Events:\n",
            "      Events:\n      Others:\n",
            "template.yaml: Resources/UsersFunction/Events is no mapping",
        ),
        (
            TEMPLATE,
            "    Properties:\n      FunctionName",
            "    Properties:\n    Others:\n      FunctionName",
            "template.yaml: Resources/UsersFunction/Properties is no mapping",
        ),
        (
            TEMPLATE,
            "        listUsers:\n",
            "        listUsers: []\n        others:\n",
            "template.yaml: Resources/UsersFunction/Events/listUsers is no mapping",
        ),
        (
            TEMPLATE,
            "Properties: {ApiId: !Ref HttpApi, Method: GET, Path: /health}",
            "Properties: [Api]",
            (
                "template.yaml: Resources/UsersFunction/Events/getHealth/Properties"
                " is no mapping"
            ),
        ),
    ],
)
def test_entry_that_is_missing_or_of_another_kind_is_one_line(
    checkout: Path, file: str, old: str, new: str, told: str
) -> None:
    make_invalid(checkout, file, old, new)

    with pytest.raises(ConfigurationError) as raised:
        disagreements(checkout)

    assert str(raised.value) == told


@pytest.mark.parametrize(
    "file",
    [f"{PYTHON}/shared/version.py", f"{TYPESCRIPT}/users/routes.ts"],
)
def test_file_that_is_no_text_is_told_by_its_name(checkout: Path, file: str) -> None:
    (checkout / file).write_bytes(b"\xff")

    with pytest.raises(ConfigurationError, match=rf"^{file} cannot be read: "):
        disagreements(checkout)


def test_differences_are_printed_and_fail(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(agreement, "ROOT", checkout)
    assert agreement.main() == 0
    assert capsys.readouterr() == ("", "")

    version = f"{PYTHON}/shared/version.py"
    make_invalid(checkout, version, '"1.0.0"', '"2.0.0"')
    assert agreement.main() == 1
    line = f"{version}: the version is 2.0.0, in {API} 1.0.0\n"
    assert capsys.readouterr() == (line, "")

    (checkout / version).unlink()
    assert agreement.main() == 2
    assert version in capsys.readouterr().err
