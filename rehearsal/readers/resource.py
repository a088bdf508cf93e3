"""What a reader is given, and what readers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.template import Json


@dataclass(frozen=True)
class Resource:
    """A deployed resource: what it is, and what the template says it should be."""

    logical_id: str
    kind: str
    physical_id: str
    wanted: Mapping[str, Json]


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without those CloudFormation sets by itself."""
    return {name: one for name, one in tags.items() if not name.startswith("aws:")}


def present(members: Mapping[str, Json]) -> dict[str, Json]:
    """Return the members that say something."""
    return {name: item for name, item in members.items() if item not in (None, "", [])}
