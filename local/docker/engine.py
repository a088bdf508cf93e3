"""Talks to a Docker engine through its own command."""

from __future__ import annotations

import ipaddress
import select
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from local.template import ROOT

LABEL = "sam.cli.container.type=lambda"
"""What SAM CLI marks the containers of functions with."""
HOST_NAME = "host.docker.internal"
"""This machine, as Docker Desktop calls it inside and outside of containers."""
DESKTOP_ROOT = "/host_mnt"
"""Where Docker Desktop's virtual machine has this machine's folders."""
CONTACT_SECONDS = 20
"""A reachable registry answers within 2 s; an unreachable one never does."""
PULL_SECONDS = 600


class DockerError(Exception):
    """A Docker command failed; the text is one line."""


def docker(*arguments: str, seconds: float | None = None) -> str:
    """Run `docker` and return its output; raise `DockerError` with its last line."""
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
        raise DockerError("docker is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise DockerError(f"docker {arguments[0]} took over {seconds:.0f} s") from error
    if done.returncode != 0:
        raise _docker_error(done.stderr, f"docker {arguments[0]} failed")
    return done.stdout


def _docker_error(output: str, otherwise: str) -> DockerError:
    lines = [line for line in output.splitlines() if line.strip()]
    return DockerError(lines[-1] if lines else otherwise)


def require_engine() -> None:
    """Raise `DockerError`, whose text says what to do, if no engine answers."""
    if shutil.which("docker"):
        try:
            docker("version", "--format", "{{.Server.Version}}", seconds=20)
        except DockerError:
            pass
        else:
            return
    raise DockerError(
        "no Docker engine answers; start one (on Debian: apt-get install docker.io"
        " iptables, then dockerd as root), or use `make start`, which needs none"
    )


def bridge() -> ipaddress.IPv4Interface | None:
    """Return this machine's address on Docker's bridge with the bridge's subnet.

    None with Docker Desktop: its containers run in a virtual machine and have a name
    for this machine's loopback.
    """
    if "Docker Desktop" in docker("info", "--format", "{{.OperatingSystem}}"):
        return None
    form = "{{range .IPAM.Config}}{{println .Subnet .Gateway}}{{end}}"
    for line in docker("network", "inspect", "bridge", "--format", form).splitlines():
        subnet, *gateway = line.split() or [""]
        with suppress(ValueError):
            network = ipaddress.IPv4Network(subnet)
            # Docker reports no gateway before the first container runs; it is the first
            # host.
            address = gateway[0] if gateway else network[1]
            return ipaddress.IPv4Interface(f"{address}/{network.prefixlen}")
    raise DockerError("Docker's bridge network has no address of this machine")


def has_image(name: str) -> bool:
    """Return whether an image is on this machine."""
    return bool(docker("images", "--quiet", name).strip())


def label_of(name: str, label: str) -> str:
    """Return the value of an image's label, empty if it has none."""
    form = f'{{{{index .Config.Labels "{label}"}}}}'
    return docker("image", "inspect", "--format", form, name).strip()


def pull(name: str) -> None:
    """Pull an image.

    Raises `DockerError`; if no registry answers at all, after `CONTACT_SECONDS`.
    """
    process = subprocess.Popen(
        ["docker", "pull", name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout  # noqa: S101 - stdout is a pipe
            # The first line comes with the registry's answer or at the end of the pull.
            if not select.select([process.stdout], [], [], CONTACT_SECONDS)[0]:
                raise DockerError(f"no registry answers within {CONTACT_SECONDS} s")
            _, output = process.communicate(timeout=PULL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise DockerError(f"docker pull took over {PULL_SECONDS} s") from error
        finally:
            process.kill()
    if process.returncode != 0:
        raise _docker_error(output, "docker pull failed")


def containers(folder: Path = ROOT) -> frozenset[str]:
    """Return the ids of SAM CLI's containers of functions built below a folder."""
    shown = docker(
        *["ps", "--all", "--no-trunc", "--filter", f"label={LABEL}"],
        *["--format", "{{.ID}}\t{{.Mounts}}"],
    )
    lines = (line.split("\t") for line in shown.splitlines())
    return frozenset(
        name
        for name, mounts in lines
        if any(_is_below(each, folder) for each in mounts.split(","))
    )


def _is_below(mount: str, folder: Path) -> bool:
    return mount.removeprefix(DESKTOP_ROOT).startswith(f"{folder}/")


def remove_all(folder: Path) -> None:
    """Remove all of SAM CLI's containers of functions built below a folder.

    If SAM CLI requested one just before it ended, that container can appear while
    others are removed.
    """
    while found := containers(folder):
        remove(found)


def remove(ids: frozenset[str]) -> None:
    """Remove containers by their ids; one that no longer exists is no error."""
    for each in sorted(ids):
        try:
            docker("rm", "--force", each)
        except DockerError as error:
            if "No such container" not in str(error):
                raise
