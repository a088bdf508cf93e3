"""What every play and every comparison goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.suite.timing import PATIENT, Timing

if TYPE_CHECKING:
    from contract.suite.openapi import Contract
    from contract.suite.volatile import Volatile


@dataclass(frozen=True)
class Rulebook:
    """The contract, what in it is volatile, and how long to wait for an answer."""

    contract: Contract
    volatile: Volatile
    timing: Timing = PATIENT
