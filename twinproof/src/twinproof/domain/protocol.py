"""The interface between the tool and a plugin.

`[plugin]` of twinproof.toml names a module whose function `domain(config, contract)`
returns a `Domain`. `default.py` has a default for everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from twinproof.cases.language import Expression, Scope, Value
from twinproof.cases.matching import Mismatch
from twinproof.cases.model import Case
from twinproof.domain.kinds import Kind
from twinproof.domain.observation import Observation
from twinproof.domain.plans import Plan, PlanStep
from twinproof.errors import FileFinding
from twinproof.exchange.model import Exchange, Item, Key
from twinproof.stores.aws import Store
from twinproof.stores.resources import Blob, Resources

Given = Mapping[str, Any]
After = Mapping[str, Any]


@dataclass(frozen=True)
class Creators:
    """The exchange that created each record, and the contradictions."""

    by_id: Mapping[str, Exchange]
    mismatches: Sequence[Mismatch] = ()


class Words(Protocol):
    """The names of a target's own values in a saved case."""

    @property
    def bound(self) -> Mapping[str, str]:
        """Return by id the name that its record is bound to."""

    def body(self, value: Any, schema: str) -> Any:
        """Return a body or an item as in a case, without volatile fields."""

    def plain(self, value: Any) -> Any:
        """Return a text or number, as an expression if it is an own value."""


class Records(Protocol):
    """The stored records, and how cases and responses refer to them."""

    def set_up(
        self, given: Given, scope: Scope, resources: Resources
    ) -> dict[Key, Item | Blob]:
        """Return the items and objects of a `given`; bind its names in the scope."""

    def named(self, after: After, scope: Scope) -> dict[Key, Value]:
        """Return each key that an `after` names, with the expected value.

        MISSING means that it must be gone. Raises `UnboundName` if it refers to a name
        that the response should have bound.
        """

    def entry(
        self, key: Key, item: Item | None, words: Words
    ) -> tuple[str, Value] | None:
        """Return the `after` entry of a stored value, the inverse of `named`.

        The first part is its name in `after`. None: no case can name it. `item` is None
        if it is gone.
        """

    def shown(self, document: Mapping[str, Any]) -> Key | None:
        """Return the key of the record in a body or an item."""

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return the key of the record of an id in an operation's path."""

    def note(self, exchange: Exchange, scope: Scope) -> None:
        """Remember the own values in a response."""

    def touched(self, exchange: Exchange | None, scope: Scope) -> Iterable[Key]:
        """Yield the other keys at which an exchange may have written.

        Without an exchange: those of the whole play.
        """

    def companions(self, item: Item) -> Iterable[Key]:
        """Yield the keys of what belongs to an item and is stored elsewhere."""

    def is_own(self, key: Key, item: Item, scope: Scope) -> bool:
        """Say whether a stored value belongs to a play: by an own id or value."""

    def strays(
        self, exchange: Exchange, scope: Scope, store: Store
    ) -> Iterator[tuple[Key, Mapping[str, Value]]]:
        """Yield records with own values that no response showed, with these values."""


class Effects(Protocol):
    """What an operation may do to the stored records."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a read may make this change."""

    def may_change(self, seen: Observation) -> Set[Key]:
        """Return the keys that an exchange may have changed."""

    def check(self, seen: Observation) -> Iterator[Mismatch]:
        """Yield where the companions of a record are wrong."""

    def creators(self, exchanges: Sequence[Exchange], skew_ms: int) -> Creators:
        """Return which of many exchanges created each record."""


class Drawing(Protocol):
    """How sequences are drawn, and which records in their lists can be compared."""

    def plan(self, rng: Random) -> Plan:
        """Return the sequence that depends on a generator's draws alone."""

    def kept(self, kind: str) -> Set[str]:
        """Return the fields of a `given` entry that shrinking must keep."""

    def selectors(self, step: PlanStep) -> Set[str]:
        """Return parameters that make a list show only the sequence's own records."""

    def visible(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> Exchange:
        """Return a list's exchange with only the sequence's own records.

        It is called for every step; an exchange that is not a list stays unchanged.
        """

    def is_disturbed(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> bool:
        """Say whether a page shows others' records before the end of its own."""

    def reads_may_write(self, known: Mapping[Key, Item | None]) -> bool:
        """Say whether the stores must be read after a read too."""


class Domain(Protocol):
    """What the tool must know of a service besides its files."""

    @property
    def records(self) -> Records:
        """Return its records."""

    @property
    def effects(self) -> Effects:
        """Return its effects."""

    @property
    def drawing(self) -> Drawing | None:
        """Return its drawing of sequences; None: `fuzz` cannot run."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Return its kinds by their names in volatile.yaml; they replace the tool's."""

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """Return its expressions by their names in cases, beside the tool's."""

    def lint(self, case: Case) -> Iterator[str]:
        """Yield the faults of a case that no format can find."""

    def conventions(self, ids: Set[str]) -> Iterator[FileFinding]:
        """Yield where documents break this service's own conventions.

        `ids` are those of cases and journeys.
        """
