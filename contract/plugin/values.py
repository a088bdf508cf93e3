"""Expressions that only the cases of this service have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract.plugin.ulids import new_ulid
from twinproof.plugin import Expression, Scope, evaluate

LIFETIME = "min-lifetime-seconds"
"""The stack's output with the shortest life of a user."""


def position(record: Mapping[str, Any]) -> tuple[int, str]:
    """Return the position in lists: the time of creation, then the id."""
    return record["createdAt"], record.get("userId") or record["assetId"]


def _ulid(argument: Any, scope: Scope) -> str:
    offset, tail = argument if isinstance(argument, list) else (argument, "")
    return new_ulid(scope.start_ms + int(evaluate(offset, scope)), scope.chance, tail)


def _newest_first(argument: Any, scope: Scope) -> list[Any]:
    return sorted(evaluate(argument, scope), key=position, reverse=True)


def _lifetime(argument: Any, scope: Scope) -> int:
    """Return when a user with the shortest life expires, plus the argument."""
    return scope.start_ms + 1000 * int(scope.outputs[LIFETIME]) + int(argument)


EXPRESSIONS: Mapping[str, Expression] = {
    "ulid": Expression(_ulid, "text"),
    "newestFirst": Expression(_newest_first),
    "lifetime": Expression(_lifetime, "number"),
}
