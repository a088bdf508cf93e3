"""`make sam-local` and `make sam-data`: the service under `sam local`, with data.

    python -m local.sam_local serve --implementation python --port 3000
    python -m local.sam_local data --cloud-port 4566

`data` starts the local cloud with the service's tables and bucket, lets containers
reach it, and writes down for `sam local` (`--env-vars`, named in samconfig.toml) where
they are. `serve` does that, then `sam build` and `sam local start-api`. Both run until
they are stopped. Exit code 0 when told to stop, 1 when a part fails, 2 where Docker is
missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

from local import cloud, console
from local.build import STATE, build
from local.children import end_descendants, tied
from local.clients import Clients
from local.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.deploy import finish, put_up
from local.docker import engine, images
from local.docker.relay import relay
from local.implementations import IMPLEMENTATIONS
from local.sam import SAM, SamError, environment_of, sam
from local.serving import in_one_line
from local.stopping import STOP_SIGNALS
from local.template import ROOT, ConfigurationError, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENV_VARS = STATE / "sam" / "env-vars.json"
"""What samconfig.toml names for `sam local`: declared variables and their values."""
END_SECONDS = 30
FORESEEN = (ConfigurationError, SamError, cloud.CloudError)


class StoppedError(KeyboardInterrupt):
    """Somebody told it to stop."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped; return the exit code."""
    options = _parse(arguments)
    for one in STOP_SIGNALS:
        signal.signal(one, _stop)
    try:
        with ExitStack() as cleanup:
            return _run(options, cleanup)
    except StoppedError:
        return 0
    except engine.DockerError as error:
        sys.stderr.write(f"sam-local: {error}\n")
        return 2
    except Exception as error:  # noqa: BLE001 # the entry: one line, and nothing left
        sys.stderr.write(f"sam-local: {in_one_line(error, FORESEEN)}\n")
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.sam_local")
    names = [one.name for one in IMPLEMENTATIONS]
    parser.add_argument("what", choices=["data", "serve"])
    parser.add_argument("--implementation", choices=names, default=names[0])
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--cloud-port", type=int, default=4566)
    return parser.parse_args(arguments)


def _stop(number: int, _: object) -> NoReturn:
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise StoppedError(number)


def _run(options: argparse.Namespace, cleanup: ExitStack) -> int:
    engine.require_engine()
    cleanup.callback(end_descendants)
    _raise(options.cloud_port, cleanup)
    if options.what == "data":
        console.say("ready")
        signal.pause()
    images.ensure(_runtime(options.implementation))
    config = _config(options.implementation)
    with console.step("build", options.implementation):
        log = STATE / "sam" / "build.log"
        sam(["build", "--config-env", config], log, os.environ)
    return _serve(config, options.port)


def _runtime(implementation: str) -> str:
    return str(load()["Mappings"]["Runtimes"][implementation]["current"])


def _config(implementation: str) -> str:
    return "default" if implementation == "python" else f"default-{implementation}"


def _raise(port: int, cleanup: ExitStack) -> None:
    """Start the cloud, deploy the data, let containers reach it, write where it is."""
    place = STATE / f"stack-{port}"
    shutil.rmtree(place, ignore_errors=True)
    owner = IMPLEMENTATIONS[0]
    with console.step("local cloud", f"port {port}"):
        running = cloud.start(port, place)
        cleanup.callback(shutil.rmtree, place, ignore_errors=True)
        cleanup.callback(running.stop)
    with console.step("data", owner.stack):
        clients = Clients(running.endpoint)
        folder = place / owner.stack
        standing = put_up(build(owner.name), owner.stack, clients, folder, {})
        functions = finish(standing, clients).functions.values()
    address = engine.bridge_address()
    if address is not None:
        cleanup.enter_context(relay(address, port))
    variables = {"AWS_ENDPOINT_URL": f"http://{address or engine.HOST_NAME}:{port}"}
    for function in functions:
        variables = {**function.environment, **variables}
    ENV_VARS.parent.mkdir(parents=True, exist_ok=True)
    ENV_VARS.write_text(json.dumps({"Parameters": variables}, indent=2), "utf-8")
    console.table(
        [
            ("AWS endpoint", f"{running.endpoint}  (access key and secret: test)"),
            ("for containers", variables["AWS_ENDPOINT_URL"]),
            ("for sam local", str(ENV_VARS.relative_to(ROOT))),
        ]
    )


def credentials() -> Mapping[str, str]:
    """Return an environment in which `sam local` hands on the local cloud's key."""
    kept = {name: os.environ[name] for name in os.environ if name[:4] != "AWS_"}
    return kept | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": REGION,
    }


def _serve(config: str, port: int) -> int:
    """Run `sam local start-api` until it or this ends; leave none of its containers."""
    before = engine.containers()
    command = [
        *[str(SAM), "local", "start-api", "--config-env", config],
        *["--port", str(port)],
    ]
    process = subprocess.Popen(
        tied(command),
        cwd=ROOT,
        env=environment_of(credentials()),
        start_new_session=True,
    )
    try:
        return process.wait()
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        engine.remove(engine.containers() - before)


if __name__ == "__main__":
    sys.exit(main())
