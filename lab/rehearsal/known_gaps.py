"""What the emulator does not hold: a data file in which each entry has its cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

NOT_EMULATED = Path(__file__).with_name("not-emulated.yaml")


@dataclass(frozen=True)
class KnownGap:
    """Properties by a pattern (`*Table/SSESpecification/*`), and why they differ."""

    path: str
    cause: str


@dataclass
class KnownGaps:
    """The entries, and which of them were needed."""

    entries: tuple[KnownGap, ...]
    used: set[KnownGap] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path = NOT_EMULATED) -> KnownGaps:
        """Read the data file; `TypeError` where an entry has a foreign field."""
        told = yaml.safe_load(path.read_text("utf-8"))
        return cls(tuple(KnownGap(**one) for one in told))

    def cause(self, name: str) -> str:
        """Return why the emulator does not hold a property; "" where no entry says."""
        for entry in self.entries:
            if fnmatchcase(name, entry.path):
                self.used.add(entry)
                return entry.cause
        return ""

    def stale(self) -> list[KnownGap]:
        """Return entries that nothing needed: what they excuse is held by now."""
        return [entry for entry in self.entries if entry not in self.used]
