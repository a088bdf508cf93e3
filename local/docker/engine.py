"""Talks to a Docker engine through its own command."""

from __future__ import annotations

import ipaddress
import shutil
import subprocess

LABEL = "sam.cli.container.type=lambda"
"""What SAM CLI marks the containers of functions with."""
HOST_NAME = "host.docker.internal"
"""This machine, as Docker Desktop calls it inside and outside of containers."""


class DockerError(Exception):
    """Docker cannot do what was asked of it; the text is one line."""


def docker(*arguments: str, seconds: float | None = None) -> str:
    """Run `docker` and return what it prints; `DockerError` with its last line."""
    try:
        done = subprocess.run(
            ["docker", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise DockerError("docker is not there") from error
    except subprocess.TimeoutExpired as error:
        raise DockerError(f"docker {arguments[0]} took over {seconds:.0f} s") from error
    if done.returncode != 0:
        told = [line for line in done.stderr.splitlines() if line.strip()]
        raise DockerError(told[-1] if told else f"docker {arguments[0]} failed")
    return done.stdout


def require_engine() -> None:
    """Raise `DockerError`, saying what to do, where no engine answers."""
    if shutil.which("docker"):
        try:
            docker("version", "--format", "{{.Server.Version}}", seconds=20)
        except DockerError:
            pass
        else:
            return
    raise DockerError(
        "no Docker engine answers; start one (on Debian: apt-get install docker.io,"
        " then dockerd as root), or use `make start`, which needs none"
    )


def bridge_address() -> str | None:
    """Return this machine's address on Docker's bridge; None: Docker Desktop.

    Its containers run in a virtual machine and reach this one's loopback by a name.
    """
    if "Docker Desktop" in docker("info", "--format", "{{.OperatingSystem}}"):
        return None
    form = "{{range .IPAM.Config}}{{.Gateway}} {{.Subnet}} {{end}}"
    # Until its first container runs, the bridge says no gateway: it is the first host.
    for word in docker("network", "inspect", "bridge", "--format", form).split():
        place = ipaddress.ip_interface(word).network
        if place.version == 4:
            return str(place[1] if place.num_addresses > 1 else place[0])
    raise DockerError("Docker's bridge network has no address of this machine")


def has_image(name: str) -> bool:
    """Say whether an image is on this machine."""
    return bool(docker("images", "--quiet", name).strip())


def containers() -> frozenset[str]:
    """Return the ids of all containers that SAM CLI made for functions."""
    listed = docker(
        "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}"
    )
    return frozenset(listed.split())


def remove(ids: frozenset[str]) -> None:
    """Remove containers by their ids; one that has gone meanwhile is no error."""
    for each in sorted(ids):
        try:
            docker("rm", "--force", each)
        except DockerError as error:
            if "No such container" not in str(error):
                raise
