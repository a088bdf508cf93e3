"""The HTTP server of the fake service, and the headers of its responses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

Answer = tuple[int, dict[str, str], Any]


class Service(Protocol):
    """A service that the server serves; `faults` names what it does wrong."""

    faults: set[str]
    base: str

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> Answer: ...


def with_headers(
    faults: set[str], status: int, more: dict[str, str], shown: Any
) -> Answer:
    if more.pop("gateway", ""):
        return status, {"content-type": "application/json"}, shown
    headers = {"x-request-id": "fake", "cache-control": "no-store", **more}
    if "missing header" in faults:
        del headers["cache-control"]
    if "other header" in faults:
        headers["cache-control"] = "no-cache"
    if "extra header" in faults:
        headers["x-powered-by"] = "fake"
    if "wrong status" in faults and status == 201:
        status = 200
    if "wrong problem" in faults and status == 404:
        shown["title"] = "Not found"
    if "extra member" in faults and isinstance(shown, dict):
        shown["extra"] = 1
    if "schema violation" in faults and isinstance(shown, dict):
        shown["name"] = ""
    shown = _hostile(faults, headers, shown)
    if shown is not None:
        kind = "problem+json" if status >= 400 else "json"
        headers["content-type"] = f"application/{kind}"
    return status, headers, shown


def _hostile(faults: set[str], headers: dict[str, str], shown: Any) -> Any:
    """Return a body that terminals, XML or JSON reports cannot show unescaped."""
    if "unprintable" in faults and isinstance(shown, dict):
        shown["\ud800\x9b\nx"] = "\udfff\uffff\x1b[2J"
    if "beyond a double" in faults and shown is not None:
        headers["raw"] = "yes"
        return f'{{"n": 1e999, "deep": {"[" * 5_000}{"]" * 5_000}}}'
    return shown


@contextmanager
def serving(fake: Service) -> Iterator[str]:
    """Serve the fake on a free port of loopback and yield its base URL."""

    # Not `local.http.server`: the tool must not depend on the local stack. That server
    # also always answers and writes all headers; a fake with faults does not.
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Fuzzing draws requests without a target. By default the server reads them as
        # HTTP/0.9, whose response has no status line.
        default_request_version = "HTTP/1.1"
        # With Nagle's algorithm every small response waits for the client's ACK.
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            if "hangs up" in fake.faults:
                self.close_connection = True
                return
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            status, more, shown = fake.answer(self.command, self.path, headers, body)
            raw = more.pop("raw", "")
            text = shown if raw else json.dumps(shown)
            content = b"" if shown is None else text.encode()
            self.send_response_only(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        yield fake.base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
