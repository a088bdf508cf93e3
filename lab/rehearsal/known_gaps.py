"""Known gaps of the emulator: properties that it drops, from not-emulated.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

NOT_EMULATED = Path(__file__).with_name("not-emulated.yaml")


@dataclass(frozen=True)
class KnownGap:
    """A pattern of property paths (`*Table/SSESpecification/*`), and the cause."""

    path: str
    cause: str


@dataclass
class KnownGaps:
    """All known gaps, and those that occurred."""

    entries: tuple[KnownGap, ...]
    used: set[KnownGap] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path = NOT_EMULATED) -> KnownGaps:
        """Read the data file; raises `TypeError` if an entry has an unknown field."""
        entries = yaml.safe_load(path.read_text("utf-8"))
        return cls(tuple(KnownGap(**one) for one in entries))

    def cause(self, name: str) -> str:
        """Return why the emulator drops a property, or "" if it is no known gap."""
        for entry in self.entries:
            if fnmatchcase(name, entry.path):
                self.used.add(entry)
                return entry.cause
        return ""

    def stale(self) -> list[KnownGap]:
        """Return the entries that did not occur."""
        return [entry for entry in self.entries if entry not in self.used]
