"""What sequences covered: documented statuses, steps, classes of input."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from twinproof.contract.config import Config, FuzzGoals
from twinproof.contract.openapi import Contract
from twinproof.contract.unreachable import covers, entries_of
from twinproof.fuzz.playing import PlanPlayed

OperationStatus = tuple[str, int]


@dataclass
class FuzzCoverage:
    """What the sequences of a run covered."""

    goals: FuzzGoals = field(default_factory=FuzzGoals)
    marker: str = ""
    """A header of every response of the service; "": there is no gateway."""
    sequences: int = 0
    statuses: Counter[OperationStatus] = field(default_factory=Counter)
    """By operation and status, in how many sequences it occurred."""
    lengths: list[int] = field(default_factory=list)
    steps: int = 0
    past: int = 0
    """Steps that passed validation."""
    tags: Counter[str] = field(default_factory=Counter)
    """By class of hostile input, how many steps had it."""

    @classmethod
    def of(cls, config: Config) -> FuzzCoverage:
        """Return the empty coverage of a run."""
        return cls(config.fuzz, config.gateway.marker if config.gateway else "")

    def note(self, played: PlanPlayed, tags: list[tuple[str, ...]]) -> None:
        """Count a sequence; `tags` has the classes of each step."""
        self.sequences += 1
        self.lengths.append(played.sent)
        seen = set()
        for (left, _), classes in zip(played.answers, tags, strict=False):
            if left is None:
                continue
            self.steps += 1
            self.tags.update(classes)
            status = left.response.status
            if self.marker and left.response.header(self.marker) is None:
                # The gateway responded, so no operation ran.
                continue
            seen.add((left.operation, status))
            # 404 is also the response to a malformed id in the path.
            self.past += status not in self.goals.refused and not (
                status == 404 and "path" in classes
            )
        self.statuses.update(seen)

    @property
    def median_steps(self) -> float:
        """Return the median of the number of steps that a sequence sent."""
        return median(self.lengths) if self.lengths else 0

    @property
    def past_validation(self) -> float:
        """Return the share of steps that passed validation."""
        return self.past / self.steps if self.steps else 0.0

    @property
    def floor(self) -> int:
        """Return how often each status must occur, scaled down for a shorter run."""
        full = self.goals.floor
        return max(1, min(full, full * self.sequences // self.goals.full_run))

    def short(self, contract: Contract) -> list[OperationStatus]:
        """Return the statuses below the floor, except those in unreachable.yaml."""
        causes = unreachable(contract)
        return [
            each
            for each in documented(contract)
            if self.statuses[each] < self.floor and each not in causes
        ]

    def meets_goals(self, contract: Contract) -> bool:
        """Return whether a full run meets its goals; a shorter run has none."""
        if self.sequences < self.goals.full_run:
            return True
        return (
            not self.short(contract)
            and self.median_steps >= self.goals.median_steps
            and self.past_validation >= self.goals.past_validation
        )


def documented(contract: Contract) -> list[OperationStatus]:
    """Return every operation and documented status."""
    return [
        (name, status)
        for name, operation in contract.operations.items()
        for status in operation.responses
    ]


def unreachable(contract: Contract) -> dict[OperationStatus, str]:
    """Return the documented statuses that no request can cause, and why."""
    entries, _ = entries_of(contract)
    return {
        (name, status): str(entry["why"])
        for name, status in documented(contract)
        for entry in entries
        if covers(contract, entry, name, status)
    }
