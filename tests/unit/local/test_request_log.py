"""Request lines are readable, and show only methods, routes and ids of a request."""

from local.http.messages import Response
from local.http.routes import Routes
from local.lambda_.invocation import Outcome
from local.lambda_.request_log import RequestLog, explained, name_of, telling
from tests.unit.local.made import FUNCTION

ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ROUTES = Routes({"GET /users/{userId}": "UsersFunction"})


def name(value: str) -> str:
    match = ROUTES.find("GET", f"/users/{value}")
    assert match is not None
    return name_of(match)


def test_id_is_shown() -> None:
    assert name(ULID) == f"GET /users/{ULID}"


def test_parameter_that_is_not_an_id_is_hidden() -> None:
    assert name("ada@example.com") == "GET /users/{userId}"
    assert name(ULID + "%0A") == "GET /users/{userId}"


def test_request_is_one_line() -> None:
    lines: list[str] = []
    log = RequestLog("python", lines.append)

    log.answered("GET /users", Response(200, (), b"abc"), 0.0123, b"routine\n")

    (line,) = lines
    assert line.endswith(" python 200 GET /users  12.3 ms  3 bytes")


def test_failure_is_followed_by_the_functions_output() -> None:
    lines: list[str] = []
    log = RequestLog("python", lines.append)

    log.answered("GET /users", Response(500), 0.01, b"[ERROR] Runtime.Bad: x\n")

    assert lines[1] == "         | [ERROR] Runtime.Bad: x"


def test_frame_and_routine_lines_are_left_out() -> None:
    log = (
        b"START RequestId: 1 Version: 2\n"
        b'{"event":"request","status":500}\n'
        b'{"event":"fault","fault":"KeyError"}\n'
        b'{"_aws":{}}\n'
        b"[ERROR] ValueError: boom\rTraceback\r  File x\n\n"
        b"{not json\n"
        b"END RequestId: 1\nREPORT RequestId: 1\tDuration: 1 ms\t\n"
    )

    assert telling(log) == [
        '{"event":"fault","fault":"KeyError"}',
        "[ERROR] ValueError: boom",
        "Traceback",
        "  File x",
        "{not json",
    ]


def test_json_line_nested_too_deep_is_printed_unchanged() -> None:
    deep = b"[" * 200_000 + b"\n"

    assert telling(deep) == ["[" * 200_000]


def test_long_output_is_cut_to_its_end() -> None:
    lines: list[str] = []
    log = RequestLog("python", lines.append)

    log.answered("GET /users", Response(500), 0.01, b"x" * 1_000_000 + b"\nboom\n")

    assert lines[-1] == "         | boom"
    assert sum(map(len, lines)) < 32_768


# ---- traces ---------------------------------------------------------------------


def test_trace_of_an_invocation_that_answered_500_is_printed() -> None:
    lines: list[str] = []
    outcome = Outcome(b'{"statusCode":500}', None, b"", "1", "id", "Error: boom\n  at")

    RequestLog("lambda", lines.append).invoked(FUNCTION, outcome)

    assert lines[0].endswith(" lambda invoke UsersFunction ok")
    assert lines[1:] == ["         | Error: boom", "         |   at"]


def test_long_explanation_keeps_both_ends() -> None:
    lines = explained("\n".join(map(str, range(1_000))).encode())
    assert len(lines) == 101
    assert lines[39:42] == [
        "         | 39",
        "         | ... 900 lines left out here ...",
        "         | 940",
    ]


def test_long_line_is_cut() -> None:
    (line,) = explained(b"x" * 5_000)
    assert line == "         | " + "x" * 2_000 + "..."


def test_control_characters_are_printed_as_escapes() -> None:
    said = "\x1b]0;title\x07 \x9b2J \u202egpj \U0001d49c é \udc00\ttab"
    (line,) = explained(said.encode(errors="surrogatepass"))
    assert line.endswith(
        r"| \x1b]0;title\x07 \x9b2J \u202egpj" + " \U0001d49c é ��� tab"
    )
