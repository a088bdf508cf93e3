"""`make schemathesis`: what it explains, and what its exit code says."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from contract.suite.nodes import references
from contract.suite.schemas import resolve_pointer
from local.privileges.errors import CannotProveError
from local.schemathesis import __main__ as command
from local.schemathesis.explained import EXPLANATIONS, explanation
from local.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from local.privileges.stack import Ports

CONTRACT = ROOT / "contract"
NO_ROUTE = {"message": "Not Found"}
CURSOR = {"type": "urn:problem:invalid-cursor"}
UNREADABLE = {"type": "urn:problem:malformed-request"}


def unfit(*errors: dict[str, str]) -> dict[str, Any]:
    return {"type": "urn:problem:validation-failed", "errors": list(errors)}


SOON = {"pointer": "/expiresAt", "code": "minimum"}
LATE = {"pointer": "/expiresAt", "code": "maximum"}


def explained(
    code: str, status: int, body: object, *, unfit_header: bool
) -> str | None:
    header = SimpleNamespace(mode=SimpleNamespace(is_negative=unfit_header))
    return explanation(
        SimpleNamespace(code=code),
        SimpleNamespace(meta=SimpleNamespace(components={"header": header})),
        SimpleNamespace(status_code=status, json=lambda: body),
    )


@pytest.mark.parametrize(
    ("name", "code", "status", "body", "unfit_header"),
    [
        ("no route", "ST204", 404, NO_ROUTE, False),
        ("opaque cursor", "ST202", 400, CURSOR, False),
        ("moving bound", "ST202", 400, unfit(SOON), False),
        ("moving bound", "ST202", 400, unfit(LATE), False),
        ("header past its pattern", "ST202", 400, UNREADABLE, True),
    ],
)
def test_finding_that_is_a_rule_of_the_api_is_explained(
    name: str, code: str, status: int, body: object, unfit_header: bool
) -> None:
    assert explained(code, status, body, unfit_header=unfit_header) == name


@pytest.mark.parametrize(
    ("code", "status", "body", "unfit_header"),
    [
        ("ST204", 200, {}, False),
        ("ST204", 404, {"type": "urn:problem:not-found"}, False),
        ("ST204", 500, NO_ROUTE, False),
        ("ST202", 400, UNREADABLE, False),
        ("ST202", 400, unfit(SOON, {"pointer": "/name", "code": "minLength"}), False),
        ("ST202", 400, unfit({"pointer": "/expiresAt", "code": "type"}), True),
        ("ST202", 422, CURSOR, False),
        ("ST202", 400, {"message": "Bad Request"}, True),
        ("ST202", 400, ["urn:problem:invalid-cursor"], True),
        ("ST101", 400, CURSOR, True),
    ],
)
def test_any_other_finding_stands(
    code: str, status: int, body: object, unfit_header: bool
) -> None:
    assert explained(code, status, body, unfit_header=unfit_header) is None


def test_answer_that_is_no_json_explains_nothing() -> None:
    case = SimpleNamespace(meta=SimpleNamespace(components={}))
    answer = SimpleNamespace(status_code=400, json=partial(json.loads, "<html>"))

    assert explanation(SimpleNamespace(code="ST202"), case, answer) is None


def test_case_without_headers_is_no_reason() -> None:
    case = SimpleNamespace(meta=SimpleNamespace(components={}))
    answer = SimpleNamespace(status_code=400, json=lambda: UNREADABLE)

    assert explanation(SimpleNamespace(code="ST202"), case, answer) is None


# ---- hooks ----------------------------------------------------------------------


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The hooks without Schemathesis, which is not installed here."""
    registry = SimpleNamespace(hook=lambda hook: hook)
    monkeypatch.setitem(sys.modules, "schemathesis", registry)
    return importlib.import_module("local.schemathesis.hooks")


def sent(hooks: ModuleType, headers: dict[str, str], *, fitting: bool) -> str | None:
    mode = SimpleNamespace(is_positive=fitting)
    meta = SimpleNamespace(generation=SimpleNamespace(mode=mode))
    case = SimpleNamespace(headers=headers, meta=meta)
    hooks.before_call(None, case, {})
    return str(case.headers["idempotency-key"]) if case.headers else None


def test_no_two_fitting_requests_have_one_idempotency_key(hooks: ModuleType) -> None:
    drawn = ["k", "k", "k" * 255]
    keys = [sent(hooks, {"idempotency-key": key}, fitting=True) for key in drawn]

    assert len(set(keys)) == 3
    assert [len(key or "") for key in keys][2] == 255
    assert sent(hooks, {}, fitting=True) is None


def test_key_of_a_request_that_does_not_fit_is_sent_as_it_was_drawn(
    hooks: ModuleType,
) -> None:
    assert sent(hooks, {"idempotency-key": ""}, fitting=False) == ""


def test_schemas_become_parts_of_the_one_document(hooks: ModuleType) -> None:
    document = yaml.safe_load((CONTRACT / "openapi.yaml").read_text("utf-8"))

    hooks.before_load_schema(None, document)

    for _, _, reference in references({"openapi.yaml": document}):
        assert reference.startswith("#/"), reference
        resolve_pointer(document, reference[1:])  # raises where it leads nowhere
    created = document["paths"]["/users"]["post"]["responses"]["201"]
    (body,) = created["content"].values()
    assert body["schema"] == {"$ref": "#/components/schemas/User"}
    user = document["components"]["schemas"]["User"]["properties"]
    assert user["userId"] == {"$ref": "#/components/schemas/Common/$defs/ulid"}
    assert user["name"] == {"$ref": "#/components/schemas/User/$defs/name"}


def test_what_explains_a_finding_is_noted_where_the_command_looks(
    hooks: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLAINED", str(tmp_path / "used"))
    finding, answer = SimpleNamespace(code="ST204"), SimpleNamespace(status_code=404)
    case = SimpleNamespace(meta=SimpleNamespace(components={}))

    answer.json = lambda: {"message": "Teapot"}
    assert hooks.filter_failure(None, finding, case, answer)
    answer.json = lambda: NO_ROUTE
    assert not hooks.filter_failure(None, finding, case, answer)

    assert (tmp_path / "used").read_text("utf-8") == "no route\n"


# ---- the command ----------------------------------------------------------------


class Service(BaseHTTPRequestHandler):
    implementation = ""

    def do_GET(self) -> None:
        body = json.dumps({"implementation": self.implementation}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def bound(implementation: str, port: int) -> ThreadingHTTPServer:
    handler = type("Handler", (Service,), {"implementation": implementation})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def neighbours() -> tuple[ThreadingHTTPServer, ThreadingHTTPServer]:
    """Return a server of each implementation, at neighbouring ports."""
    while True:
        first = bound("python", 0)
        try:
            return first, bound("typescript", first.server_port + 1)
        except OSError:  # that port is somebody's
            first.server_close()


@pytest.fixture
def port() -> Iterator[int]:
    """The first of two ports at which the two implementations say that they answer."""
    servers = neighbours()
    threads = [
        threading.Thread(target=one.serve_forever, args=[0.01]) for one in servers
    ]
    for thread in threads:
        thread.start()
    yield servers[0].server_port
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in place of Schemathesis; the test writes what it does."""
    path = tmp_path / "st"
    monkeypatch.setattr(command, "TOOL", path)
    monkeypatch.setattr(command, "stop_on_signals", lambda: None)
    return path


def does(tool: Path, *lines: str) -> None:
    tool.write_text("\n".join([f"#!{shutil.which('sh')}", *lines]), encoding="utf-8")
    tool.chmod(0o755)


ALL_USED = [f"echo '{name}' >>\"$EXPLAINED\"" for name in EXPLANATIONS]


def test_both_are_checked_with_the_budget_and_the_seed_that_are_asked_for(
    tool: Path, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    does(tool, 'echo "$@"', *ALL_USED)
    run = ["--port", str(port), "--examples", "7", "--seed", "5"]

    assert command.main(run) == 0

    options = "--max-examples 7 --seed 5"
    assert capfd.readouterr().out.splitlines() == [
        "",
        f"python at http://127.0.0.1:{port}",
        f"run contract/openapi.yaml --url http://127.0.0.1:{port} {options}",
        "",
        f"typescript at http://127.0.0.1:{port + 1}",
        f"run contract/openapi.yaml --url http://127.0.0.1:{port + 1} {options}",
    ]


@pytest.mark.parametrize(("code", "ours"), [(1, 1), (2, 2), (137, 2)])
def test_finding_on_one_fails_and_the_other_is_still_checked(
    tool: Path, port: int, code: int, ours: int, capfd: pytest.CaptureFixture[str]
) -> None:
    does(tool, *ALL_USED, f'case "$4" in *:{port}) exit {code};; esac')

    assert command.main(["--port", str(port)]) == ours

    assert "typescript at " in capfd.readouterr().out


def test_explanation_that_nothing_needs_fails(
    tool: Path, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    does(tool, *ALL_USED[1:])

    assert command.main(["--port", str(port)]) == 1

    assert capfd.readouterr().out.splitlines()[-1] == (
        "nothing is explained by `no route`; "
        "remove it from local/schemathesis/explained.py"
    )


def test_where_not_both_answer_a_stack_is_started_and_its_failure_is_one_line(
    tool: Path,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def started(ports: Ports) -> Iterator[None]:
        raise CannotProveError(f"no stack at {ports.api} and {ports.cloud}")
        yield

    monkeypatch.setattr(command, "started", started)
    other = port + 1  # where the second implementation answers, not the first

    assert command.main(["--port", str(other), "--cloud-port", "9"]) == 2

    printed = capfd.readouterr()
    assert printed.out == f"no `make start` at port {other}: starting a stack\n"
    assert printed.err == f"schemathesis: no stack at {other} and 9\n"


@pytest.mark.parametrize("examples", ["0", "-1"])
def test_no_budget_is_refused(examples: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--examples", examples])

    assert ended.value.code == 2
    assert capfd.readouterr().err.endswith("--examples is at least 1\n")
