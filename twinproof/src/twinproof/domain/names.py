"""What is known of one target while its exchanges are compared with another's."""

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
    """One target's names for what differs from run to run.

    Kept from exchange to exchange: an id that got a name keeps it.
    """

    language: Language = PLAIN
    own: tuple[OwnText, ...] = ()
    """What ends this side's own values."""
    start_ms: int = 0
    """Epoch milliseconds that the times in requests are relative to."""
    owned: set[str] | None = None
    """Ids of this side's own records, which alone count in lists; None: all count."""
    skew_ms: int = 0
    """How far the target's clock may be from ours."""
    added: frozenset[str] = frozenset()
    """Headers that are not the function's, but its gateway's."""
    resources: Resources | None = None
    names: dict[str, str] = field(default_factory=dict)
    """By id, the name it goes by in the comparison."""

    @classmethod
    def of(cls, prepared: PreparedTarget, scope: Scope) -> Names:
        """Return the side of a target in one scope, with the names bound so far."""
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
        """Return the name of an id; a new one is named by the label where it stands.

        A number over all ids would make one id too many rename every later one.
        """
        if record_id not in self.names:
            taken = set(self.names.values())
            names = (f"<{label}{more}>" for more in _counted())
            self.names[record_id] = next(each for each in names if each not in taken)
        return self.names[record_id]

    def text(self, value: str) -> str:
        """Return a text with everything that is this side's own named."""
        for own in self.own:
            value = value.replace(own.mark, own.label)
        # Only ids that are known: any other text that looks so is compared as it is.
        ids = ids_in(self.language.notations)
        return ids.sub(lambda found: self.names.get(found[0], found[0]), value)

    def is_id(self, value: object) -> bool:
        """Say whether a value looks like an id."""
        return is_id(value, self.language.notations)

    def owns(self, record_id: object) -> bool:
        """Say whether a record of a list counts."""
        return self.owned is None or record_id in self.owned


def _counted() -> Iterator[str]:
    """Yield what sets several ids of one label apart; nothing for the first of them."""
    yield ""
    yield from (f" {number}" for number in count(2))


def bound_ids(names: Mapping[str, Value], notations: Sequence[str]) -> dict[str, str]:
    """Return the ids among what a case has bound, each with its name."""
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
