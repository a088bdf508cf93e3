"""`make schemathesis`: the findings that it explains, and its exit codes."""

from __future__ import annotations

import base64
import importlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from contract.plugin.ulids import is_ulid
from local.commands.own_stack import NotStartedError, Ports
from local.schemathesis import __main__ as command
from local.schemathesis.explained import (
    EXPLANATIONS,
    LONGEST_LIFE_MS,
    SHORTEST_LIFE_MS,
    explanation,
)
from local.template import ROOT
from twinproof.contract.nodes import references
from twinproof.contract.schemas import resolve_pointer

CONTRACT = ROOT / "contract"
NO_ROUTE = {"message": "Not Found"}
NOT_FOUND = {"type": "urn:problem:not-found"}
CURSOR = {"type": "urn:problem:invalid-cursor"}
UNREADABLE = {"type": "urn:problem:malformed-request"}


def unfit(*errors: dict[str, str]) -> dict[str, Any]:
    return {"type": "urn:problem:validation-failed", "errors": list(errors)}


SOON = {"pointer": "/expiresAt", "code": "minimum"}
LATE = {"pointer": "/expiresAt", "code": "maximum"}


LIFE_MS, TEN_YEARS_MS = 5_000, 315_360_000_000
NOW = 1_800_000_000_000
RIGHT = "MTc3MTAwMDAwMDAwMC4wMUtIQlg2VkcwWlQ5VjNSWDZDMlc1UUpERQ"
ID = "01KHBX6VG0ZT9V3RX6C2W5QJDE"


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be `NOW` when findings are judged."""
    monkeypatch.setattr(time, "time_ns", lambda: NOW * 1_000_000)


def explained(
    code: str,
    status: int,
    answer: object,
    *,
    unfit: str = "",
    query: object = None,
    body: object = None,
    path: object = None,
    headers: object = (),
) -> str | None:
    """Return the explanation of a finding on a case whose part `unfit` is invalid."""
    components = {
        place: SimpleNamespace(mode=SimpleNamespace(is_negative=place == unfit))
        for place in ("path", "query", "header", "body")
    }
    return explanation(
        SimpleNamespace(code=code),
        SimpleNamespace(
            meta=SimpleNamespace(components=components),
            query=query,
            body=body,
            path_parameters=path,
            headers=headers,
        ),
        SimpleNamespace(status_code=status, json=lambda: answer),
    )


@pytest.mark.parametrize(
    ("name", "code", "status", "answer", "unfit_place"),
    [
        ("no route", "ST204", 404, NO_ROUTE, ""),
        ("no id", "ST201", 404, NOT_FOUND, "path"),
        ("no id", "ST201", 404, NO_ROUTE, "path"),
    ],
)
def test_finding_that_is_a_rule_of_the_api_is_explained(
    name: str, code: str, status: int, answer: object, unfit_place: str
) -> None:
    assert explained(code, status, answer, unfit=unfit_place) == name


@pytest.mark.parametrize(
    ("status", "problem", "path", "headers", "name"),
    [
        (404, "not-found", {"userId": ID}, (), "records decide"),
        (404, "not-found", None, ("idempotency-key",), None),
        (409, "email-taken", None, (), "records decide"),
        (409, "conflict", {"userId": ID}, (), None),
        (412, "precondition-failed", {"userId": ID}, ("if-match",), "records decide"),
        (412, "precondition-failed", {"userId": ID}, (), None),
        (304, "", {"userId": ID}, ("if-none-match",), "records decide"),
        (304, "", {"userId": ID}, ("if-match",), None),
        (422, "idempotency-key-reused", None, ("idempotency-key",), None),
        (503, "unavailable", {"userId": ID}, (), None),
    ],
)
def test_fitting_request_is_refused_only_for_what_is_stored(
    status: int, problem: str, path: object, headers: object, name: str | None
) -> None:
    answer = {"type": f"urn:problem:{problem}"}

    assert explained("ST202", status, answer, path=path, headers=headers) == name
    assert explained("ST204", status, answer, path=path, headers=headers) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "A",
        "e30",
        f"{RIGHT[:-1]}F",  # a bit past the end
        encoded(f"01771000000000.{ID}"),
        encoded(f"1771000000001.{ID}"),
        encoded(f"1771000000000.{ID.lower()}"),
        encoded(f"1771000000000{ID}"),
        encoded(f"1771000000000.{ID}\n"),
    ],
)
def test_refusal_of_what_is_no_cursor_is_explained(cursor: str) -> None:
    assert explained("ST202", 400, CURSOR, query={"cursor": cursor}) == "no cursor"


@pytest.mark.parametrize("query", [{"cursor": RIGHT}, {"limit": "1"}, {}, None])
def test_refusal_of_a_right_cursor_or_of_none_stands(query: object) -> None:
    assert explained("ST202", 400, CURSOR, query=query) is None


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("expires_at", "fault"),
    [
        (0, SOON),
        (NOW + LIFE_MS - 1, SOON),
        (NOW + TEN_YEARS_MS + 1, LATE),
        (float(NOW + TEN_YEARS_MS + 1), LATE),
        # The function read its clock up to 30 s earlier.
        (NOW + TEN_YEARS_MS - 30_000 + 1, LATE),
    ],
)
def test_refusal_of_a_time_past_its_moving_bound_is_explained(
    expires_at: float, fault: dict[str, str]
) -> None:
    sent = {"name": "Ada", "expiresAt": expires_at}
    assert explained("ST202", 400, unfit(fault), body=sent) == "moving bound"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"expiresAt": NOW + LIFE_MS}, SOON),
        ({"expiresAt": NOW + TEN_YEARS_MS + 1}, SOON),
        ({"expiresAt": 0}, LATE),
        ({"expiresAt": NOW + TEN_YEARS_MS - 30_000}, LATE),
        ({"expiresAt": None}, SOON),
        ({}, SOON),
        (None, LATE),
    ],
)
def test_refusal_of_a_time_within_its_bounds_or_of_none_stands(
    body: object, fault: dict[str, str]
) -> None:
    assert explained("ST202", 400, unfit(fault), body=body) is None


@pytest.mark.parametrize(
    ("code", "status", "answer", "unfit_place"),
    [
        ("ST204", 200, {}, ""),
        ("ST204", 404, NOT_FOUND, ""),
        ("ST204", 500, NO_ROUTE, ""),
        ("ST202", 400, UNREADABLE, ""),
        ("ST202", 400, UNREADABLE, "header"),
        ("ST202", 400, unfit(SOON, {"pointer": "/name", "code": "minLength"}), ""),
        ("ST202", 400, unfit({"pointer": "/expiresAt", "code": "type"}), "header"),
        ("ST202", 422, CURSOR, ""),
        ("ST202", 400, {"message": "Bad Request"}, "header"),
        ("ST202", 400, ["urn:problem:invalid-cursor"], "header"),
        ("ST101", 400, CURSOR, "header"),
        # An update that looks up the record before it checks the body.
        ("ST201", 404, NOT_FOUND, "body"),
        ("ST201", 404, NOT_FOUND, "header"),
        ("ST201", 404, NOT_FOUND, "query"),
        ("ST201", 200, {}, "path"),
        ("ST202", 404, NOT_FOUND, "path"),
    ],
)
def test_any_other_finding_stands(
    code: str, status: int, answer: object, unfit_place: str
) -> None:
    # All that the other explanations look at would fit.
    sent = {"query": {"cursor": "e30"}, "body": {"expiresAt": 0}}
    assert explained(code, status, answer, unfit=unfit_place, **sent) is None


def test_answer_that_is_no_json_explains_nothing() -> None:
    case = SimpleNamespace(meta=SimpleNamespace(components={}))
    answer = SimpleNamespace(status_code=400, json=partial(json.loads, "<html>"))

    assert explanation(SimpleNamespace(code="ST202"), case, answer) is None


def test_case_without_a_path_is_no_reason() -> None:
    case = SimpleNamespace(meta=SimpleNamespace(components={}))
    response = SimpleNamespace(status_code=404, json=lambda: NOT_FOUND)

    assert explanation(SimpleNamespace(code="ST201"), case, response) is None


def test_bounds_of_a_life_are_those_of_the_rules_and_of_the_local_stack() -> None:
    rules = (CONTRACT / "rules.md").read_text("utf-8")

    assert f"than now plus {LONGEST_LIFE_MS:,} ms" in rules
    assert (SHORTEST_LIFE_MS, LONGEST_LIFE_MS) == (LIFE_MS, TEN_YEARS_MS)


# ---- hooks ----------------------------------------------------------------------


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The hooks without Schemathesis, which is not installed here."""
    registry = SimpleNamespace(hook=lambda hook: hook)
    monkeypatch.setitem(sys.modules, "schemathesis", registry)
    return importlib.import_module("local.schemathesis.hooks")


def sent(
    hooks: ModuleType,
    headers: dict[str, str],
    *,
    fitting: bool,
    phase: str = "fuzzing",
    about: str = "body",
    unfit_header: bool = False,
) -> dict[str, str]:
    """Return the headers that a case is sent with."""
    mode = SimpleNamespace(is_positive=not unfit_header)
    meta = SimpleNamespace(
        generation=SimpleNamespace(mode=SimpleNamespace(is_positive=fitting)),
        components={"header": SimpleNamespace(mode=mode)} if headers else {},
        phase=SimpleNamespace(
            name=SimpleNamespace(value=phase),
            data=SimpleNamespace(parameter_location=about),
        ),
    )
    out = dict(headers)
    hooks.before_call(None, SimpleNamespace(headers=out, meta=meta), {})
    return out


@pytest.mark.parametrize(
    ("phase", "unfit", "replaced"),
    [
        ("coverage", ("body",), True),
        ("coverage", ("body", "path"), False),
        ("coverage", ("path",), False),
        ("coverage", ("header",), False),
        ("fuzzing", ("body",), False),
    ],
)
def test_unfit_body_of_the_coverage_phase_goes_to_a_record_that_is_not_there(
    hooks: ModuleType, phase: str, unfit: tuple[str, ...], *, replaced: bool
) -> None:
    components = {
        place: SimpleNamespace(
            mode=SimpleNamespace(
                is_negative=place in unfit, is_positive=place not in unfit
            )
        )
        for place in ("path", "header", "body")
    }
    meta = SimpleNamespace(
        generation=SimpleNamespace(mode=SimpleNamespace(is_positive=False)),
        components=components,
        phase=SimpleNamespace(
            name=SimpleNamespace(value=phase),
            data=SimpleNamespace(parameter_location=unfit[0]),
        ),
    )
    case = SimpleNamespace(headers={}, meta=meta, path_parameters={"userId": ID})

    hooks.before_call(None, case, {})

    assert (case.path_parameters == {"userId": hooks.UNKNOWN_ID}) is replaced
    assert is_ulid(hooks.UNKNOWN_ID)


@pytest.mark.parametrize("name", ["if-match", "if-none-match"])
@pytest.mark.parametrize(("fitting", "about"), [(False, "body"), (True, "header")])
def test_entity_tag_that_would_hide_what_the_case_is_about_is_made_to_fit(
    hooks: ModuleType, name: str, fitting: bool, about: str
) -> None:
    headers = {name: "0", "x-other": "0"}
    out = sent(
        hooks,
        headers,
        fitting=fitting,
        phase="coverage",
        about=about,
        unfit_header=True,
    )

    assert out == {name: '"1"', "x-other": "0"}


@pytest.mark.parametrize(
    ("phase", "about", "unfit_header"),
    [
        ("coverage", "header", True),
        ("fuzzing", "body", True),
        ("coverage", "body", False),
    ],
)
def test_entity_tag_that_the_case_is_about_or_that_fits_is_sent_as_it_was_drawn(
    hooks: ModuleType, phase: str, about: str, unfit_header: bool
) -> None:
    headers = {"if-match": "*"}
    out = sent(
        hooks,
        headers,
        fitting=False,
        phase=phase,
        about=about,
        unfit_header=unfit_header,
    )

    assert out == headers


def test_no_two_fitting_requests_have_one_idempotency_key(hooks: ModuleType) -> None:
    drawn = ["k", "k", "k" * 255]
    out = [sent(hooks, {"idempotency-key": key}, fitting=True) for key in drawn]

    keys = [headers["idempotency-key"] for headers in out]
    assert len(set(keys)) == 3
    assert len(keys[2]) == 255
    assert sent(hooks, {}, fitting=True) == {}


def test_key_of_a_request_that_does_not_fit_is_sent_as_it_was_drawn(
    hooks: ModuleType,
) -> None:
    headers = {"idempotency-key": ""}
    assert sent(hooks, headers, fitting=False) == headers


def test_schemas_become_parts_of_the_one_document(hooks: ModuleType) -> None:
    document = yaml.safe_load((CONTRACT / "openapi.yaml").read_text("utf-8"))

    hooks.before_load_schema(None, document)

    for _, _, reference in references({"openapi.yaml": document}):
        assert reference.startswith("#/"), reference
        resolve_pointer(document, reference[1:])  # raises if its target is missing
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
        except OSError:  # that port is in use
            first.server_close()


@pytest.fixture
def port() -> Iterator[int]:
    """The first of two ports at which the two implementations answer."""
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
    """A program that replaces Schemathesis; the test writes its code."""
    path = tmp_path / "st"
    monkeypatch.setattr(command, "TOOL", path)
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


@pytest.mark.parametrize("options", [[], ["--examples", "10"], ["--examples", "99"]])
def test_explanation_that_nothing_needs_fails(
    tool: Path, port: int, options: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    does(tool, *ALL_USED[1:])

    assert command.main(["--port", str(port), *options]) == 1

    assert capfd.readouterr().out.splitlines()[-1] == (
        "nothing is explained by `no route`; "
        "remove it from local/schemathesis/explained.py"
    )


@pytest.mark.parametrize(
    "options",
    [["--examples", "9"], ["--seed", "2"], ["--seed", "2", "--examples", "99"]],
)
def test_explanation_is_not_missed_where_its_case_need_not_be_drawn(
    tool: Path, port: int, options: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    does(tool)

    assert command.main(["--port", str(port), *options]) == 0

    assert "nothing is explained" not in capfd.readouterr().out


def test_ci_draws_enough_to_tell_which_explanations_are_needed() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert f"step schemathesis EXAMPLES={command.ENOUGH_EXAMPLES} " in script


def test_where_not_both_answer_a_stack_is_started_and_its_failure_is_one_line(
    tool: Path,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def started(ports: Ports) -> Iterator[None]:
        raise NotStartedError(f"no stack at {ports.api} and {ports.cloud}")
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


def test_hooks_import_nothing_of_the_tools_environment() -> None:
    """Schemathesis runs them in an environment of its own, without the tool."""
    code = "import sys; sys.modules['twinproof'] = None; import local.schemathesis."
    for module in ("explained", "bundling"):
        subprocess.run([sys.executable, "-c", code + module], cwd=ROOT, check=True)
