"""What every play and every comparison goes by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from contract.suite.expressions import language_of
from contract.suite.loading import domain_of
from contract.suite.timing import PATIENT, Timing
from contract.suite.volatile import Volatile

if TYPE_CHECKING:
    from contract.suite.domain import Domain
    from contract.suite.language import Language
    from contract.suite.openapi import Contract


@dataclass(frozen=True)
class Rulebook:
    """The contract, what in it is volatile, what its service answers, how to wait."""

    contract: Contract
    volatile: Volatile
    domain: Domain
    timing: Timing = PATIENT

    @cached_property
    def language(self) -> Language:
        """Return what the contract's cases are written in."""
        return language_of(self.contract.config, self.domain.expressions)

    @classmethod
    def read(cls, contract: Contract, timing: Timing = PATIENT) -> Rulebook:
        """Return what a contract's files and its plugin say; raise `FileFault`."""
        domain = domain_of(contract)
        return cls(contract, Volatile.read(contract, domain.kinds), domain, timing)
