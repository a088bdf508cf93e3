"""Relays connections from Docker's bridge to a port of the loopback.

The local stack listens on the loopback only, which containers cannot reach. Three kinds
of clients reach the address of the bridge: every container; this machine, which uploads
to URLs that were signed in a container; and another machine of the network that has a
route to it. The relay closes the connections of the last.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from local.docker.engine import DockerError

CHUNK_BYTES = 65_536
LOOPBACK = "127.0.0.1"


@contextmanager
def relay(bridge: ipaddress.IPv4Interface, port: int) -> Iterator[None]:
    """Relay the bridge's port to the same port of the loopback while the block runs.

    Raises `DockerError` if the port is not available.
    """
    loop = asyncio.new_event_loop()
    try:
        server = loop.run_until_complete(_listen(bridge, port))
    except OSError as error:
        loop.close()
        raise DockerError(
            f"port {port} of Docker's bridge, {bridge.ip}, cannot be had"
            f" ({error.strerror}); of a rootless engine it is not this machine's"
        ) from error
    thread = threading.Thread(target=loop.run_forever, name="relay", daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def is_near(peer: str, bridge: ipaddress.IPv4Interface) -> bool:
    """Return whether an address is on the bridge or this machine's own.

    A connection from this machine to its address on the bridge has another of its own
    addresses as its source: Docker masquerades packets that leave the subnet by another
    device, and these leave by `lo`.
    """
    if ipaddress.ip_address(peer) in bridge.network:
        return True
    with suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
        # Sends nothing. A route starts at its target only if that is this machine's.
        probe.connect((peer, 1))
        return bool(probe.getsockname()[0] == peer)
    return False


async def _listen(bridge: ipaddress.IPv4Interface, port: int) -> asyncio.Server:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            peer, _ = writer.get_extra_info("peername")
            if not is_near(peer, bridge):
                return
            # Only `_end` cancels it; asyncio would print a traceback of that.
            with suppress(OSError, asyncio.CancelledError):
                there, back = await asyncio.open_connection(LOOPBACK, port)
                ends.append(back)
                await asyncio.gather(_pump(reader, back), _pump(there, writer))
                for each in ends:
                    each.close()
                for each in ends:
                    with suppress(OSError):
                        await each.wait_closed()
        finally:
            # The connection was refused, or ended with the relay: there is nothing to
            # wait for.
            for each in ends:
                each.transport.abort()

    return await asyncio.start_server(carry, str(bridge.ip), port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    # Half-closed: the response may still come from the other side.
    with suppress(OSError, RuntimeError):
        writer.write_eof()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await server.wait_closed()
