"""An API that asks the cloud at each request which version the alias names.

Lambda does the same. So requests during a deploy see what they would see on AWS: the
old version before the alias moves, and the new one after.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from local.deploy.deployment import credentials, function_behind
from local.emulator.clients import Clients
from local.gateway import front
from local.gateway.docs import Docs
from local.gateway.front import MAX_BODY_BYTES, MAX_HEAD_BYTES, Front
from local.http.server import Server, Service, listen
from local.lambda_.invocation import Invocation, Outcome
from local.lambda_.pool import Pool
from local.lambda_.request_log import RequestLog
from local.lambda_.runtimes import environment_of
from local.model import Deployment, Function

T = TypeVar("T")


@dataclass(frozen=True)
class ServedInvocation:
    """A served invocation: the function, its version and its runtime."""

    function: str
    version: str
    runtime: str


@dataclass
class VersionInvoker:
    """Runs the version that each function's alias names at the moment.

    Packages are unzipped in `folder`. `served` lists the invocations in their order,
    `errors` the errors of this class, not of a function.
    """

    deployment: Deployment
    clients: Clients
    folder: Path
    served: list[ServedInvocation] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    _pools: dict[tuple[str, str], Pool] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def invoke(self, function: Function, invocation: Invocation) -> Outcome:
        """Run an invocation on the version that the alias names now."""
        version = await asyncio.to_thread(self._version, function)
        async with self._opening:
            if (function.name, version) not in self._pools:
                pool = await asyncio.to_thread(self._open, function, version)
                self._pools[function.name, version] = pool
        pool = self._pools[function.name, version]
        runtime = pool.function.runtime
        self.served.append(ServedInvocation(function.logical_id, version, runtime))
        return await pool.invoke(invocation)

    def _version(self, function: Function) -> str:
        name, alias = function.alias.split(":")[-2:]
        actual = self.clients.of("lambda").get_alias(FunctionName=name, Name=alias)
        return str(actual["FunctionVersion"])

    def _open(self, function: Function, version: str) -> Pool:
        folder = self.folder / version
        name = f"{function.name}:{version}"
        found = function_behind(function.logical_id, name, folder, self.clients)
        current = replace(found, alias=function.alias)
        session = credentials(current.role, self.clients)
        where = self.deployment.endpoint, self.deployment.region
        return Pool(
            current,
            lambda: environment_of(current, session, *where),
            lambda _stream, _content: None,
            self.errors.append,
        )

    async def close(self) -> None:
        """End every sandbox."""
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))


class LiveApi:
    """The HTTP API of a stack on a loopback port, in a thread of its own."""

    def __init__(self, versions: VersionInvoker, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.versions = versions
        self._listener = listen(port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: Server | None = None

    def __enter__(self) -> LiveApi:
        """Start serving."""
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def invoke(self, logical_id: str, invocation: Invocation) -> Outcome:
        """Invoke a function directly, without the API."""
        function = self.versions.deployment.functions[logical_id]
        return self._run(self.versions.invoke(function, invocation))

    def _run(self, work: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> None:
        port = self._listener.getsockname()[1]
        answers = Front(
            self.versions.deployment,
            self.versions,
            Docs({}),
            port,
            RequestLog("", lambda _: None),
        )
        service = Service(
            answers.answer,
            front.refuse,
            self.versions.errors.append,
            max_body=MAX_BODY_BYTES,
            max_head=MAX_HEAD_BYTES,
        )
        self._server = Server(service, self._listener)
        await self._server.start()

    async def _stop(self) -> None:
        if self._server:
            self._server.close()
        await self.versions.close()
