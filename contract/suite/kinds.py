"""Kinds of values that cannot be the same twice, by the names volatile.yaml gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract.suite import normals, presigned, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract.suite.normals import Normal
    from contract.suite.observation import Observation
    from contract.suite.rules import Rule


def nothing_expected(_: Any, __: Observation) -> str:
    """Accept any value."""
    return ""


@dataclass(frozen=True)
class Kind:
    """What holds a volatile value, and what is compared in its place."""

    name: str
    expected: Rule
    """Returns what a value must be, in words; "" where it is so."""
    form: Normal
    """Returns what is equal on both targets where their values say the same."""


def _held(expected: Rule, form: Normal | None = None) -> Kind:
    """Return the kind of a rule; what it leaves open is what its form compares."""
    return Kind(_name(expected), expected, form or normals.by_rule(expected))


def _compared(form: Normal) -> Kind:
    return Kind(_name(form), nothing_expected, form)


def _name(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", "-")


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _held(rules.anything, normals.below),
        _held(rules.identity, normals.identity),
        _held(rules.time_of_id),
        _held(rules.time_of_write, normals.time_of_write),
        _held(rules.thirty_days),
        _held(rules.version, normals.plain),
        _held(rules.ttl),
        _held(rules.write_id),
        _held(rules.list_shard),
        _held(rules.bucket),
        _held(rules.object_key),
        _held(rules.body_digest),
        _held(rules.time_of_first_request),
        _held(rules.one_day),
        _held(presigned.upload_method, normals.plain),
        _held(presigned.upload_headers, normals.plain),
        _held(presigned.upload_url, normals.signed_url(presigned.upload_url)),
        _held(presigned.upload_end),
        _held(presigned.download_url, normals.signed_url(presigned.download_url)),
        _held(presigned.download_end),
        _compared(normals.moment),
        _compared(normals.cursor),
        _compared(normals.during),
        _compared(normals.request_id),
        _compared(normals.http_date),
        _compared(normals.length_of_body),
        _compared(normals.duration),
        _compared(normals.cold_start),
        _compared(normals.implementation),
        _compared(normals.metrics_namespace),
        _compared(normals.own_text),
        _compared(normals.of_the_gateway),
    )
}

COMPARED = frozenset(
    kind.name for kind in KINDS.values() if kind.expected is nothing_expected
)
"""Names of kinds that hold nothing on a target by itself."""
