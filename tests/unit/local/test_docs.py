"""The API reference serves its own files and no others."""

import json
import re
from pathlib import Path

import pytest

from local.gateway import docs
from local.gateway.docs import About, Docs, page, published
from local.http.messages import Request, Response

ABOUT = About("python", {"typescript": "http://127.0.0.1:3001"}, "5")
PAGE = page(ABOUT)
DOCS = Docs({"": PAGE, "openapi.yaml": "openapi: 3.1.0", "schemas/user.json": "{}"})
# The files that a browser loads for a page.
LOADED = re.compile(r'(?:<link [^>]*href|<script src)="([^"]+)"')


def got(target: str, method: str = "GET") -> Response:
    response = DOCS.answer(Request(method, target, (), b""))
    assert response is not None
    return response


@pytest.mark.parametrize(
    ("target", "content_type"),
    [
        ("/docs/", "text/html; charset=utf-8"),
        ("/docs/?deep=link", "text/html; charset=utf-8"),
        ("/docs/openapi.yaml", "application/yaml"),
        ("/docs/schemas/user.json", "application/json"),
        ("/docs/schemas%2Fuser.json", "application/json"),
    ],
)
def test_file_has_its_content_type(target: str, content_type: str) -> None:
    response = got(target)

    assert response.status == 200
    assert dict(response.headers)["content-type"] == content_type


def test_path_without_a_slash_redirects_to_the_page() -> None:
    response = got("/docs")

    assert (response.status, response.headers) == (308, (("location", "/docs/"),))


@pytest.mark.parametrize(
    "name",
    [
        "../pyproject.toml",
        "..%2Fpyproject.toml",
        "%2e%2e/pyproject.toml",
        "..\\pyproject.toml",
        "/etc/passwd",
        "//etc/passwd",
        "schemas/../openapi.yaml",
        "schemas/",
        "openapi.yaml%00",
        "%ff",
        "index.html",
    ],
)
def test_other_names_are_not_found(name: str) -> None:
    assert got(f"/docs/{name}").status == 404


@pytest.mark.parametrize("target", ["/", "/users", "/docsx", "/doc", "/DOCS"])
def test_other_paths_belong_to_the_api(target: str) -> None:
    assert DOCS.answer(Request("GET", target, (), b"")) is None


def test_page_allows_only_get_and_head() -> None:
    response = got("/docs/", "POST")

    assert response.status == 405
    assert ("allow", "GET, HEAD") in response.headers


def test_page_may_load_nothing_from_elsewhere() -> None:
    policy = dict(got("/docs/").headers)["content-security-policy"]

    assert policy.startswith("default-src 'self';")
    assert "http" not in policy
    assert not [link for link in LOADED.findall(PAGE) if "//" in link]


def test_every_file_a_page_loads_is_published() -> None:
    files = published(ABOUT)
    rules = files["rules.md"]

    assert isinstance(rules, Path)
    for text in (PAGE, rules.read_text("utf-8")):
        assert LOADED.findall(text)
        assert set(LOADED.findall(text)) <= set(files)


def test_page_names_its_implementation_and_links_to_the_other() -> None:
    assert "<strong>python</strong> implementation answers" in PAGE
    assert '<a href="http://127.0.0.1:3001/docs/">typescript</a>' in PAGE
    assert "at least <strong>5 s</strong>" in PAGE


def test_rules_are_published_as_a_page_and_as_text() -> None:
    files = Docs(published(ABOUT))
    found = {
        name: files.answer(Request("GET", f"/docs/{name}", (), b""))
        for name in ("rules.md", "rules.txt")
    }

    types = {n: r and dict(r.headers)["content-type"] for n, r in found.items()}
    assert types == {
        "rules.md": "text/html; charset=utf-8",
        "rules.txt": "text/plain; charset=utf-8",
    }


def test_every_schema_the_document_names_is_published() -> None:
    names = published(ABOUT)
    document = names["openapi.yaml"]

    assert isinstance(document, Path)
    text = document.read_text(encoding="utf-8")
    for path in sorted(Path("contract/schemas").glob("*.json")):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
        assert f"schemas/{path.name}" in names
    referenced = {
        line.split("$ref: ")[1].split("#")[0].strip("'\"} ")
        for line in text.splitlines()
        if "$ref: schemas/" in line
    }
    assert referenced <= set(names)
    assert referenced


@pytest.mark.parametrize("name", ["", "swagger-ui.css"])
def test_page_without_its_files_names_the_command_that_restores_them(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "SWAGGER", tmp_path / "node_modules" / "swagger-ui-dist")

    response = Docs(published(ABOUT)).answer(Request("GET", f"/docs/{name}", (), b""))

    assert response is not None
    assert response.status == 503
    assert response.body == (
        b"node_modules/swagger-ui-dist/swagger-ui.css is not there;"
        b" bring it back with: make setup\n"
    )


def test_missing_contract_file_names_the_command_that_restores_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    gone = Docs({"openapi.yaml": tmp_path / "contract" / "openapi.yaml"})

    response = gone.answer(Request("GET", "/docs/openapi.yaml", (), b""))

    assert response is not None
    assert response.status == 503
    assert response.body.endswith(b"with: git checkout contract/openapi.yaml\n")
