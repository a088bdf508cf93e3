"""Targets as described by files and by the command line, which takes precedence."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twinproof.contract.reading import read_checked
from twinproof.contract.schemas import Schemas
from twinproof.errors import FileFault, UsageError

LAMBDA = "lambda:"
NONE, OWN, ANY = "none", "own-records", "any"
DEFAULT_REGION = "us-east-1"
# The headers that HTTP itself and API Gateway add to a response.
GATEWAY_HEADERS = (
    "apigw-requestid",
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
)
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NAME_RULE = "its NAME is 1 to 64 letters, digits, dots, hyphens, underscores"
# AWS's clock may differ from ours; the local stack uses this machine's.
REMOTE_SKEW_MS = 2_000


@dataclass(frozen=True)
class Target:
    """One implementation, and how to reach it."""

    name: str
    url: str
    """Base URL, or `lambda:FUNCTION`; `lambda:` alone for the stack's functions."""
    implementation: str | None = None
    stack: str | None = None
    region: str = DEFAULT_REGION
    endpoint: str | None = None
    lambda_endpoint: str | None = None
    writes: str = NONE
    gateway_headers: frozenset[str] = frozenset(GATEWAY_HEADERS)

    @property
    def is_lambda(self) -> bool:
        """Say whether requests go through Lambda's Invoke API."""
        return self.url.startswith(LAMBDA)

    @property
    def local(self) -> bool:
        """Say whether all of the target is on this machine."""
        address = self.invoke_endpoint if self.is_lambda else self.url
        return address is not None and is_loopback(address)

    @property
    def invoke_endpoint(self) -> str | None:
        """Return the endpoint of the Invoke API; None: AWS."""
        return self.lambda_endpoint or self.endpoint

    @property
    def added_headers(self) -> frozenset[str]:
        """Return the headers that the gateway adds, not the function."""
        return frozenset() if self.is_lambda else self.gateway_headers

    @property
    def skew_ms(self) -> int:
        """Return by how many milliseconds the target's clock may differ from ours."""
        return 0 if self.local else REMOTE_SKEW_MS

    @property
    def evidence(self) -> str:
        """Return the evidence of its results: an emulator or AWS itself."""
        return "emulator" if self.local else "aws"


@dataclass(frozen=True)
class Overrides:
    """The options of the command line, for every target."""

    stack: str | None = None
    endpoint: str | None = None
    lambda_endpoint: str | None = None


def read_target(
    flag: str, overrides: Overrides, folder: Path, schemas: Schemas
) -> Target:
    """Return the target of a flag `NAME`, `NAME=URL` or `NAME=lambda:FUNCTION`.

    Raises `UsageError` if the flag or the file is invalid.
    """
    name, separator, url = flag.partition("=")
    if not _NAME.fullmatch(name):
        raise UsageError(f"--target {flag}: {_NAME_RULE}")
    path = folder / f"{name}.yaml"
    said = _file(path, schemas) if path.is_file() else {}
    if not separator:
        url = said.get("url", "")
    if not url:
        raise UsageError(f"--target {flag}: give NAME=URL or NAME=lambda:FUNCTION")
    _check_urls(flag, url, overrides)
    target = Target(
        name=name,
        url=url,
        implementation=said.get("implementation"),
        stack=overrides.stack or said.get("stack"),
        region=said.get("region", DEFAULT_REGION),
        endpoint=overrides.endpoint or said.get("endpoint"),
        lambda_endpoint=overrides.lambda_endpoint or said.get("lambdaEndpoint"),
        gateway_headers=frozenset(said.get("gatewayHeaders", GATEWAY_HEADERS)),
    )
    return replace(target, writes=_writes(target, said))


def _file(path: Path, schemas: Schemas) -> Mapping[str, Any]:
    document, findings = read_checked(path, "targets/", "target", schemas)
    if findings:
        raise FileFault(findings)
    return dict(document)


def _writes(target: Target, said: Mapping[str, Any]) -> str:
    """Return what may be written: by the file for its own URL, else by loopback.

    A file's permission does not apply to another address, so that live data is never
    changed by accident.
    """
    if "writes" in said and said.get("url", target.url) == target.url:
        return str(said["writes"])
    return ANY if target.local else NONE


def _check_urls(flag: str, url: str, overrides: Overrides) -> None:
    if not url.startswith(LAMBDA) and not _is_url(url):
        raise UsageError(f"--target {flag}: {url} is neither a URL nor lambda:FUNCTION")
    given = {
        "--endpoint": overrides.endpoint,
        "--lambda-endpoint": overrides.lambda_endpoint,
    }
    for option, value in given.items():
        if value is not None and not _is_url(value):
            raise UsageError(f"{option} {value}: give a URL, as http://127.0.0.1:4566")


def _is_url(text: str) -> bool:
    """Say whether a text is a base URL that fits a socket and a Host header."""
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    # urlsplit drops some control characters instead of refusing them.
    visible = text.isascii() and text.isprintable() and " " not in text
    return bool(fits) and visible and not parts.query and not parts.fragment


def is_loopback(url: str) -> bool:
    """Say whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
