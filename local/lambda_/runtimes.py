"""The command and the environment of each language's runtime in a sandbox.

To add a language, add an entry to `RUNTIMES`.
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

# debugpy's adapter runs in the function's process. As a process of its own it would
# outlive a killed sandbox and block the port of the next one.
WAIT_FOR_DEBUGGER = """
import debugpy, runpy
debugpy.listen(("127.0.0.1", {port}), in_process_debug_adapter=True)
debugpy.wait_for_client()
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The command that runs a function, and the variables that only it needs."""

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
    # The runtime interface client of AWS, as in Lambda's managed runtimes.
    return [str(PYTHON), "-m", "awslambdaric", function.handler]


def _python_environment(function: Function) -> dict[str, str]:
    return {"PYTHONPATH": str(function.package)}


def _node_command(function: Function) -> list[str]:
    # Unlike --inspect-brk, it does not stop the debugger in the bootstrap first.
    waiting = (
        []
        if function.debug_port is None
        else [f"--inspect-wait=127.0.0.1:{function.debug_port}"]
    )
    return [node.interpreter(function.runtime), *waiting, str(BOOTSTRAP)]


def _node_environment(_: Function) -> dict[str, str]:
    return {}  # every function's environment names handler and package


RUNTIMES = {
    "python": Runtime(_python_command, _python_environment),
    "nodejs": Runtime(_node_command, _node_environment),
}


def runtime_of(name: str) -> Runtime:
    """Return the runtime with a Lambda identifier (`python3.13`)."""
    language = name.rstrip("0123456789.x")
    return RUNTIMES[language]


def environment_of(
    function: Function, credentials: Credentials, endpoint: str, region: str
) -> dict[str, str]:
    """Return the environment that Lambda gives a function, with the local cloud as AWS.

    Source: "Working with Lambda environment variables", defined runtime variables.
    There is no X-Ray daemon, so its address is left out. The two files are named,
    because otherwise botocore finds the developer's own in the home folder, which it
    gets from the password database.
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
