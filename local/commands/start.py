"""`make start`: the whole service on this machine, without Docker and without AWS.

    python -m local.commands.start --port 3000 --cloud-port 4566 --cors-origins https://a.example

Starts the local cloud, builds and deploys to it as one would to AWS, then serves: each
implementation at PORT and the ports after it, AWS at CLOUD_PORT, Lambda's Invoke API
at the port after that. Exit code 0 when stopped, 1 when a part fails.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from local import console
from local.children import side_by_side
from local.command import CLOUD_PORT, DONE, PORT, parser_of, run
from local.commands.debugging import DebugError, debugged
from local.commands.gaps import Gaps, folder_of
from local.commands.keeping import KeepError, Kept, keeping
from local.commands.origins import allowed_origins
from local.commands.serving import PartFailedError, Plan, Served, serve
from local.deploy.build import build
from local.deploy.deployment import credentials, deploy_stack, finish
from local.deploy.sam import SAM, SamError
from local.emulator import cloud
from local.emulator.clients import Clients
from local.emulator.snapshot import Stores
from local.gateway.docs import SWAGGER
from local.http.ports import PortError, claim, require_apart
from local.implementations import IMPLEMENTATIONS, Implementation
from local.lambda_.reload import Sources
from local.lambda_.runtimes import PYTHON
from local.lambda_.service import Hosted
from local.model import Credentials, Deployment, Function
from local.stopping import StoppedError, ignore_signals
from local.template import ROOT, ConfigurationError

TOOLS = (PYTHON, SAM, cloud.PYTHON, SWAGGER / "swagger-ui-bundle.js")


class CannotStartError(Exception):
    """Something is missing on this machine; the text says what to do."""


# Errors whose text already describes the fault and the remedy.
FORESEEN = (
    CannotStartError,
    ConfigurationError,
    DebugError,
    KeepError,
    PartFailedError,
    PortError,
    SamError,
    cloud.CloudError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stack until it is stopped; return the exit code."""
    parser = parser_of("start", PORT, CLOUD_PORT, cors=True)
    parser.add_argument("--debug", default="")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args(arguments)
    return run("start", lambda: _until_stopped(options), FORESEEN)


def _until_stopped(options: Namespace) -> int:
    with suppress(StoppedError), ExitStack() as cleanup:
        _run(options, cleanup)
    # After a failure it stays, for its logs.
    shutil.rmtree(folder_of(options.cloud_port), ignore_errors=True)
    console.print_line("stopped")
    return DONE


def ports_of(port: int, cloud_port: int) -> dict[str, int]:
    """Return every port that is used, by the name that a user knows it by."""
    fronts = range(len(IMPLEMENTATIONS))
    return {
        **{f"PORT + {one}" if one else "PORT": port + one for one in fronts},
        "CLOUD_PORT": cloud_port,
        "CLOUD_PORT + 1": cloud_port + 1,
    }


def _run(options: Namespace, cleanup: ExitStack) -> None:
    _require_linux()
    require_apart(ports_of(options.port, options.cloud_port))
    _require_tools()
    ports = [options.port + number for number, _ in enumerate(IMPLEMENTATIONS)]
    origins = allowed_origins(ports, options.cors_origins)
    waiting = debugged(options.debug)
    if waiting:
        require_apart({**ports_of(options.port, options.cloud_port), **waiting.ports})
    kept = Kept(options.cloud_port) if options.keep else None
    if kept:
        kept.check()
    claim(
        options.cloud_port, "CLOUD_PORT"
    ).close()  # reported before the port beside it
    lambda_listener, *listeners = _listeners(ports, options.cloud_port + 1, cleanup)
    folder = folder_of(options.cloud_port)
    shutil.rmtree(folder, ignore_errors=True)
    # This precedes the build, so that every file saved from now on counts as changed.
    sources = [
        Sources([ROOT / name for name in one.sources]) for one in IMPLEMENTATIONS
    ]
    running, deployments = _start_cloud(options.cloud_port, folder, origins, cleanup)
    if waiting:
        deployments = waiting.made_to_wait(deployments)
    served = [
        Served(one.name, _hosted(one, deployment, watched), socket)
        for one, deployment, watched, socket in zip(
            IMPLEMENTATIONS, deployments, sources, listeners, strict=True
        )
    ]
    gaps = Gaps(deployments)
    cleanup.enter_context(gaps.publish(folder))
    rows = [("not as on AWS", gaps.summary(options.cloud_port))]
    if waiting:
        rows.insert(0, waiting.row)
    if kept:
        rows.insert(0, ("kept at a stop", kept.name))
        _keep(kept, running, cleanup)
    plan = _plan(running, served, lambda_listener, folder / "logs", rows)
    asyncio.run(serve(plan))
    ignore_signals()


def _listeners(
    ports: Sequence[int], lambda_port: int, cleanup: ExitStack
) -> list[socket.socket]:
    """Return the listening sockets of the Lambda endpoint and of each API."""
    claimed = [claim(lambda_port, "CLOUD_PORT (it is the next one)")]
    cleanup.callback(claimed[-1].close)
    for port in ports:
        claimed.append(claim(port, "PORT"))
        cleanup.callback(claimed[-1].close)
    return claimed


def _keep(kept: Kept, running: cloud.Cloud, cleanup: ExitStack) -> None:
    """Restore the saved data; at the end, save the data before the cloud ends."""
    clients = Clients(running.endpoint)
    # The first owns the data.
    stores = Stores.of(IMPLEMENTATIONS[0].stack, clients.of("cloudformation"))
    cleanup.enter_context(keeping(kept, stores, clients.of, running.failure))


def _require_linux() -> None:
    # pydantic's wheel for Lambda has native code, and so has Lambda's runtime client.
    system = platform.system()
    if system != "Linux":
        raise CannotStartError(
            f"Lambda's packages run on Linux, and this is {system}; use a Linux virtual"
            " machine, see docs/troubleshooting.md"
        )


def _require_tools() -> None:
    for tool in TOOLS:
        if not tool.exists():
            name = tool.relative_to(ROOT)
            raise CannotStartError(f"{name} is not there; install it with: make setup")
    if not shutil.which("make"):
        raise CannotStartError("make is not there; on Debian: apt-get install make")


def _start_cloud(
    port: int, folder: Path, origins: Sequence[str], cleanup: ExitStack
) -> tuple[cloud.Cloud, list[Deployment]]:
    """Start the cloud and deploy every implementation to it.

    One stack needs the exports of another, so they are deployed one after the other.
    They are built in parallel, and a deployed stack is completed while SAM CLI deploys
    the next.
    """
    with side_by_side(len(IMPLEMENTATIONS)) as workers:
        building = [workers.submit(build, one.name) for one in IMPLEMENTATIONS]
        with console.step("local cloud", f"port {port}"):
            running = cloud.start(port, folder, origins=origins)
            cleanup.callback(running.stop)
        with console.step("build", ", ".join(one.name for one in IMPLEMENTATIONS)):
            builds = [future.result() for future in building]
        clients = Clients(running.endpoint)
        finishing = []
        for one, built in zip(IMPLEMENTATIONS, builds, strict=True):
            with console.step("deploy", one.stack):
                stack_folder = folder / one.stack
                parameters = {**dict(one.parameters), "CorsOrigins": ",".join(origins)}
                deployed = deploy_stack(
                    built, one.stack, clients, stack_folder, parameters
                )
            finishing.append(workers.submit(finish, deployed, clients))
        deployments = [future.result() for future in finishing]
    return running, deployments


def _hosted(one: Implementation, deployment: Deployment, sources: Sources) -> Hosted:
    refresh = partial(one.refresh, tuple(deployment.functions.values()))
    return Hosted(deployment, sources, refresh, one.locate)


def _plan(
    running: cloud.Cloud,
    served: Sequence[Served],
    lambda_listener: socket.socket,
    logs: Path,
    more: Sequence[tuple[str, str]],
) -> Plan:
    clients = Clients(running.endpoint)

    def fetch(function: Function) -> Credentials:
        return credentials(function.role, clients)

    return Plan(
        served=served,
        lambda_listener=lambda_listener,
        origins=running.origins,
        credentials=fetch,
        logs=logs,
        cloud_failed=running.failure,
        print_line=console.print_line,
        ready=_announcement(running.endpoint, served, lambda_listener, logs, more),
    )


def _announcement(
    endpoint: str,
    served: Sequence[Served],
    lambda_listener: socket.socket,
    logs: Path,
    more: Sequence[tuple[str, str]],
) -> Callable[[], None]:
    rows = []
    for one in served:
        url = f"http://127.0.0.1:{one.listener.getsockname()[1]}"
        rows += [(f"API ({one.name})", url), ("  reference", f"{url}/docs")]
    rows += [
        ("AWS endpoint", f"{endpoint}  (access key and secret: test)"),
        ("Lambda endpoint", f"http://127.0.0.1:{lambda_listener.getsockname()[1]}"),
        ("function logs", str(logs.relative_to(ROOT))),
        *more,
    ]

    def announce() -> None:
        with suppress(OSError):  # as for the lines of the log that follow
            console.table(rows)
            console.print_line("ready")

    return announce


if __name__ == "__main__":
    sys.exit(main())
