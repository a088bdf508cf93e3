"""Carries connections from Docker's bridge to a port of the loopback.

Everything here listens on the loopback alone, which containers cannot reach. The
address of the bridge is one of this machine's own; only it and its containers do.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_OCTETS = 65_536
LOOPBACK = "127.0.0.1"


@contextmanager
def relay(host: str, port: int) -> Iterator[None]:
    """Carry what arrives at `host` to the same port of the loopback, meanwhile.

    Raises `OSError` where the port cannot be had.
    """
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_listen(host, port))
    thread = threading.Thread(target=loop.run_forever, name="relay", daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(host: str, port: int) -> asyncio.Server:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            for each in (back, writer):
                each.close()
                with suppress(OSError):
                    await each.wait_closed()

    return await asyncio.start_server(carry, host, port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK_OCTETS):
            writer.write(chunk)
            await writer.drain()
    # Half-closed: the answer may still be on its way the other way.
    with suppress(OSError, RuntimeError):
        writer.write_eof()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await server.wait_closed()
