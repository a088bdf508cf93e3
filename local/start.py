"""`make start`: the whole service on this machine, without Docker and without AWS.

    python -m local.start --port 3000 --cloud-port 4566

Starts the local cloud, builds and deploys to it as one would to AWS, then serves: each
implementation at PORT and the ports after it, AWS at CLOUD_PORT, Lambda's Invoke API
at the port after that. Exit code 0 when told to stop, 1 when a part fails.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

from local import cloud, console
from local.build import STATE, build
from local.children import side_by_side
from local.clients import Clients
from local.deploy import Credentials, Deployment, Function, credentials, finish, put_up
from local.docs import SWAGGER
from local.implementations import IMPLEMENTATIONS
from local.lambda_service import Hosted
from local.ports import PortError, claim, require_apart
from local.reload import Sources
from local.runtimes import PYTHON
from local.sam import SAM, SamError
from local.serving import (
    PartFailedError,
    Plan,
    Served,
    in_one_line,
    serve,
)
from local.stopping import StoppedError, be_deaf, stop_on_signals
from local.template import ROOT, ConfigurationError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from local.implementations import Implementation

TOOLS = (PYTHON, SAM, cloud.PYTHON, SWAGGER / "swagger-ui-bundle.js")


class CannotStartError(Exception):
    """Something is missing on this machine; the text says what to do."""


# What says in its own words what went wrong and what to do.
FORESEEN = (
    CannotStartError,
    ConfigurationError,
    PartFailedError,
    PortError,
    SamError,
    cloud.CloudError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stack until it is stopped; return the exit code."""
    options = _parse(arguments)
    stop_on_signals()
    try:
        with ExitStack() as cleanup:
            _run(options, cleanup)
    except StoppedError:
        pass
    except Exception as error:  # noqa: BLE001 # the entry: one line, and nothing left
        sys.stderr.write(f"start: {in_one_line(error, FORESEEN)}\n")
        return 1
    # After a failure it stays, for its logs.
    shutil.rmtree(_place(options), ignore_errors=True)
    console.say("stopped")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.start")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--cloud-port", type=int, default=4566)
    return parser.parse_args(arguments)


def _place(options: argparse.Namespace) -> Path:
    """Return the folder of this run: of several, no two have the same port."""
    return STATE / f"stack-{options.cloud_port}"


def ports_of(port: int, cloud_port: int) -> dict[str, int]:
    """Return every port that is listened on, by what a user calls it."""
    fronts = range(len(IMPLEMENTATIONS))
    return {
        **{f"PORT + {one}" if one else "PORT": port + one for one in fronts},
        "CLOUD_PORT": cloud_port,
        "CLOUD_PORT + 1": cloud_port + 1,
    }


def _run(options: argparse.Namespace, cleanup: ExitStack) -> None:
    require_apart(ports_of(options.port, options.cloud_port))
    _require_tools()
    claim(options.cloud_port, "CLOUD_PORT").close()  # to tell it before its sibling
    lambda_listener = claim(options.cloud_port + 1, "CLOUD_PORT (it is the next one)")
    cleanup.callback(lambda_listener.close)
    listeners = []
    for number, _ in enumerate(IMPLEMENTATIONS):
        listeners.append(claim(options.port + number, "PORT"))
        cleanup.callback(listeners[-1].close)
    place = _place(options)
    shutil.rmtree(place, ignore_errors=True)
    # Before anything is built: what is saved from now on is new to what runs.
    sources = [
        Sources([ROOT / name for name in one.sources]) for one in IMPLEMENTATIONS
    ]
    running, deployments = _raise(options.cloud_port, place, cleanup)
    served = [
        Served(one.name, Hosted(deployment, watched, _refresh(one, deployment)), socket)
        for one, deployment, watched, socket in zip(
            IMPLEMENTATIONS, deployments, sources, listeners, strict=True
        )
    ]
    asyncio.run(serve(_plan(running, served, lambda_listener, place / "logs")))
    be_deaf()


def _require_tools() -> None:
    for tool in TOOLS:
        if not tool.exists():
            name = tool.relative_to(ROOT)
            raise CannotStartError(f"{name} is not there; install it with: make setup")
    if not shutil.which("make"):
        raise CannotStartError("make is not there; on Debian: apt-get install make")


def _raise(
    port: int, place: Path, cleanup: ExitStack
) -> tuple[cloud.Cloud, list[Deployment]]:
    """Start the cloud and deploy every implementation to it.

    One stack needs what another exports, so they go up one after the other; but they
    are built side by side, and what SAM CLI has put up is completed while it puts up
    the next.
    """
    with side_by_side(len(IMPLEMENTATIONS)) as workers:
        building = [workers.submit(build, one.name) for one in IMPLEMENTATIONS]
        with console.step("local cloud", f"port {port}"):
            running = cloud.start(port, place)
            cleanup.callback(running.stop)
        with console.step("build", ", ".join(one.name for one in IMPLEMENTATIONS)):
            builds = [future.result() for future in building]
        clients = Clients(running.endpoint)
        finishing = []
        for one, built in zip(IMPLEMENTATIONS, builds, strict=True):
            with console.step("deploy", one.stack):
                folder, parameters = place / one.stack, dict(one.parameters)
                standing = put_up(built, one.stack, clients, folder, parameters)
            finishing.append(workers.submit(finish, standing, clients))
        deployments = [future.result() for future in finishing]
    _tell(deployments)
    return running, deployments


def _tell(deployments: Sequence[Deployment]) -> None:
    """Print what was not rehearsed and what was added; of all stacks, each once."""
    left_out = dict.fromkeys(line for one in deployments for line in one.left_out)
    applied = dict.fromkeys(
        line for one in deployments for line in one.applied_afterwards
    )
    console.items("left out, the emulator cannot hold it", list(left_out))
    console.items("applied afterwards", list(applied))


def _refresh(one: Implementation, deployment: Deployment) -> Callable[[], None]:
    return partial(one.refresh, tuple(deployment.functions.values()))


def _plan(
    running: cloud.Cloud,
    served: Sequence[Served],
    lambda_listener: socket.socket,
    logs: Path,
) -> Plan:
    clients = Clients(running.endpoint)

    def fetch(function: Function) -> Credentials:
        return credentials(function.role, clients)

    return Plan(
        served=served,
        lambda_listener=lambda_listener,
        credentials=fetch,
        logs=logs,
        cloud_failed=running.failure,
        say=console.log,
        ready=_announcement(running.endpoint, served, lambda_listener, logs),
    )


def _announcement(
    endpoint: str,
    served: Sequence[Served],
    lambda_listener: socket.socket,
    logs: Path,
) -> Callable[[], None]:
    rows = []
    for one in served:
        url = f"http://127.0.0.1:{one.listener.getsockname()[1]}"
        rows += [(f"API ({one.name})", url), ("  reference", f"{url}/docs")]
    rows += [
        ("AWS endpoint", f"{endpoint}  (access key and secret: test)"),
        ("Lambda endpoint", f"http://127.0.0.1:{lambda_listener.getsockname()[1]}"),
        ("function logs", str(logs.relative_to(ROOT))),
    ]

    def announce() -> None:
        with suppress(OSError):  # as for the lines of the log that follow
            console.table(rows)
            console.say("ready")

    return announce


if __name__ == "__main__":
    sys.exit(main())
