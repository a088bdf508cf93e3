"""A role's policy taken apart into rights, and put together without some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
# An element beside these would make removal say something else than it seems to.
ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True, slots=True)
class Right:
    """One (statement, action, resource) of a deployed policy."""

    sid: str
    action: str
    resource: str

    @property
    def name(self) -> str:
        """Return what the data file calls it: its resource's last text suffice."""
        if "/index/" in self.resource:
            return f"{self.sid} {self.action} {self.resource.rsplit('/', 1)[1]}"
        return f"{self.sid} {self.action}"


def faults_of(document: Mapping[str, Json]) -> Iterator[str]:
    """Yield what keeps a policy document from being judged right by right."""
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
    """Yield every right that a policy document without faults gives, in its order."""
    for statement in document["Statement"]:
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                yield Right(statement["Sid"], action, resource)


def without(
    document: Mapping[str, Json], removed: Collection[Right]
) -> dict[str, Json]:
    """Return the document less some rights; every other one stays."""
    statements = [
        part
        for statement in document["Statement"]
        for part in _less(statement, removed)
    ]
    return {**document, "Statement": statements}


def _less(
    statement: Mapping[str, Json], removed: Collection[Right]
) -> Iterator[dict[str, Json]]:
    """Yield what is left: a statement for all actions that keep the same resources."""
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
    """Return a policy element, one string or a list of them, as a list."""
    return [value] if isinstance(value, str) else list(value)
