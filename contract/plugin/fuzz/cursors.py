"""Cursors: valid ones of any position, and ones with a changed field or encoding."""

from __future__ import annotations

from random import Random
from typing import Any


def cursor_of(created: Any, record_id: Any) -> Any:
    """Return the cursor of a position."""
    return {"base64url": {"concat": [created, ".", record_id]}}


def edited_cursor(rng: Random, created: Any, record_id: Any) -> Any:
    """Return a cursor with a change in one of its fields or in its encoding."""
    right = cursor_of(created, record_id)
    inside: tuple[list[Any], ...] = (
        ["0", created, ".", record_id],
        [created, "0.", record_id],
        ["+", created, ".", record_id],
        ["-1.", record_id],
        ["1e3.", record_id],
        [created, ".", {"lower": record_id}],
        [created, ".", record_id, "."],
        [created, ".", record_id, "\n"],
        [" ", created, ".", record_id],
        [created, record_id],
        [created, "."],
        [".", record_id],
        ["1.", record_id],
        [created, ".", {"slice": [record_id, 0, 25]}, "U"],
        [created, ".", {"slice": [record_id, 0, 25]}, "Z"],
        [created, ".", "é", record_id],
        ["0.", "0" * 26],
        ["281474976710655.7", "Z" * 25],
        ["281474976710656.7", "Z" * 25],
        ["999999999999999.7", "Z" * 25],
    )
    outside: tuple[list[Any], ...] = (
        [right, "="],
        [right, "A"],
        [right, "\n"],
        [" ", right],
        [right, ".", right],
        ["*", right],
        [{"slice": [right, 0, 51]}],
        [{"slice": [right, 0, 53]}, "F"],
        [{"slice": [right, 0, 53]}, "/"],
    )
    if rng.random() < 0.6:
        return {"base64url": {"concat": list(rng.choice(inside))}}
    if rng.random() < 0.2:
        return rng.choice(
            ("", "x", "e30", "null", "=", "%", "MTIz", "é", "MQ==", "_-", "+/")
        )
    return {"concat": list(rng.choice(outside))}
