"""Gets AWS's base images for `sam local`, or makes stand-ins if they are unavailable.

    python -m local.docker.images python3.13 nodejs24.x

An image that is on this machine is used as it is. Any other is pulled. If no registry
answers, a stand-in is made under AWS's own tag: Debian with the runtime's interpreter.
Its bootstrap runs AWS's runtime interface client (Python) or the local stack's
bootstrap (Node). SAM CLI adds its own Runtime API on top, as it does to AWS's images.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local import console, node
from local.command import DONE, run
from local.deploy.build import architecture as own_architecture
from local.docker.debian import PYTHON, make_base
from local.docker.engine import (
    DockerError,
    docker,
    has_image,
    label_of,
    pull,
    require_engine,
)
from local.lambda_.runtimes import BOOTSTRAP
from local.template import ROOT, ConfigurationError, defaults, load

SAM_PYTHON = ROOT / ".venv" / "sam" / "bin" / "python"
UV = ROOT / ".venv" / "uv" / "bin" / "uv"
REQUIREMENTS = ROOT / "requirements" / "lambda.txt"
BASE = "parity-stand-in-debian:trixie"
LABEL = "parity.stand-in"
"""The label that marks a stand-in for AWS's image of the same name."""
STEPS = """\
FROM {base}
LABEL {label}={runtime}
COPY runtime /var/runtime
"""
# As in AWS's bootstrap: runs in the package's folder, whose modules come first.
START = {
    "python": (
        'cd "$LAMBDA_TASK_ROOT"\n'
        'export PYTHONPATH="$LAMBDA_TASK_ROOT:/var/runtime"\n'
        f'exec /usr/bin/{PYTHON} -m awslambdaric "$_HANDLER"\n'
    ),
    "nodejs": (
        'cd "$LAMBDA_TASK_ROOT"\nexec /var/runtime/node /var/runtime/bootstrap.mjs\n'
    ),
}


FORESEEN = (
    *(DockerError, ConfigurationError),
    *(OSError, subprocess.CalledProcessError),
)


def main() -> int:
    """Get the images of the named runtimes; return the exit code."""
    return run("images", _ensure_all, FORESEEN)


def _ensure_all() -> int:
    require_engine()
    architecture = defaults(load())["Architecture"]
    for runtime in sys.argv[1:]:
        ensure(runtime, architecture)
    return DONE


def ensure(runtime: str, architecture: str) -> None:
    """Get AWS's base image of a runtime, or make a stand-in for it.

    Prints which of the two it is. Raises `DockerError` if neither is possible.
    """
    name = image_of(runtime, architecture)
    if not has_image(name):
        _fetch(runtime, architecture, name)
    kind = "a stand-in" if label_of(name, LABEL) else "AWS's image"
    console.print_line(f"{runtime:<{console.WIDTH}}{kind}")


def _fetch(runtime: str, architecture: str, name: str) -> None:
    try:
        with console.step("pull", name):
            pull(name)
    except DockerError as error:
        console.print_line(f"{name} cannot be pulled ({error})")
        make(runtime, architecture, name)


def image_of(runtime: str, architecture: str) -> str:
    """Return the name and tag that SAM CLI itself gives the image of a runtime."""
    ask = (
        "import sys; from samcli.local.docker.lambda_image import LambdaImage, Runtime;"
        " tag = Runtime.get_image_name_tag(sys.argv[1], sys.argv[2]);"
        " print(LambdaImage._INVOKE_REPO_PREFIX + '/' + tag)"
    )
    command = [str(SAM_PYTHON), "-c", ask, runtime, architecture]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DockerError(f"SAM CLI knows no image of {runtime}")
    return done.stdout.strip()


def make(runtime: str, architecture: str, name: str) -> None:
    """Make a stand-in for the image of a runtime, under its name."""
    here = own_architecture()
    if architecture != here:
        raise DockerError(
            f"stand-ins are made for this machine's processor, {here}, and the"
            f" template's Architecture is {architecture}"
        )
    if not has_image(BASE):
        with console.step("stand-in", "Debian trixie, about a minute"):
            make_base(BASE, LABEL)
    with console.step("stand-in", name), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        language = runtime.rstrip("0123456789.x")
        _write_runtime(language, runtime, folder / "runtime")
        steps = STEPS.format(base=BASE, label=LABEL, runtime=runtime)
        (folder / "Dockerfile").write_text(steps, "utf-8")
        docker("build", "--quiet", "--tag", name, temporary)


def _write_runtime(language: str, runtime: str, folder: Path) -> None:
    """Write the files that run a function into the folder that becomes /var/runtime."""
    folder.mkdir()
    if language == "python":
        if runtime != PYTHON:
            raise DockerError(f"a stand-in can be made of {PYTHON}, not of {runtime}")
        _install_client(folder)
    else:
        shutil.copy(node.interpreter(runtime), folder / "node")
        shutil.copy(BOOTSTRAP, folder / "bootstrap.mjs")
    bootstrap = folder / "bootstrap"
    bootstrap.write_text(f"#!/bin/sh\n{START[language]}", "utf-8")
    bootstrap.chmod(0o755)


def _install_client(folder: Path) -> None:
    """Install the runtime interface client for the image's Python, not for ours."""
    machine = platform.machine().lower()
    command = [
        *[str(UV), "pip", "install", "--quiet", "--target", str(folder)],
        *["--python-version", PYTHON.removeprefix("python")],
        *["--python-platform", f"{machine}-manylinux_2_28"],
        *["--only-binary", ":all:", "--require-hashes", "-r", str(REQUIREMENTS)],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DockerError(f"awslambdaric cannot be had for {PYTHON}")


if __name__ == "__main__":
    sys.exit(main())
