"""The API reference at /docs: Swagger UI for the contract's own files.

All files come from this machine, and the content security policy blocks all others.
The front serves the page; it is not a route of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import unquote

from local.http.messages import Request, Response
from local.template import ROOT

PREFIX = "/docs"
SWAGGER = ROOT / "node_modules" / "swagger-ui-dist"
CONTRACT = ROOT / "contract"
PAGES = Path(__file__).resolve().parent / "reference"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/html; charset=utf-8",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "application/yaml",
}
# Swagger UI writes style attributes, and its icons are data URLs.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class About:
    """The facts on the page about the implementation that serves it.

    `others` maps the names of the other implementations to their URLs. `lifetime` is
    the function's setting for the shortest life of a user, in seconds.
    """

    implementation: str
    others: Mapping[str, str]
    lifetime: str


def page(about: About) -> str:
    """Return the page of one implementation."""
    others = (
        f'Same page for <a href="{escape(url)}{PREFIX}/">{escape(name)}</a>.'
        for name, url in about.others.items()
    )
    return Template((PAGES / "page.html").read_text("utf-8")).substitute(
        implementation=escape(about.implementation),
        others=" ".join(others),
        lifetime=escape(about.lifetime),
    )


def published(about: About) -> dict[str, Path | str]:
    """Return the files of the page by their names below /docs/: paths or texts."""
    files: dict[str, Path | str] = {"": page(about)}
    for name in ("page.css", "scheme.js", "setup.js", "rules.js"):
        files[name] = PAGES / name
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"):
        files[name] = SWAGGER / name
    files["openapi.yaml"] = CONTRACT / "openapi.yaml"
    # The API document links to the page rules.md, which reads the text rules.txt.
    files |= {"rules.md": PAGES / "rules.html", "rules.txt": CONTRACT / "rules.md"}
    for schema in (CONTRACT / "schemas").glob("*.json"):
        files[f"schemas/{schema.name}"] = schema
    return files


class Docs:
    """Serves only the files of the page: a name is looked up, not joined to a path."""

    def __init__(self, files: Mapping[str, Path | str]) -> None:
        self._files = files

    def answer(self, request: Request) -> Response | None:
        """Return the response to a request below /docs, or None for any other."""
        path = request.target.partition("?")[0]
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return None
        if request.method not in {"GET", "HEAD"}:
            return _plain(405, "Method Not Allowed", ("allow", "GET, HEAD"))
        if path == PREFIX:
            return Response(308, (("location", PREFIX + "/"),))
        name = unquote(path.removeprefix(PREFIX + "/"))
        content = self._files.get(name)
        if content is None:
            return _plain(404, "Not Found")
        # Without its scripts the page would be blank, with no error message.
        needed = [content] if name else self._files.values()
        for file in needed:
            if isinstance(file, Path) and not file.is_file():
                return _plain(503, _missing(file))
        return _page(name or "index.html", content)


def _page(name: str, content: Path | str) -> Response:
    headers = (
        ("content-type", CONTENT_TYPES[Path(name).suffix]),
        ("cache-control", "no-cache"),
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
    )
    body = content.read_bytes() if isinstance(content, Path) else content.encode()
    return Response(200, headers, body)


def _missing(file: Path) -> str:
    where = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    cure = "make setup" if SWAGGER in file.parents else f"git checkout {where}"
    return f"{where} is not there; bring it back with: {cure}\n"


def _plain(status: int, text: str, *headers: tuple[str, str]) -> Response:
    content_type = ("content-type", "text/plain; charset=utf-8")
    return Response(status, (content_type, *headers), text.encode())
