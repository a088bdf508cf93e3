"""A role's policy taken apart into rights, and put together without one of them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = Any


@dataclass(frozen=True, slots=True)
class Right:
    """One (statement, action, resource) of a deployed policy."""

    sid: str
    action: str
    resource: str

    @property
    def name(self) -> str:
        """Return what the data file calls it: its resource's last words suffice."""
        if "/index/" in self.resource:
            return f"{self.sid} {self.action} {self.resource.rsplit('/', 1)[1]}"
        return f"{self.sid} {self.action}"


def rights_of(document: Mapping[str, Json]) -> Iterator[Right]:
    """Yield every right that a policy document gives, in its order."""
    for statement in document["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield Right(statement["Sid"], action, resource)


def without(document: Mapping[str, Json], right: Right) -> dict[str, Json]:
    """Return the document less one right; every other one stays."""
    statements: list[Json] = []
    for statement in document["Statement"]:
        if statement["Sid"] != right.sid:
            statements.append(statement)
            continue
        actions = listed(statement["Action"])
        others = [one for one in actions if one != right.action]
        resources = [
            one for one in listed(statement["Resource"]) if one != right.resource
        ]
        if others:
            statements.append({**statement, "Action": others})
        if resources:
            rest = {**statement, "Action": right.action, "Resource": resources}
            statements.append({**rest, "Sid": f"{right.sid}Rest"})
    return {**copy.deepcopy(dict(document)), "Statement": statements}


def listed(value: Json) -> list[str]:
    """Return a policy element, one string or a list of them, as a list."""
    return [value] if isinstance(value, str) else list(value)
