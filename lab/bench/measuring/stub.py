"""A fast stub of DynamoDB and S3, run as a module in a process of its own.

It prints its port and answers every call with the same few records. It checks nothing
and notes the names of the calls. It is no emulator: its responses are made in advance,
so it needs little CPU time. It ends when its standard input ends.

It does not use `local.http.server`, whose responses have two more headers, date and
connection. To read them, boto3 needed 2.2 % more instructions for a getUser (3,893,684
instead of 3,810,248), and no figure would be comparable with a kept one.

    GET /-/calls      the names of the calls since the last such request, as JSON
    GET /-/barrier/4  from now on, answer queries in groups of four
"""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from functools import cache

from lab.bench.records import ASSETS, MISSING_ID, NAMED, USERS, shard_page

CALLS_PATH = b"/-/calls"
BARRIER_PATH = b"/-/barrier/"


class QueryBarrier:
    """Delays responses until `size` of them wait; a size of 1 delays none."""

    def __init__(self) -> None:
        self.size = 1
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []

    def add(self, transport: asyncio.Transport, answer: bytes) -> None:
        """Add a response, and send all of them if the group is complete."""
        self._waiting.append((transport, answer))
        if len(self._waiting) < self.size:
            return
        for waiting, response in self._waiting:
            waiting.write(response)
        self._waiting.clear()


class StubConnection(asyncio.Protocol):
    """One connection, which answers its requests one after the other."""

    def __init__(self, calls: list[str], barrier: QueryBarrier) -> None:
        self.calls = calls
        self._barrier = barrier
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells mypy
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that has arrived completely."""
        self._buffer += data
        while (request := self._next()) is not None:
            self._answer(*request)

    def _next(self) -> tuple[bytes, bytes] | None:
        """Return the next request's head and body; None while it is incomplete."""
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(_header(head, b"content-length") or b"0")
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return head, rest[:length]

    def _answer(self, head: bytes, body: bytes) -> None:
        target = _header(head, b"x-amz-target")
        if not target:
            self._transport.write(self._plain(*head.split(b" ", 2)[:2]))
            return
        operation = target.decode().rpartition(".")[2]
        self.calls.append(operation)
        answer = _dynamodb(operation, body)
        if operation == "Query":
            self._barrier.add(self._transport, answer)
        else:
            self._transport.write(answer)

    def _plain(self, method: bytes, path: bytes) -> bytes:
        """Return the response of S3, or of the stub's own paths."""
        if path == CALLS_PATH:
            calls = json.dumps(self.calls).encode()
            self.calls.clear()
            return _http(200, calls)
        if path.startswith(BARRIER_PATH):
            self._barrier.size = int(path.removeprefix(BARRIER_PATH))
            return _http(200, b"")
        self.calls.append(f"{method.decode().title()}Object")
        if MISSING_ID.encode() in path:
            return _http(404, b"")
        if method == b"HEAD":
            return _http(200, b"", len(b"hello"))
        return _http(204 if method == b"DELETE" else 200, b"")


def _header(head: bytes, name: bytes) -> bytes:
    """Return a header's value, or b"" if it is missing."""
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    return head[start + len(name) + 3 :].partition(b"\r\n")[0].strip()


def _dynamodb(operation: str, body: bytes) -> bytes:
    if operation == "GetItem":
        named = [one for one in NAMED if one.encode() in body]
        return _item(b"assetId" in body, *named)
    if operation == "Query":
        query = json.loads(body)
        shard = query["ExpressionAttributeValues"].get(":listShard")
        if shard is None:  # a query by email
            return _json(json.dumps({"Items": USERS[:1], "Count": 1}).encode())
        return _page("assets" in query["TableName"], int(shard["N"]), query["Limit"])
    return _json(b"{}")


@cache
def _item(assets: bool, named: str | None = None) -> bytes:
    item = NAMED[named] if named else (ASSETS if assets else USERS)[0]
    return _json(json.dumps({"Item": item}).encode())


@cache
def _page(assets: bool, shard: int, limit: int) -> bytes:
    page = shard_page(ASSETS if assets else USERS, shard, limit)
    return _json(json.dumps(page).encode())


def _json(body: bytes) -> bytes:
    # DynamoDB sends a checksum, which boto3 verifies.
    return _http(200, body, len(body), b"x-amz-crc32: %d\r\n" % zlib.crc32(body))


def _http(
    status: int, body: bytes, length: int | None = None, more: bytes = b""
) -> bytes:
    length = len(body) if length is None else length
    lines = b"HTTP/1.1 %d OK\r\n%scontent-type: application/x-amz-json-1.0\r\n" % (
        status,
        more,
    )
    if status != 204:
        lines += b"content-length: %d\r\n" % length
    return lines + b"x-amzn-requestid: stub\r\n\r\n" + body


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    calls: list[str] = []
    barrier = QueryBarrier()
    server = await loop.create_server(
        lambda: StubConnection(calls, barrier), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)  # readable only at its end
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
