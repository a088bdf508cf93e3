"""Which of the exchanges of a loop created a record, and which of them repeat that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.plugin.ulids import is_ulid, time_of
from contract.suite.items import ID_OF, created_key
from contract.suite.matching import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contract.suite.exchanges import Exchange


def makers_of(exchanges: Sequence[Exchange], skew_ms: int) -> dict[str, Exchange]:
    """Return, by id, which of many exchanges created the record that they say.

    The first to be sent of those that went on when the id was made. Where none did, one
    of them all the same: its id is then not of its time, and that is told.
    """
    makers: dict[str, Exchange] = {}
    for exchange in sorted(exchanges, key=lambda each: each.sent_ms, reverse=True):
        key = created_key(exchange)
        if key is not None and is_ulid(key.name):
            low, high = exchange.sent_ms - skew_ms, exchange.received_ms + skew_ms
            if key.name not in makers or low <= time_of(key.name) <= high:
                makers[key.name] = exchange
    return makers


def under_another_key(
    exchanges: Sequence[Exchange], makers: Mapping[str, Exchange]
) -> Iterator[Mismatch]:
    """Yield each id that answers another Idempotency-Key than its record's maker had.

    Only a request under the same key is a repeat. One without a key is none: the rule
    of ids tells that by itself.
    """
    for exchange in exchanges:
        created, own = created_key(exchange), exchange.request.header("idempotency-key")
        maker = makers.get(created.name) if created else None
        if created is None or maker is None or own is None:
            continue
        if own != maker.request.header("idempotency-key"):
            where = f"body /{ID_OF[created.table]}"
            rule = "rules.md#idempotency"
            yield Mismatch(where, "an id of this key's own", created.name, rule)
