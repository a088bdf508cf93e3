"""The names of a target's own values while it is compared with another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from twinproof.cases.expressions import PLAIN
from twinproof.cases.language import Language, OwnText, Record, Scope, Value
from twinproof.stores.resources import Resources
from twinproof.targets.prepared import PreparedTarget
from twinproof.values.ids import ids_in, is_id


@dataclass
class Names:
    """One target's names for values that differ from run to run.

    They last from exchange to exchange: an id keeps its name.
    """

    language: Language = PLAIN
    own: tuple[OwnText, ...] = ()
    """The ends of this target's own values."""
    start_ms: int = 0
    """Epoch milliseconds: times in requests are relative to this."""
    owned: set[str] | None = None
    """Ids of this target's own records; lists count only these. None: all count."""
    skew_ms: int = 0
    """By how many milliseconds the target's clock may differ from ours."""
    added: frozenset[str] = frozenset()
    """The headers that the gateway adds, not the function."""
    resources: Resources | None = None
    names: dict[str, str] = field(default_factory=dict)
    """By id: its name in the comparison."""

    @classmethod
    def of(cls, prepared: PreparedTarget, scope: Scope) -> Names:
        """Return the names of a target in one scope, with those bound so far."""
        target = prepared.target
        return cls(
            language=scope.language,
            own=scope.own_texts,
            start_ms=scope.start_ms,
            owned=scope.owned,
            skew_ms=target.skew_ms,
            added=target.added_headers,
            resources=prepared.store.resources if prepared.store else None,
            names=bound_ids(scope.names, scope.language.notations),
        )

    def name(self, record_id: str, label: str) -> str:
        """Return the name of an id; a new id is named by its label.

        One count of all ids would let a single extra id rename all later ones.
        """
        if record_id not in self.names:
            taken = set(self.names.values())
            names = (f"<{label}{more}>" for more in _counted())
            self.names[record_id] = next(each for each in names if each not in taken)
        return self.names[record_id]

    def text(self, value: str) -> str:
        """Return a text with this target's own values replaced by names."""
        for own in self.own:
            value = value.replace(own.mark, own.label)
        # Only known ids: other text that looks like an id is compared unchanged.
        ids = ids_in(self.language.notations)
        return ids.sub(lambda found: self.names.get(found[0], found[0]), value)

    def is_id(self, value: object) -> bool:
        """Say whether a value looks like an id."""
        return is_id(value, self.language.notations)

    def owns(self, record_id: object) -> bool:
        """Say whether a record in a list counts."""
        return self.owned is None or record_id in self.owned


def _counted() -> Iterator[str]:
    """Yield the suffixes of ids with one label; "" for the first."""
    yield ""
    yield from (f" {number}" for number in count(2))


def bound_ids(names: Mapping[str, Value], notations: Sequence[str]) -> dict[str, str]:
    """Return the ids that a case has bound, each with its name."""
    return {
        record_id: f"<{name}>"
        for bound, value in names.items()
        for name, record_id in _ids(bound, value, notations)
    }


def _ids(
    name: str, value: Value, notations: Sequence[str]
) -> Iterator[tuple[str, str]]:
    if isinstance(value, Record):
        yield name, value.record_id
    elif is_id(value, notations):
        yield name, value
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _ids(f"{name}.{number}", part, notations)
