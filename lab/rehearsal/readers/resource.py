"""What a reader is given, and what readers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from local.template import Json


@dataclass(frozen=True)
class Resource:
    """A deployed resource: what it is, and what the template says it should be.

    `policies` says what becomes of it when it leaves its stack.
    """

    logical_id: str
    kind: str
    physical_id: str
    wanted: Mapping[str, Json]
    policies: Mapping[str, Json] = field(default_factory=dict)


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without those CloudFormation sets by itself."""
    return {name: one for name, one in tags.items() if not name.startswith("aws:")}


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    """Return tags as CloudFormation lists them, without those it sets by itself."""
    return [{"Key": name, "Value": value} for name, value in own_tags(tags).items()]


def listed(tags: Sequence[Mapping[str, str]]) -> list[Json]:
    """Return a service's own list of tags as `tag_list` does."""
    return tag_list({one["Key"]: one["Value"] for one in tags})


def without_empty(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Return the fields that say something."""
    return {
        name: item for name, item in fields.items() if item not in (None, "", [], {})
    }


def without_defaults(
    fields: Mapping[str, Json], defaults: Mapping[str, Json], resource: Resource
) -> dict[str, Json]:
    """Return the fields without AWS's defaults of which the template says nothing."""
    return {
        name: item
        for name, item in fields.items()
        if name in resource.wanted or item != defaults.get(name)
    }
