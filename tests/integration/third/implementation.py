"""A third implementation: a proxy in front of another one, with one fault.

It drops the ETag of a 304. All else passes byte by byte, because the contract has
cases that no HTTP library would send.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import ClassVar

# The name of this proxy; the implementation behind it accepts only its own name.
HOST = re.compile(rb"^(host:[ \t]*127\.0\.0\.1:)\d+", re.IGNORECASE | re.MULTILINE)
LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)


class Third(StreamRequestHandler):
    """Answers the requests of one connection, one after the other."""

    upstream: ClassVar[tuple[str, int]]
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while head := b"".join(iter(self.rfile.readline, b"\r\n")):
            length = LENGTH.search(head)
            body = self.rfile.read(int(length[1])) if length else b""
            self.wfile.write(self._answer(head, body))

    def _answer(self, head: bytes, body: bytes) -> bytes:
        head = HOST.sub(rb"\g<1>%d" % self.upstream[1], head)
        with socket.create_connection(self.upstream) as link:
            link.sendall(b"%s\r\n%s" % (head, body))
            method = head.split(b" ")[0].decode()
            with HTTPResponse(link, method=method) as answer:
                answer.begin()
                kept = answer.getheaders()
                if answer.status == 304:
                    kept = [(name, text) for name, text in kept if name != "etag"]
                lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
                lines += [f"{name}: {text}" for name, text in kept]
                return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.read()


class Server(ThreadingTCPServer):
    """Serves each connection in a thread that ends with the process."""

    daemon_threads = True
    request_queue_size = 64


@contextmanager
def serving(upstream: tuple[str, int]) -> Iterator[str]:
    """Serve the implementation at `upstream` (host and port); give the URL."""
    handler = type("Here", (Third,), {"upstream": upstream})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
