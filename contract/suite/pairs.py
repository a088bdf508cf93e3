"""Compares the exchanges of two targets, whole, after naming what is volatile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract.suite.matching import Mismatch
from contract.suite.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract.suite.exchanges import Exchange
    from contract.suite.play import Rulebook

# Any: what is compared is JSON of every kind.
Value = Any


@dataclass(frozen=True)
class Difference:
    """One place at which two targets differ."""

    full_id: str
    """The case: `createUser/accepts-…`."""
    targets: tuple[str, str]
    where: str
    """Part of the exchange, and a JSON Pointer into it: `body /errors`."""
    values: tuple[Value, Value]
    """What each target gave there, in the order of `targets`; MISSING: nothing."""
    exchanges: tuple[Exchange | None, Exchange | None]
    """Both whole; None where a target gave no answer."""
    rule: str = ""


@dataclass(frozen=True)
class Pair:
    """What came of one case on two targets, laid side by side."""

    full_id: str
    targets: tuple[str, str]
    verdict: Verdict
    duration_ms: int
    mismatches: tuple[Mismatch, ...] = ()
    """Where they differ; `expected` is the first target's value, `got` the second's."""
    exchanges: tuple[Exchange | None, Exchange | None] = (None, None)
    error: str = ""

    @property
    def differences(self) -> Iterator[Difference]:
        """Yield each mismatch with all that is needed to show it by itself."""
        for each in self.mismatches:
            values = (each.expected, each.got)
            yield Difference(
                self.full_id,
                self.targets,
                each.where,
                values,
                self.exchanges,
                each.rule,
            )


@dataclass
class Side:
    """What is known of one target while its exchanges are compared.

    Kept from exchange to exchange: an id that got a name keeps it.
    """

    domain: str
    """The mail domain of this side's own addresses."""
    key_suffix: str = ""
    """What ends this side's own idempotency keys."""
    start_ms: int = 0
    """Epoch milliseconds that times in requests are relative to."""
    owned: set[str] = field(default_factory=set)
    """Ids of this side's own records; others are left out of lists."""
    skew_ms: int = 0
    gateway_headers: frozenset[str] = frozenset()
    is_lambda: bool = False
    names: dict[str, str] = field(default_factory=dict)
    """By id, the name it goes by in the comparison."""


@dataclass
class Rules:
    """What a comparison goes by: the volatile members, and both sides."""

    book: Rulebook
    left: Side
    right: Side


def compare(left: Exchange, right: Exchange, rules: Rules) -> list[Mismatch]:
    """Return every difference between two exchanges of the same request.

    `expected` of a mismatch is the left one's value, `got` the right one's. Exchanges
    of one sequence are given in their order, with the same `rules`.
    """
    if left.response.status != right.response.status:
        return [Mismatch("status", left.response.status, right.response.status)]
    return []
