"""A simulation of writes to a list's shards, second by second.

Each shard is one partition of the index, with a limit of write units a second. DynamoDB
cannot split a partition by a sort key that only grows (AWS Database Blog, "Scaling
DynamoDB: How partitions, hot keys, and split for heat impact performance", part 2). A
write to the table waits for its indexes, so a full shard refuses the whole write. Burst
capacity (up to 300 s of unused capacity) is left out, because AWS does not promise it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.scale.seeded_random import SeededRandom

# The SDK sends a write twice (shared/aws/clients.py); then the client gets 503.
ATTEMPTS = 2


@dataclass(frozen=True)
class Writes:
    """The result: writes done a second on average, and the share of refused ones."""

    done: float
    refused: float


def simulate(
    shards: int, offered: float, capacity: float, seconds: int, draws: SeededRandom
) -> Writes:
    """Simulate `offered` writes a second of one unit each, evenly over the shards.

    Each shard accepts `capacity` units a second. A refused write is sent once more, a
    second later.
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
