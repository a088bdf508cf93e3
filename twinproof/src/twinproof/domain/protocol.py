"""What the engine asks of a service, beyond what its files say.

A service answers in a module that `[plugin]` of twinproof.toml names: its function
`domain(config, contract)` returns a `Domain`. `default.py` has an answer to everything.
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
    """Which of many exchanges created each record, and what contradicts that."""

    by_id: Mapping[str, Exchange]
    mismatches: Sequence[Mismatch] = ()


class Words(Protocol):
    """What a target's own values are called in a case that is saved."""

    @property
    def bound(self) -> Mapping[str, str]:
        """Return, by id, the name of the record that it is bound under."""

    def body(self, value: Any, schema: str) -> Any:
        """Return a body or an item as a case has it, without what is volatile."""

    def plain(self, value: Any) -> Any:
        """Return a text or number as an expression, where it is one's own."""


class Records(Protocol):
    """Which stored things there are, and how cases and answers speak of them."""

    def set_up(
        self, given: Given, scope: Scope, resources: Resources
    ) -> dict[Key, Item | Blob]:
        """Return what a `given` puts into the stores; bind its names in the scope."""

    def named(self, after: After, scope: Scope) -> dict[Key, Value]:
        """Return each key that an `after` names, with what it expects there.

        MISSING stands for what is to be gone. Raises `UnboundName` where it refers to
        what the answer was to bind.
        """

    def entry(
        self, key: Key, item: Item | None, words: Words
    ) -> tuple[str, Value] | None:
        """Return the `after` entry of a stored thing, the inverse of `named`.

        The first part says under which name it stands there. None: no case can name
        the thing. `item` is None for what is gone.
        """

    def shown(self, document: Mapping[str, Any]) -> Key | None:
        """Return where the record is stored that a body or an item shows."""

    def about(self, operation: str, requested_id: str) -> Key | None:
        """Return where the record of an id in an operation's path is stored."""

    def note(self, exchange: Exchange, scope: Scope) -> None:
        """Remember the own values that an answer shows."""

    def touched(self, exchange: Exchange | None, scope: Scope) -> Iterable[Key]:
        """Yield where an exchange may have left something beside the record.

        Without an exchange, where the play as a whole may have.
        """

    def companions(self, item: Item) -> Iterable[Key]:
        """Yield the keys of what belongs to an item and is stored elsewhere."""

    def is_own(self, key: Key, item: Item, scope: Scope) -> bool:
        """Say whether a stored thing is of a play: by an id of its own, or a value."""

    def strays(
        self, exchange: Exchange, scope: Scope, store: Store
    ) -> Iterator[tuple[Key, Mapping[str, Value]]]:
        """Yield records with own values that no answer told of, with these values."""


class Effects(Protocol):
    """What an operation does to what is stored."""

    def read_may_write(self, before: Item | None, now: Item | None) -> bool:
        """Say whether a change is one that a read is allowed to make."""

    def may_change(self, seen: Observation) -> Set[Key]:
        """Return the keys that the exchange may have changed."""

    def check(self, seen: Observation) -> Iterator[Mismatch]:
        """Yield where what goes with the record is not as it must be."""

    def creators(self, exchanges: Sequence[Exchange], skew_ms: int) -> Creators:
        """Return which of many exchanges created each record."""


class Drawing(Protocol):
    """How sequences are drawn, and what of their lists can be compared."""

    def plan(self, rng: Random) -> Plan:
        """Return the sequence that a generator's draws make, and nothing else."""

    def kept(self, kind: str) -> Set[str]:
        """Return the members of a `given` entry that shrinking leaves in place."""

    def selectors(self, step: PlanStep) -> Set[str]:
        """Return the parameters that make a list show the sequence's own records."""

    def visible(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> Exchange:
        """Return a list's exchange with only what the sequence's own records decide.

        Every step is asked for; an exchange that is no list comes back as it is.
        """

    def is_disturbed(self, step: PlanStep, exchange: Exchange, owned: Set[str]) -> bool:
        """Say whether a page shows others' records before its own end."""

    def reads_may_write(self, known: Mapping[Key, Item | None]) -> bool:
        """Say whether the stores must be read after a read, too."""


class Domain(Protocol):
    """What a service tells the engine beyond its files."""

    @property
    def records(self) -> Records:
        """Return what it says of stored things."""

    @property
    def effects(self) -> Effects:
        """Return what it says of changes."""

    @property
    def drawing(self) -> Drawing | None:
        """Return what it says of sequences; None: `fuzz` cannot run."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Return its kinds by their names in volatile.yaml; they hide the tool's."""

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """Return its expressions by their names in cases, beside the tool's."""

    def lint(self, case: Case) -> Iterator[str]:
        """Yield what is wrong with a case that no format can say."""

    def conventions(self, ids: Set[str]) -> Iterator[FileFinding]:
        """Yield where documents are not as this service's own rules want them.

        `ids` are those of cases and journeys.
        """
