"""The records of this service, and what is stored beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.suite.config import Config


@dataclass(frozen=True)
class ServiceRecords:
    """Users and assets, guards of addresses, items of Idempotency-Keys, objects."""

    config: Config
