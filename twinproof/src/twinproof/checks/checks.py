"""What every play and every comparison goes by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from twinproof.cases.expressions import language_of
from twinproof.cases.language import Language
from twinproof.checks.volatile import Volatile
from twinproof.contract.openapi import Contract
from twinproof.domain.loading import domain_of
from twinproof.domain.protocol import Domain
from twinproof.timing import PATIENT, Timing


@dataclass(frozen=True)
class Checks:
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
    def read(cls, contract: Contract, timing: Timing = PATIENT) -> Checks:
        """Return what a contract's files and its plugin say; raise `FileFault`."""
        return cls.of(contract, domain_of(contract), timing)

    @classmethod
    def of(cls, contract: Contract, domain: Domain, timing: Timing = PATIENT) -> Checks:
        """Return what a contract's files say, beside its domain; raise `FileFault`."""
        return cls(contract, Volatile.read(contract, domain.kinds), domain, timing)
