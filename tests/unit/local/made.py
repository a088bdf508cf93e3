"""Values that several tests of the local stack share."""

from __future__ import annotations

from pathlib import Path

from local.model import Function

FUNCTION = Function(
    logical_id="UsersFunction",
    name="users",
    alias="arn:users:live",
    version="1",
    handler="users_handler.handler",
    runtime="python3.13",
    environment={},
    timeout_seconds=29,
    memory_mb=512,
    role="role",
    log_group="group",
    package=Path(),
)
