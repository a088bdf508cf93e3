"""Compares what is stored with a case's `after`."""

from __future__ import annotations

from collections.abc import Mapping

from twinproof.cases.language import Scope, Value
from twinproof.cases.matching import MISSING, Comparison, Mismatch
from twinproof.checks.checks import Checks
from twinproof.exchange.model import Item, Key

Stored = Mapping[Key, Item | None]
_OBJECT_FREE = {"": {"sha256", "size", "contentType"}}


def after_mismatches(
    named: Mapping[Key, Value], stored: Stored, scope: Scope, checks: Checks
) -> list[Mismatch]:
    """Return where the stored items differ from an `after`."""
    found: list[Mismatch] = []
    for key, expected in named.items():
        now = stored.get(key)
        if expected is MISSING:
            if now is not None:
                found.append(Mismatch(key.label, MISSING, now))
        elif now is None:
            found.append(Mismatch(key.label, expected, MISSING))
        else:
            schema = checks.contract.config.schema_of(key.kind)
            free = _OBJECT_FREE if key.is_object else checks.volatile.free(schema)
            one = Comparison(scope, key.label, free)
            one.body(expected, dict(now))
            found += one.mismatches
    return found
