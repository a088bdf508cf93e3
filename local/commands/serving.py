"""Serves the deployed stacks until a stop signal comes or a part fails."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.console import in_one_line
from local.emulator.access import Access
from local.gateway import front
from local.gateway.docs import About, Docs, published
from local.gateway.front import MAX_BODY_BYTES, MAX_HEAD_BYTES, Front
from local.http.server import Server, Service
from local.lambda_ import invoke_api
from local.lambda_.endpoint import LambdaEndpoint
from local.lambda_.invocation import MAX_REQUEST_BYTES
from local.lambda_.invoke_api import InvokeApi
from local.lambda_.logs_api import LogsApi
from local.lambda_.pool import LaunchError
from local.lambda_.request_log import RequestLog
from local.lambda_.service import (
    Hosted,
    LambdaService,
    LogError,
    RenewalError,
    SandboxError,
    TraceError,
)
from local.model import Credentials, Function
from local.stopping import STOP_SIGNALS

WATCH_SECONDS = 0.2
LIFETIME = "MIN_USER_LIFETIME_SECONDS"


class PartFailedError(Exception):
    """A part of the running stack failed; the text says which, in one line."""


FORESEEN = (
    LaunchError,
    LogError,
    PartFailedError,
    RenewalError,
    SandboxError,
    TraceError,
)


@dataclass(frozen=True, slots=True)
class Served:
    """One deployment, the listening socket of its API and its name in the log."""

    name: str
    hosted: Hosted
    listener: socket.socket


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is served.

    `origins` are those of the pages that may call the Lambda endpoint. `credentials`
    and `logs` are as in `LambdaService`. `cloud_failed` returns one line if the local
    cloud has ended, else None. `ready` is called once everything answers.
    """

    served: Sequence[Served]
    lambda_listener: socket.socket
    origins: frozenset[str]
    credentials: Callable[[Function], Credentials]
    logs: Path
    cloud_failed: Callable[[], str | None]
    print_line: Callable[[str], None]
    ready: Callable[[], None]


async def serve(plan: Plan) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; raise `PartFailedError` if a part fails.

    Sandboxes are ended in either case, and with them every request in flight. An error
    in one request adds a line to the log, and ends nothing else.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()
    _stop_on_signals(stopped)

    def failed(error: BaseException) -> None:
        if not stopped.done():
            stopped.set_exception(PartFailedError(in_one_line(error, FORESEEN)))

    def crashed(error: BaseException) -> None:
        now = time.strftime("%H:%M:%S")
        plan.print_line(f"{now} internal error: {in_one_line(error, FORESEEN)}")

    # asyncio itself calls this for callbacks, and for tasks that nobody waits for.
    loop.set_exception_handler(
        lambda _, found: crashed(found.get("exception") or Exception(found["message"]))
    )
    service = LambdaService(
        [one.hosted for one in plan.served],
        credentials=plan.credentials,
        logs=plan.logs,
        crashed=crashed,
        noticed=plan.print_line,
    )
    servers = _servers(plan, service, crashed)
    duties = [
        asyncio.create_task(_run(duty, failed))
        for duty in (_work(plan, service, servers), _watch(plan))
    ]
    try:
        await stopped
    finally:
        for duty in duties:
            duty.cancel()
        for server in servers:
            server.close()
        await service.close()


def _stop_on_signals(stopped: asyncio.Future[None]) -> None:
    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    for one in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(one, stop)


async def _run(duty: Awaitable[None], failed: Callable[[BaseException], None]) -> None:
    try:
        await duty
    except Exception as error:  # noqa: BLE001 # whatever it is, it ends the stack
        failed(error)


async def _work(plan: Plan, service: LambdaService, servers: Sequence[Server]) -> None:
    await service.start()
    for server in servers:
        await server.start()
    plan.ready()
    await service.tend()


async def _watch(plan: Plan) -> None:
    while (failure := plan.cloud_failed()) is None:
        await asyncio.sleep(WATCH_SECONDS)
    raise PartFailedError(failure)


def _servers(
    plan: Plan, service: LambdaService, crashed: Callable[[BaseException], None]
) -> list[Server]:
    endpoint = LambdaEndpoint(
        Access(plan.lambda_listener.getsockname()[1], origins=plan.origins),
        InvokeApi(service, RequestLog("lambda", plan.print_line).invoked),
        LogsApi(service.log_events),
    )
    lambda_server = Server(
        Service(
            endpoint.answer,
            invoke_api.refuse,
            crashed,
            max_body=MAX_REQUEST_BYTES,
            max_head=MAX_BODY_BYTES,
        ),
        plan.lambda_listener,
    )
    return [
        lambda_server,
        *(_front(plan, one, service, crashed) for one in plan.served),
    ]


def _docs(plan: Plan, served: Served) -> Docs:
    others = {
        one.name: f"http://127.0.0.1:{one.listener.getsockname()[1]}"
        for one in plan.served
        if one is not served
    }
    lifetimes = (
        function.environment[LIFETIME]
        for function in served.hosted.deployment.functions.values()
        if LIFETIME in function.environment
    )
    return Docs(published(About(served.name, others, next(lifetimes, "60"))))


def _front(
    plan: Plan,
    served: Served,
    service: LambdaService,
    crashed: Callable[[BaseException], None],
) -> Server:
    port = served.listener.getsockname()[1]
    log = RequestLog(served.name, plan.print_line)
    docs = _docs(plan, served)
    answers = Front(served.hosted.deployment, service, docs, port, log)
    return Server(
        Service(
            answers.answer,
            front.refuse,
            crashed,
            max_body=MAX_BODY_BYTES,
            max_head=MAX_HEAD_BYTES,
        ),
        served.listener,
    )
