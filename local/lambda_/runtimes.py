"""How the runtime of each language is started in a sandbox, and what it finds there.

Another language is one more entry of `RUNTIMES`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from local import node
from local.model import Credentials, Function
from local.template import ROOT

PYTHON = ROOT / ".venv" / "lambda" / "bin" / "python"
BOOTSTRAP = Path(__file__).with_name("bootstrap.mjs")

# With debugpy's adapter in the process itself: as a process of its own it would live on
# after the sandbox is killed, and keep the port from the next one.
WAIT_FOR_DEBUGGER = """
import debugpy, runpy
debugpy.listen(("127.0.0.1", {port}), in_process_debug_adapter=True)
debugpy.wait_for_client()
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The command that runs a function, and what its environment has of its own."""

    command: Callable[[Function], list[str]]
    environment: Callable[[Function], dict[str, str]]


def _python_command(function: Function) -> list[str]:
    if function.debug_port is not None:
        wait = WAIT_FOR_DEBUGGER.format(port=function.debug_port)
        # Frozen modules have no source in which a debugger could stop.
        return [
            *[str(PYTHON), "-X", "frozen_modules=off"],
            *["-c", wait, function.handler],
        ]
    # AWS's own runtime interface client, the one in Lambda's managed runtimes.
    return [str(PYTHON), "-m", "awslambdaric", function.handler]


def _python_environment(function: Function) -> dict[str, str]:
    return {"PYTHONPATH": str(function.package)}


def _node_command(function: Function) -> list[str]:
    # Unlike with --inspect-brk, whoever attaches is not stopped in the bootstrap first.
    waiting = (
        []
        if function.debug_port is None
        else [f"--inspect-wait=127.0.0.1:{function.debug_port}"]
    )
    return [node.interpreter(function.runtime), *waiting, str(BOOTSTRAP)]


def _node_environment(_: Function) -> dict[str, str]:
    return {}  # handler and package are in what every function is told


RUNTIMES = {
    "python": Runtime(_python_command, _python_environment),
    "nodejs": Runtime(_node_command, _node_environment),
}


def runtime_of(name: str) -> Runtime:
    """Return how to start a Lambda runtime by its identifier (`python3.13`)."""
    language = name.rstrip("0123456789.x")
    return RUNTIMES[language]


def environment_of(
    function: Function, credentials: Credentials, endpoint: str, region: str
) -> dict[str, str]:
    """Return the environment Lambda gives a function, AWS being the local cloud.

    Source: "Working with Lambda environment variables", defined runtime variables.
    The X-Ray daemon's address is left out, for there is none. The two files are named
    because botocore would else find the developer's own through the password database.
    """
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{uuid4().hex}"
    return {
        **function.environment,
        "_HANDLER": function.handler,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LAMBDA_TASK_ROOT": str(function.package),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
    }
