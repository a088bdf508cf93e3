"""Splits a role's policy into rights, and builds it again without some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
# With other elements, removing a right could prove something else.
ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True, slots=True)
class Right:
    """One statement, action and resource of a deployed policy."""

    sid: str
    action: str
    resource: str

    @property
    def name(self) -> str:
        """The name in the data file: statement, action, and the index if any."""
        if "/index/" in self.resource:
            return f"{self.sid} {self.action} {self.resource.rsplit('/', 1)[1]}"
        return f"{self.sid} {self.action}"


def faults_of(document: Mapping[str, Json]) -> Iterator[str]:
    """Yield why a policy document cannot be judged right by right."""
    seen: set[str] = set()
    for number, statement in enumerate(document["Statement"]):
        name = statement.get("Sid", f"number {number}")
        if "Sid" not in statement or name in seen:
            yield f"statement {name} has no Sid of its own"
        seen.add(name)
        for element in sorted(statement.keys() - ELEMENTS):
            yield f"statement {name} has {element}"
        for element in ("Action", "Resource"):
            if element not in statement:
                yield f"statement {name} has no {element}"
        if statement.get("Effect") != "Allow":
            yield f"statement {name} does not allow"
        for action in as_list(statement.get("Action", [])):
            if "*" in action or "?" in action:
                yield f"statement {name}: {action} is more than one action"


def rights_of(document: Mapping[str, Json]) -> Iterator[Right]:
    """Yield every right of a policy document without faults, in its order."""
    for statement in document["Statement"]:
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield Right(statement["Sid"], action, resource)


def without(
    document: Mapping[str, Json], removed: Collection[Right]
) -> dict[str, Json]:
    """Return the document without some rights."""
    statements = [
        part
        for statement in document["Statement"]
        for part in _less(statement, removed)
    ]
    return {**document, "Statement": statements}


def _less(
    statement: Mapping[str, Json], removed: Collection[Right]
) -> Iterator[dict[str, Json]]:
    """Yield the remaining statements: one for all actions with the same resources."""
    sid, resources = statement["Sid"], as_list(statement["Resource"])
    kept: dict[tuple[str, ...], list[str]] = {}
    for action in as_list(statement["Action"]):
        left = tuple(one for one in resources if Right(sid, action, one) not in removed)
        if left:
            kept.setdefault(left, []).append(action)
    for number, (left, actions) in enumerate(kept.items()):
        own = {"Sid": f"{sid}{number or ''}", "Action": actions, "Resource": list(left)}
        yield {**statement, **own}


def as_list(value: Json) -> list[str]:
    """Return a policy element, a string or a list of strings, as a list."""
    return [value] if isinstance(value, str) else list(value)
