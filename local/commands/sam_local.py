"""`make sam-local` and `make sam-data`: the service under `sam local`, with data.

    python -m local.commands.sam_local serve --implementation python --port 3000
    python -m local.commands.sam_local data --cloud-port 4566

`data` starts the local cloud with the service's tables and bucket and lets containers
reach it. It writes the addresses to the file that samconfig.toml names as `--env-vars`
of `sam local`. `serve` has its own data, builds, and runs `sam local start-api`; its
files are its own too, so that several can run at the same time. Both run until they
are stopped. Exit code 0 when stopped, 1 when a part fails, 2 if Docker or a port is
not available.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

from handlers.packaging.env_vars import ENV_VARS, without_data
from local import console
from local.children import die_with_parent, end_descendants
from local.command import CLOUD_PORT, DONE, PORT, parser_of, run
from local.commands.origins import allowed_origins
from local.commands.serving import WATCH_SECONDS, PartFailedError
from local.deploy.build import STATE, build
from local.deploy.deployment import deploy_stack, finish
from local.deploy.sam import SAM, SamError, environment_of, sam
from local.docker import engine, images
from local.docker.relay import relay
from local.emulator import cloud
from local.emulator.clients import Clients
from local.emulator.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Cloud
from local.http.ports import PortError, claim, require_apart
from local.implementations import IMPLEMENTATIONS
from local.stopping import StoppedError, ignore_signals
from local.template import (
    ROOT,
    SAMCONFIG,
    ConfigurationError,
    defaults,
    load,
    overrides,
    runtime,
)

END_SECONDS = 30
FORESEEN = (
    ConfigurationError,
    PartFailedError,
    PortError,
    SamError,
    cloud.CloudError,
    engine.DockerError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped; return the exit code."""
    parser = parser_of("sam-local", PORT, CLOUD_PORT, cors=True)
    names = [one.name for one in IMPLEMENTATIONS]
    parser.add_argument("what", choices=["data", "serve"])
    parser.add_argument("--implementation", choices=names, default=names[0])
    options = parser.parse_args(arguments)
    return run("sam-local", lambda: _until_stopped(options), FORESEEN)


def _until_stopped(options: Namespace) -> int:
    folder = STATE / f"sam-{options.cloud_port}"
    with suppress(StoppedError), ExitStack() as cleanup:
        try:
            _run(options, folder, cleanup)
        finally:
            ignore_signals()
    # After a failure it stays, for its logs.
    shutil.rmtree(folder, ignore_errors=True)
    return DONE


def _run(options: Namespace, folder: Path, cleanup: ExitStack) -> None:
    served = {"PORT": options.port} if options.what == "serve" else {}
    require_apart({**served, "CLOUD_PORT": options.cloud_port})
    origins = allowed_origins([options.port], options.cors_origins)
    engine.require_engine()
    # Fails before anything is built, and before another command's files are removed.
    claim(options.cloud_port, "CLOUD_PORT").close()
    if options.what == "serve":
        claim(options.port, "PORT").close()
        images.ensure(*_image(_config(options.implementation)))
    shutil.rmtree(folder, ignore_errors=True)
    cleanup.callback(end_descendants)
    running, env_vars = _start_cloud(options.cloud_port, folder, origins, cleanup)
    if options.what == "serve":
        template = _build(options, folder / "build.log", cleanup)
        command = _start_api(options, template, env_vars)
        _serve(command, template.parent, running.failure)
    publish(env_vars, cleanup)
    console.print_line("ready")
    _watch(running.failure)


def _config(implementation: str) -> str:
    return "default" if implementation == "python" else f"default-{implementation}"


def _image(config: str) -> tuple[str, str]:
    """Return the runtime and the architecture of an environment's builds."""
    template = load()
    parameters = defaults(template) | overrides(config, "build")
    return runtime(template, parameters), parameters["Architecture"]


def _start_cloud(
    port: int, folder: Path, origins: Sequence[str], cleanup: ExitStack
) -> tuple[Cloud, Path]:
    """Start the cloud, deploy the data and let containers connect.

    Returns the cloud and the file with its addresses.
    """
    owner = IMPLEMENTATIONS[0]
    bridge = engine.bridge()
    host = str(bridge.ip) if bridge else engine.HOST_NAME
    with console.step("local cloud", f"port {port}"):
        running = cloud.start(port, folder, origins=origins, more_hosts=[host])
        cleanup.callback(running.stop)
    with console.step("data", owner.stack):
        clients = Clients(running.endpoint)
        stack_folder = folder / owner.stack
        parameters = {"CorsOrigins": ",".join(origins)}
        deployed = deploy_stack(
            build(owner.name), owner.stack, clients, stack_folder, parameters
        )
        functions = finish(deployed, clients).functions.values()
    if bridge is not None:
        cleanup.enter_context(relay(bridge, port))
    variables = {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    for function in functions:
        variables = {**function.environment, **variables}
    env_vars = folder / "env-vars.json"
    env_vars.write_text(json.dumps({"Parameters": variables}, indent=2), "utf-8")
    console.table(
        [
            ("AWS endpoint", f"{running.endpoint}  (access key and secret: test)"),
            ("for containers", variables["AWS_ENDPOINT_URL"]),
        ]
    )
    return running, env_vars


def publish(env_vars: Path, cleanup: ExitStack) -> None:
    """Write the env-vars file that samconfig.toml names; remove it at the end."""
    text = env_vars.read_text("utf-8")
    cleanup.callback(_withdraw, text)
    ENV_VARS.parent.mkdir(parents=True, exist_ok=True)
    ENV_VARS.write_text(text, "utf-8")
    console.table([("for sam local", str(ENV_VARS.relative_to(ROOT)))])


def _withdraw(text: str) -> None:
    # By then a later command may have replaced it with its own.
    with suppress(FileNotFoundError):
        if ENV_VARS.read_text("utf-8") == text:
            ENV_VARS.write_text(without_data(), "utf-8")


def _watch(*failures: Callable[[], str | None]) -> NoReturn:
    """Wait until a part fails, then raise `PartFailedError`."""
    while True:
        for failure in failures:
            if fault := failure():
                raise PartFailedError(fault)
        time.sleep(WATCH_SECONDS)


def _build(options: Namespace, log: Path, cleanup: ExitStack) -> Path:
    """Build into a folder that only this run uses; return the built template."""
    implementation = options.implementation
    folder = STATE / "sam" / f"{implementation}-{options.port}"
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    arguments = ["build", "--config-env", _config(implementation)]
    with console.step("build", implementation):
        # SAM CLI writes its record of the build beside it; runs must not share that.
        sam([*arguments, "--build-dir", str(folder / "build")], log, os.environ)
    return folder / "build" / "template.yaml"


def _start_api(options: Namespace, template: Path, env_vars: Path) -> list[str]:
    return [
        *[str(SAM), "local", "start-api", "--port", str(options.port)],
        # It looks for it beside the template.
        *["--config-file", str(SAMCONFIG)],
        *["--config-env", _config(options.implementation)],
        *["--template", str(template), "--env-vars", str(env_vars)],
    ]


def credentials() -> Mapping[str, str]:
    """Return an environment in which `sam local` passes on the local cloud's key."""
    kept = {name: os.environ[name] for name in os.environ if name[:4] != "AWS_"}
    return kept | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": REGION,
    }


def _serve(
    command: list[str], built: Path, cloud_failed: Callable[[], str | None]
) -> NoReturn:
    """Run `sam local start-api` until a part fails, then remove its containers."""
    process = subprocess.Popen(
        die_with_parent(command),
        cwd=ROOT,
        env=environment_of(credentials()),
        start_new_session=True,
    )

    def failed() -> str | None:
        code = process.poll()
        if code is None:
            return None
        return f"sam local start-api ended by itself (exit code {code})"

    try:
        _watch(cloud_failed, failed)
    finally:
        ignore_signals()
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        engine.remove_all(built)


if __name__ == "__main__":
    sys.exit(main())
