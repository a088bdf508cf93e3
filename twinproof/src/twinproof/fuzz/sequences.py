"""Draws sequences: sequence `index` of a seed is the same on every machine.

Each sequence has its own generator, `random.Random("seed:index")`. It does not depend
on earlier sequences, on the responses or on the order of the workers.

Hypothesis was measured for this and is not used. Its engine chooses data by everything
it has drawn and seen before, so that one sequence could not be drawn again by its
number, nor several in parallel. The data of a seed changes with its version, but
recorded seeds must stay valid. Drawing a sequence took 25 to 35 times as long (5.8 to
8.1 ms instead of 0.23 ms, Hypothesis 6.170). Its strength, making a failure small, is
the task of `shrinking.py`, which works on the plan that is then saved. The tests use
Hypothesis to check what every plan must fulfil.
"""

from __future__ import annotations

from random import Random

from twinproof.domain.plans import Plan
from twinproof.domain.protocol import Drawing


def sequence(seed: int, index: int, drawing: Drawing) -> Plan:
    """Return the sequence of a seed with this number."""
    # Not for secrets: the sequence must be the same each time.
    return drawing.plan(Random(f"{seed}:{index}"))  # noqa: S311
