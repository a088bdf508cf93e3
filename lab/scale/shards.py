"""A simulation of writes to a list's shards, second by second.

Each shard is one partition of the index, which takes so many write units a second: a
sort key that only grows cannot be split for heat (AWS Database Blog, "Scaling DynamoDB:
How partitions, hot keys, and split for heat impact performance", part 2). A table's
write waits for its indexes, so a full shard refuses the whole write. Burst capacity
(up to 300 s of what was left unused) is left out: AWS promises none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.scale.seeded_random import SeededRandom

# The SDK sends a write twice (shared/aws/clients.py); then the client is told 503.
ATTEMPTS = 2


@dataclass(frozen=True)
class Writes:
    """What became of offered writes: done in a mean second, and the refused share."""

    done: float
    refused: float


def simulate(
    shards: int, offered: float, capacity: float, seconds: int, draws: SeededRandom
) -> Writes:
    """Offer writes of one unit, `offered` a second, evenly to `shards` shards.

    Each takes `capacity` a second. What is refused comes once again a second later.
    """
    made = done = refused = 0
    again = [0] * shards
    for _ in range(seconds):
        for shard in range(shards):
            fresh = draws.poisson(offered / shards)
            room = int(capacity)
            retried = min(again[shard], room)
            taken = min(fresh, room - retried)
            made += fresh
            done += retried + taken
            refused += again[shard] - retried
            again[shard] = fresh - taken
    refused += sum(again)
    return Writes(done / seconds, refused / made if made else 0.0)
