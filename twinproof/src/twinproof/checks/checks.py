"""What every exchange is checked by."""

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
    """The contract, its volatile fields, its domain, and how long to wait."""

    contract: Contract
    volatile: Volatile
    domain: Domain
    timing: Timing = PATIENT

    @cached_property
    def language(self) -> Language:
        """Return the language of the contract's cases."""
        return language_of(self.contract.config, self.domain.expressions)

    @classmethod
    def read(cls, contract: Contract, timing: Timing = PATIENT) -> Checks:
        """Read a contract's files and its plugin; raise `FileFault`."""
        return cls.of(contract, domain_of(contract), timing)

    @classmethod
    def of(cls, contract: Contract, domain: Domain, timing: Timing = PATIENT) -> Checks:
        """Read a contract's files, for a given domain; raise `FileFault`."""
        return cls(contract, Volatile.read(contract, domain.kinds), domain, timing)
