"""A todo list over HTTP, kept in memory: the service that twinproof's own tests check.

`python service.py --port 8080` serves it on loopback until it is interrupted. Nothing
is stored anywhere else, so all todos are gone when it ends.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

HOST = "127.0.0.1"
LONGEST_TITLE = 80
GREATEST_INTEGER = 2**53 - 1
KEPT_MS = 30 * 24 * 3_600_000
PAGE, GREATEST_PAGE = 20, 50
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LIMIT = re.compile("[1-9][0-9]{0,2}")
CURSOR = re.compile(f"([0-9]{{1,16}})\\.({ID.pattern})")
HIDDEN = {"version", "writeId", "expiresAt", "ttl"}
"""Fields of a stored todo that no response shows."""
PROBLEMS = {
    "malformed-request": (400, "The request cannot be read"),
    "validation-failed": (400, "The request does not fit its schema"),
    "invalid-cursor": (400, "The cursor cannot be read"),
    "not-found": (404, "There is no such todo"),
}

# Any: a client may send any JSON.
Todo = dict[str, Any]
Faults = list[dict[str, str]]


class Refused(Exception):
    """A request is answered with a problem."""

    def __init__(self, name: str, errors: Faults | None = None) -> None:
        self.name = name
        self.errors = errors or []
        super().__init__(name)


@dataclass(frozen=True)
class Request:
    """A request, with the id that its route found in the path."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    todo_id: str = ""


@dataclass(frozen=True)
class Answer:
    """A response: `shown` is the body, sent as JSON; None sends none."""

    status: int
    shown: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Service:
    """The todos, and the operations on them."""

    def __init__(self) -> None:
        self.todos: dict[str, Todo] = {}
        """The stored todos, by id."""
        self.lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Return the response to a request."""
        try:
            handler, todo_id = self._route(request)
            with self.lock:
                return handler(self, replace(request, todo_id=todo_id))
        except Refused as refused:
            return problem(refused)

    def _route(self, request: Request) -> tuple[Handler, str]:
        for method, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                todo_id = unquote(found[1]) if found.groups() else ""
                if found.groups() and not ID.fullmatch(todo_id):
                    break
                return handler, todo_id
        raise Refused("not-found")

    def find(self, todo_id: str, now: int) -> Todo:
        """Return a todo that is stored and has not expired."""
        todo = self.todos.get(todo_id)
        if todo is None or todo["expiresAt"] <= now:
            raise Refused("not-found")
        return todo

    def create(self, request: Request) -> Answer:
        """Store a new todo."""
        now = now_ms()
        wanted = written(request, now)
        todo_id, expires_at = str(uuid.uuid4()), now + KEPT_MS
        todo = {
            "id": todo_id,
            **wanted,
            "createdAt": now,
            "updatedAt": now,
            "version": 1,
            "writeId": secrets.token_hex(16),
            "expiresAt": expires_at,
            "ttl": seconds_up(expires_at),
        }
        self.todos[todo_id] = todo
        headers = {"etag": '"1"', "location": f"/todos/{todo_id}"}
        return Answer(201, shown(todo), headers)

    def list(self, request: Request) -> Answer:
        """Return a page of todos, the newest first."""
        limit, cursor = page_of(request.query)
        now = now_ms()
        live = [todo for todo in self.todos.values() if todo["expiresAt"] > now]
        todos = sorted(live, key=position, reverse=True)
        rest = [todo for todo in todos if cursor is None or position(todo) < cursor]
        page: dict[str, Any] = {"items": [shown(todo) for todo in rest[:limit]]}
        if len(rest) > limit:
            time_ms, todo_id = position(rest[limit - 1])
            page["nextCursor"] = f"{time_ms}.{todo_id}"
        return Answer(200, page)

    def get(self, request: Request) -> Answer:
        """Return one todo."""
        no_query(request)
        todo = self.find(request.todo_id, now_ms())
        return Answer(200, shown(todo))

    def replace(self, request: Request) -> Answer:
        """Replace the fields of a todo that a client may write."""
        now = now_ms()
        wanted = written(request, now)
        todo = self.find(request.todo_id, now)
        kept = {name: todo[name] for name in ("id", "createdAt", "expiresAt", "ttl")}
        changed = {
            **kept,
            **wanted,
            "updatedAt": now,
            "version": todo["version"] + 1,
            "writeId": secrets.token_hex(16),
        }
        self.todos[request.todo_id] = changed
        return Answer(200, shown(changed))

    def delete(self, request: Request) -> Answer:
        """Remove a todo."""
        no_query(request)
        self.find(request.todo_id, now_ms())
        del self.todos[request.todo_id]
        return Answer(204)


Handler = Callable[[Service, Request], Answer]
ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/todos", Service.create),
    ("GET", "/todos", Service.list),
    ("GET", "/todos/([^/]+)", Service.get),
    ("PUT", "/todos/([^/]+)", Service.replace),
    ("DELETE", "/todos/([^/]+)", Service.delete),
]
"""Method, pattern of the path, handler. A group in the pattern is the id of a todo."""


def now_ms() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def seconds_up(time_ms: int) -> int:
    """Return milliseconds as seconds, rounded up."""
    return -(-time_ms // 1000)


def shown(todo: Todo) -> Todo:
    """Return a todo as responses show it."""
    return {name: value for name, value in todo.items() if name not in HIDDEN}


def position(todo: Todo) -> tuple[int, str]:
    """Return the sort key of lists."""
    return todo["createdAt"], todo["id"]


def problem(refused: Refused) -> Answer:
    """Return the problem document of a refusal."""
    status, title = PROBLEMS[refused.name]
    document: dict[str, Any] = {
        "type": f"urn:problem:{refused.name}",
        "title": title,
        "status": status,
    }
    if refused.errors:
        document["errors"] = refused.errors
    return Answer(status, document)


# ---- parsing and validation --------------------------------------------------------


def written(request: Request, now: int) -> Todo:
    """Return the fields that a client writes."""
    body = read_json(request.body)
    no_query(request)
    errors = sorted(faults_of(body, now), key=lambda fault: fault["pointer"].encode())
    if errors:
        raise Refused("validation-failed", errors)
    return {"done": False, **body}


def read_json(body: bytes) -> Any:
    """Return a body's JSON; an integral number is an integer."""
    try:
        value = json.loads(
            body.decode(), parse_float=_number, parse_constant=_no_constant
        )
        # An escape may be a lone surrogate, which UTF-8 cannot encode.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("malformed-request") from None
    return value


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def faults_of(body: Any, now: int) -> Iterator[dict[str, str]]:
    """Yield the pointer and keyword of each fault of a body."""
    if not isinstance(body, dict):
        yield {"pointer": "", "code": "type"}
        return
    if "title" not in body:
        yield {"pointer": "/title", "code": "required"}
    for name, value in body.items():
        code = MEMBERS[name](value, now) if name in MEMBERS else "additionalProperties"
        if code:
            pointer = name.replace("~", "~0").replace("/", "~1")
            yield {"pointer": f"/{pointer}", "code": code}


def title_fault(value: Any, _: int) -> str:
    """Return the keyword that a title breaks; "" for none."""
    if not isinstance(value, str):
        return "type"
    if not value:
        return "minLength"
    return "maxLength" if len(value) > LONGEST_TITLE else ""


def done_fault(value: Any, _: int) -> str:
    """Return the keyword that `done` breaks; "" for none."""
    return "" if isinstance(value, bool) else "type"


def due_fault(value: Any, now: int) -> str:
    """Return the keyword that `dueAt` breaks; "" for none. It is not in the past."""
    if not isinstance(value, int) or isinstance(value, bool):
        return "type"
    if value < now:
        return "minimum"
    return "maximum" if value > GREATEST_INTEGER else ""


MEMBERS: dict[str, Callable[[Any, int], str]] = {
    "title": title_fault,
    "done": done_fault,
    "dueAt": due_fault,
}


def parameters(query: str) -> dict[str, list[str]]:
    """Return the values of each parameter of a query."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def no_query(request: Request) -> None:
    """Refuse every parameter."""
    check_query(parameters(request.query), {})


def check_query(
    given: dict[str, list[str]], known: dict[str, Callable[[str], str]]
) -> None:
    """Refuse parameters that are unknown, repeated, or break a keyword."""
    errors = []
    for name in sorted(given, key=str.encode):
        if name not in known:
            code = "additionalProperties"
        elif len(given[name]) > 1:
            code = "maxItems"
        else:
            code = known[name](given[name][0])
        if code:
            errors.append({"parameter": name, "code": code})
    if errors:
        raise Refused("validation-failed", errors)


def limit_fault(text: str) -> str:
    """Return the keyword that a limit breaks; "" for none."""
    if not LIMIT.fullmatch(text):
        return "pattern"
    return "maximum" if int(text) > GREATEST_PAGE else ""


def page_of(query: str) -> tuple[int, tuple[int, str] | None]:
    """Return the limit, and the position after which a list begins."""
    given = parameters(query)
    check_query(given, {"limit": limit_fault, "cursor": lambda _: ""})
    limit = int(given["limit"][0]) if "limit" in given else PAGE
    if "cursor" not in given:
        return limit, None
    found = CURSOR.fullmatch(given["cursor"][0])
    if found is None:
        raise Refused("invalid-cursor")
    return limit, (int(found[1]), found[2])


# ---- HTTP -----------------------------------------------------------------------


def server_of(service: Service, port: int) -> ThreadingHTTPServer:
    """Return a server of the service on loopback; port 0 means any free port."""

    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # With Nagle's algorithm a small response waits for the client's ACK.
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            length = self.headers.get("content-length", "0")
            body = self.rfile.read(int(length)) if length.isdecimal() else b""
            path, _, query = self.path.partition("?")
            self._send(service.answer(Request(self.command, path, query, body)))

        def _send(self, answer: Answer) -> None:
            body = b"" if answer.shown is None else json.dumps(answer.shown).encode()
            self.send_response_only(answer.status)
            self.send_header("date", self.date_time_string())
            self.send_header("x-request-id", uuid.uuid4().hex)
            self.send_header("cache-control", "no-store")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if body:
                kind = "problem+json" if answer.status >= 400 else "json"
                self.send_header("content-type", f"application/{kind}")
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Write nothing, to keep the output of tests clean."""

    server = ThreadingHTTPServer((HOST, port), Connection)
    server.daemon_threads = True
    return server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A todo list over HTTP, in memory.")
    parser.add_argument("--port", type=int, default=8080, metavar="N")
    server = server_of(Service(), parser.parse_args().port)
    print(f"http://{HOST}:{server.server_port}/todos", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
