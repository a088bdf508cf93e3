"""Evaluates the expressions of a case: one small function each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from twinproof.cases.language import Expression, Language, Record, Scope, Value
from twinproof.contract.config import Config
from twinproof.errors import BadExpression, UnboundName
from twinproof.files import compact_json


def evaluate(value: Value, scope: Scope) -> Value:
    """Return a value with every expression in it evaluated."""
    if isinstance(value, list):
        return [evaluate(part, scope) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in scope.language.expressions:
            return _applied(name, argument, scope)
    return {name: evaluate(part, scope) for name, part in value.items()}


def evaluate_members(members: Mapping[str, Value], scope: Scope) -> dict[str, Value]:
    """Evaluate each member of a mapping that is not an expression itself."""
    return {name: evaluate(value, scope) for name, value in members.items()}


def evaluate_body(value: Value, scope: Scope) -> Value:
    """Evaluate a body, in which some names are members, not expressions: see `Own`."""
    if scope.language.is_bare(value):
        return evaluate_members(value, scope)
    return evaluate(value, scope)


def id_named(value: Value, member: str, scope: Scope) -> str:
    """Return the id in a value: an id itself, a record's, or a field of a body."""
    if isinstance(value, dict) and value.keys() == {"ref"}:
        bound = scope.names.get(value["ref"])
        if isinstance(bound, Record):
            return bound.record_id
    found = evaluate(value, scope)
    return str(found[member] if isinstance(found, dict) else found)


def _applied(name: str, argument: Value, scope: Scope) -> Value:
    try:
        return scope.language.expressions[name].apply(argument, scope)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadExpression(f"{{{name}: {argument!r}}}: {error}") from None


def _literal(argument: Value, _: Scope) -> Value:
    return argument


def _ref(argument: Value, scope: Scope) -> Value:
    return scope.look_up(argument)


def _now(argument: Value, scope: Scope) -> Value:
    return scope.start_ms + int(argument)


def _seconds(argument: Value, scope: Scope) -> Value:
    return -(-int(evaluate(argument, scope)) // 1000)


def _repeat(argument: Value, scope: Scope) -> Value:
    text, times = argument
    return _text(text, scope) * times


def _concat(argument: Value, scope: Scope) -> Value:
    return "".join(str(evaluate(part, scope)) for part in argument)


def _lower(argument: Value, scope: Scope) -> Value:
    # ASCII only, because the contract lowers addresses this way.
    text = _text(argument, scope)
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _base64url(argument: Value, scope: Scope) -> Value:
    data = _text(argument, scope).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _sha256(argument: Value, scope: Scope) -> Value:
    if isinstance(argument, dict) and argument.keys() == {"json"}:
        data = compact_json(evaluate_body(argument["json"], scope))
    else:
        data = _text(argument, scope).encode()
    return hashlib.sha256(data).hexdigest()


def _slice(argument: Value, scope: Scope) -> Value:
    whole, start, end = argument
    return evaluate(whole, scope)[start:end]


def _index(_: Value, scope: Scope) -> Value:
    if scope.index is None:
        raise UnboundName("index")
    return scope.index


def _text(argument: Value, scope: Scope) -> str:
    return str(evaluate(argument, scope))


TOOL: Mapping[str, Expression] = {
    "literal": Expression(_literal),
    "ref": Expression(_ref, "text"),
    "now": Expression(_now, "number"),
    "seconds": Expression(_seconds, "number"),
    "repeat": Expression(_repeat, "text"),
    "concat": Expression(_concat, "text"),
    "lower": Expression(_lower, "text"),
    "base64url": Expression(_base64url, "text"),
    "sha256": Expression(_sha256, "text"),
    "slice": Expression(_slice),
    "index": Expression(_index, "number"),
}
"""The expressions that every contract has."""
PLAIN = Language(TOOL)
"""The language of a contract without expressions of its own."""


def language_of(config: Config, expressions: Mapping[str, Expression]) -> Language:
    """Return the language of a contract: the tool's, `[own]` and the plugin's."""
    outputs = {name: each.default for name, each in config.outputs.items()}
    own: dict[str, Expression] = {name: _own(name) for name in config.own}
    if any("@" in each.format for each in config.own.values()):
        own["domain"] = Expression(_domain, "text")
    return Language(
        {**TOOL, **own, **expressions},
        config.own,
        config.match,
        config.notations,
        {name: value for name, value in outputs.items() if value is not None},
        config.id_of,
    )


def _own(name: str) -> Expression:
    """Return the expression for values of one case in one run."""

    def apply(argument: Value, scope: Scope) -> str:
        [ending] = (each.ending for each in scope.own_texts if each.name == name)
        made = f"{_text(argument, scope)}{ending}"
        folded = scope.language.own[name].fold == "lower"
        scope.own[name].add(made.lower() if folded else made)
        return made

    return Expression(apply, "text")


def _domain(_: Value, scope: Scope) -> str:
    """Return the domain of own values, without the @."""
    return next(each.domain for each in scope.own_texts if each.domain)
