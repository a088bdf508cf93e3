"""What the expressions of a case stand for: one small function each."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract.suite.errors import BadExpression, UnboundName
from contract.suite.files import compact_json
from contract.suite.ulids import Chance, new_ulid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Any: a case's values are JSON of every kind.
Value = Any

MEMBERS_FIRST = frozenset({"email", "key"})
"""Directly under a body or an item these are members, not expressions."""


@dataclass(frozen=True)
class Record:
    """A record that was laid down: what the API answers for it, and its item."""

    table: str
    record_id: str
    public: Mapping[str, Value]
    item: Mapping[str, Value]


@dataclass
class Scope:
    """What the expressions of one case, run once, refer to."""

    case_hash: str
    run: str
    start_ms: int
    chance: Chance = secrets.randbits
    names: dict[str, Value] = field(default_factory=dict)
    index: int | None = None
    emails: set[str] = field(default_factory=set)
    """Every address of this case's own domain that was made, in lower case."""
    keys: set[str] = field(default_factory=set)
    owned: set[str] = field(default_factory=set)
    """Ids of the records this case laid down or created."""
    min_lifetime_ms: int = 60_000
    """The shortest life of a user on the target."""

    @property
    def domain(self) -> str:
        """Return the mail domain of this case in this run: 25 characters."""
        return f"{self.case_hash}.{self.run}.example"

    @property
    def key_suffix(self) -> str:
        """Return what ends each idempotency key of this case in this run."""
        return f"-{self.case_hash}-{self.run}"

    def turn(self, index: int) -> Scope:
        """Return the scope of one turn of a loop: its own names, the rest shared."""
        return Scope(
            self.case_hash,
            self.run,
            self.start_ms,
            self.chance,
            dict(self.names),
            index,
            self.emails,
            self.keys,
            self.owned,
            self.min_lifetime_ms,
        )

    def look_up(self, reference: str) -> Value:
        """Return what `name` or `name.member` is bound to."""
        name, *steps = reference.split(".")
        if name not in self.names:
            raise UnboundName(reference)
        here = self.names[name]
        for step in steps:
            here = _member(here, step, reference)
        return _public(here)


def _public(value: Value) -> Value:
    if isinstance(value, list):
        return [_public(part) for part in value]
    return value.public if isinstance(value, Record) else value


def _member(value: Value, step: str, reference: str) -> Value:
    if isinstance(value, Record):
        value = {**value.item, **value.public}
    try:
        return value[int(step)] if isinstance(value, list) else value[step]
    except (KeyError, IndexError, ValueError, TypeError):
        raise UnboundName(reference) from None


def id_named(value: Value, member: str, scope: Scope) -> str:
    """Return the id that a value names: an id, a record's, or a member of a body."""
    if is_expression(value) and "ref" in value:
        bound = scope.names.get(value["ref"])
        if isinstance(bound, Record):
            return bound.record_id
    found = evaluate(value, scope)
    return str(found[member] if isinstance(found, dict) else found)


def evaluate(value: Value, scope: Scope) -> Value:
    """Return a value with every expression in it replaced by what it stands for."""
    if isinstance(value, list):
        return [evaluate(part, scope) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in EXPRESSIONS:
            return _applied(name, argument, scope)
    return {name: evaluate(part, scope) for name, part in value.items()}


def evaluate_members(members: Mapping[str, Value], scope: Scope) -> dict[str, Value]:
    """Evaluate each member of a mapping that is itself no expression."""
    return {name: evaluate(value, scope) for name, value in members.items()}


def evaluate_body(value: Value, scope: Scope) -> Value:
    """Evaluate a body: directly under it, `email` and `key` are members."""
    if isinstance(value, dict) and len(value) == 1 and MEMBERS_FIRST & value.keys():
        return evaluate_members(value, scope)
    return evaluate(value, scope)


def is_expression(value: Value) -> bool:
    """Say whether a value is a mapping that stands for something else."""
    return (
        isinstance(value, dict) and len(value) == 1 and bool(EXPRESSIONS & value.keys())
    )


def _applied(name: str, argument: Value, scope: Scope) -> Value:
    try:
        return _FUNCTIONS[name](argument, scope)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadExpression(f"{{{name}: {argument!r}}}: {error}") from None


def _literal(argument: Value, _: Scope) -> Value:
    return argument


def _ref(argument: Value, scope: Scope) -> Value:
    return scope.look_up(argument)


def _email(argument: Value, scope: Scope) -> Value:
    address = f"{_text(argument, scope)}@{scope.domain}"
    scope.emails.add(address.lower())
    return address


def _domain(_: Value, scope: Scope) -> Value:
    return scope.domain


def _key(argument: Value, scope: Scope) -> Value:
    key = f"{_text(argument, scope)}{scope.key_suffix}"
    scope.keys.add(key)
    return key


def _now(argument: Value, scope: Scope) -> Value:
    return scope.start_ms + int(argument)


def _lifetime(argument: Value, scope: Scope) -> Value:
    return scope.start_ms + scope.min_lifetime_ms + int(argument)


def _ulid(argument: Value, scope: Scope) -> Value:
    offset, tail = argument if isinstance(argument, list) else (argument, "")
    return new_ulid(scope.start_ms + int(evaluate(offset, scope)), scope.chance, tail)


def _seconds(argument: Value, scope: Scope) -> Value:
    return -(-int(evaluate(argument, scope)) // 1000)


def _repeat(argument: Value, scope: Scope) -> Value:
    text, times = argument
    return _text(text, scope) * times


def _concat(argument: Value, scope: Scope) -> Value:
    return "".join(str(evaluate(part, scope)) for part in argument)


def _lower(argument: Value, scope: Scope) -> Value:
    # ASCII only, as the contract lowers addresses.
    text = _text(argument, scope)
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _base64url(argument: Value, scope: Scope) -> Value:
    octets = _text(argument, scope).encode()
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _sha256(argument: Value, scope: Scope) -> Value:
    if isinstance(argument, dict) and argument.keys() == {"json"}:
        octets = compact_json(evaluate_body(argument["json"], scope))
    else:
        octets = _text(argument, scope).encode()
    return hashlib.sha256(octets).hexdigest()


def _newest_first(argument: Value, scope: Scope) -> Value:
    return sorted(evaluate(argument, scope), key=position, reverse=True)


def _slice(argument: Value, scope: Scope) -> Value:
    whole, start, end = argument
    return evaluate(whole, scope)[start:end]


def _index(_: Value, scope: Scope) -> Value:
    if scope.index is None:
        raise UnboundName("index")
    return scope.index


def id_of(record: Value) -> Value:
    """Return the id of a record as the API shows it; None where it is none."""
    if not isinstance(record, dict):
        return None
    return record.get("userId") or record.get("assetId")


def position(record: Mapping[str, Value]) -> tuple[int, str]:
    """Return what lists are ordered by: the time of creation, then the id."""
    return record["createdAt"], record.get("userId") or record["assetId"]


def _text(argument: Value, scope: Scope) -> str:
    return str(evaluate(argument, scope))


_FUNCTIONS: dict[str, Callable[[Value, Scope], Value]] = {
    "literal": _literal,
    "ref": _ref,
    "email": _email,
    "domain": _domain,
    "key": _key,
    "now": _now,
    "lifetime": _lifetime,
    "ulid": _ulid,
    "seconds": _seconds,
    "repeat": _repeat,
    "concat": _concat,
    "lower": _lower,
    "base64url": _base64url,
    "sha256": _sha256,
    "newestFirst": _newest_first,
    "slice": _slice,
    "index": _index,
}
EXPRESSIONS = frozenset(_FUNCTIONS)
