"""The data that the packages of `local` share: builds, stacks and functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Build:
    """A built template and its build parameters; `fresh` if this run built it."""

    implementation: str
    template: Path
    parameters: dict[str, str]
    fresh: bool


@dataclass(frozen=True)
class DeployedStack:
    """A stack that `sam deploy` has created, before its omissions are applied.

    `parameters` are the parameters of its deploy, `folder` is the folder of its files.
    """

    stack: str
    build: Build
    parameters: Mapping[str, str]
    folder: Path
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Function:
    """One deployed function, as the alias `live` serves it.

    `package` is a directory with the unzipped deployment package: the very bytes
    that were uploaded. `environment` has the variables that the template sets; all
    names and values are strings. `alias` is the ARN ending in `:live`, `version` the
    published version that the alias points to. The sandbox waits for a debugger on
    `debug_port` of the loopback; None if it does not wait.
    """

    logical_id: str
    name: str
    alias: str
    version: str
    handler: str
    runtime: str
    environment: Mapping[str, str]
    timeout_seconds: int
    memory_mb: int
    role: str
    log_group: str
    package: Path
    debug_port: int | None = None


@dataclass(frozen=True)
class Cors:
    """The CORS configuration of the HTTP API, as API Gateway returns it."""

    allow_origins: tuple[str, ...]
    allow_methods: tuple[str, ...]
    allow_headers: tuple[str, ...]
    expose_headers: tuple[str, ...]
    max_age_seconds: int


@dataclass(frozen=True)
class Deployment:
    """One stack of the local cloud, with everything that serving it needs.

    `functions` is keyed by logical id, `routes` maps a route key
    (`GET /users/{userId}`) to the logical id of its function. `left_out` and
    `applied_afterwards` hold one printable line each.
    """

    stack: str
    endpoint: str
    region: str
    functions: Mapping[str, Function]
    routes: Mapping[str, str]
    cors: Cors
    left_out: tuple[str, ...]
    applied_afterwards: tuple[str, ...]


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a role; `expires_at` in epoch milliseconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: int
