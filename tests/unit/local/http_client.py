"""A client that sends any bytes to a server of the local stack, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from local.http.messages import Request, Response
from local.http.server import Server, Service, listen

MAX_BODY = 1_000
MAX_HEAD = 500

CLOSE = b"Host: x\r\nConnection: close\r\n"


async def echo(request: Request) -> Response:
    """Return a summary of the request, after others had time to overtake it."""
    await asyncio.sleep(0)
    said = f"{request.method} {request.target} {len(request.body)}"
    return Response(200, (("x-headers", str(len(request.headers))),), said.encode())


def refuse(status: int) -> Response:
    return Response(status, (), b"refused")


def exchange(
    *pieces: bytes,
    answer: Callable[[Request], Awaitable[Response]] = echo,
    cut: bool = False,
) -> tuple[str, list[BaseException]]:
    """Send pieces on one connection; return the response text and server errors.

    It reads until the server closes. `cut` closes the sending half after the last
    piece.
    """
    crashes: list[BaseException] = []

    async def run() -> str:
        service = Service(answer, refuse, crashes.append, MAX_BODY, MAX_HEAD)
        server = Server(service, listen())
        await server.start()
        try:
            return await asyncio.wait_for(client(server.port, pieces, cut=cut), 5)
        finally:
            server.close()

    return asyncio.run(run()), crashes


async def client(port: int, pieces: tuple[bytes, ...], *, cut: bool = False) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        for _ in range(2):  # lets the server see the pieces one by one
            await asyncio.sleep(0)
    if cut:
        writer.write_eof()
    received = (await reader.read()).decode("latin-1")
    writer.close()
    await writer.wait_closed()
    return received
