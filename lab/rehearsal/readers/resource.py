"""The input of a reader, and functions that readers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from local.template import Json


@dataclass(frozen=True)
class Resource:
    """A deployed resource, with the properties that the template declares.

    `policies` are its DeletionPolicy and UpdateReplacePolicy.
    """

    logical_id: str
    kind: str
    physical_id: str
    wanted: Mapping[str, Json]
    policies: Mapping[str, Json] = field(default_factory=dict)


def own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without those that CloudFormation sets."""
    return {name: one for name, one in tags.items() if not name.startswith("aws:")}


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    """Return tags as a list of `Key` and `Value`, without CloudFormation's own."""
    return [{"Key": name, "Value": value} for name, value in own_tags(tags).items()]


def listed(tags: Sequence[Mapping[str, str]]) -> list[Json]:
    """Return a service's list of tags as `tag_list` does."""
    return tag_list({one["Key"]: one["Value"] for one in tags})


def without_empty(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Return the fields without those that are empty."""
    return {
        name: item for name, item in fields.items() if item not in (None, "", [], {})
    }


def without_defaults(
    fields: Mapping[str, Json], defaults: Mapping[str, Json], resource: Resource
) -> dict[str, Json]:
    """Return the fields without AWS's defaults that the template does not mention."""
    return {
        name: item
        for name, item in fields.items()
        if name in resource.wanted or item != defaults.get(name)
    }
