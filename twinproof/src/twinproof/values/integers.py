"""Integers as JSON has them, and times as integers."""

from __future__ import annotations

from typing import TypeGuard


def is_integer(value: object) -> TypeGuard[int]:
    """Say whether a value is an integer and not a boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def seconds_up(milliseconds: int) -> int:
    """Return seconds, rounded up, so that no item expires early."""
    return -(-milliseconds // 1000)
