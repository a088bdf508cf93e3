"""Every property of a deployed stack: what the template says, and what AWS holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from local.intrinsics import Resolver
from local.template import load
from rehearsal.leaves import MISSING, alike, leaves
from rehearsal.readers import SERVED, Resource, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.clients import Clients
    from local.template import Json
    from rehearsal.ledger import Ledger

SAM_TYPE = "AWS::Serverless::"
ALIAS = "Aliaslive"


# Where each property of SAM's own types is seen once it is deployed.
MADE_OF = {
    "AWS::Serverless::Function": {
        "Architectures": "Architectures",
        "AutoPublishAlias": "the alias, its version, and what calls it",
        "AutoPublishAliasAllProperties": "rehearsed: another memory size",
        "CodeUri": "Code",
        "Description": "Description",
        "Environment": "Environment",
        "Events": "the routes and permissions of the API",
        "FunctionName": "FunctionName",
        "Handler": "Handler",
        "LoggingConfig": "LoggingConfig",
        "MemorySize": "MemorySize",
        "Role": "Role",
        "Runtime": "Runtime",
        "Timeout": "Timeout",
        "Tracing": "TracingConfig",
        "VersionDescription": "Description of the version",
    },
    "AWS::Serverless::HttpApi": {
        "AccessLogSettings": "AccessLogSettings of the stage",
        "CorsConfiguration": "x-amazon-apigateway-cors",
        "DefaultRouteSettings": "DefaultRouteSettings of the stage",
        "Description": "info",
    },
}


class Mark(StrEnum):
    """What became of one property."""

    HELD = "held"
    APPLIED = "applied afterwards"
    NOT_EMULATED = "not emulated"
    LOST = "lost"
    UNEXAMINED = "unexamined"
    SURPLUS = "not in the template"

    @property
    def fault(self) -> bool:
        """Say whether the rehearsal fails by it."""
        return self in {Mark.LOST, Mark.UNEXAMINED, Mark.SURPLUS}


@dataclass(frozen=True)
class Property:
    """One single value: its resource, its path there, both values, and the verdict.

    `cause` says why the emulator does not hold it.
    """

    resource: str
    path: str
    wanted: Json
    found: Json
    mark: Mark
    cause: str = ""

    @property
    def name(self) -> str:
        """Return what the ledger calls it."""
        return f"{self.resource}/{self.path}"


State = dict[str, dict[str, "Json"]]
"""What AWS holds: by resource, then by path."""


@dataclass(frozen=True)
class Declared:
    """A stack as its template and parameters say it is to be."""

    stack: str
    resources: tuple[Resource, ...]
    facts: Mapping[str, Json]
    """Of the stack itself: description, parameters, outputs."""
    standing: frozenset[str] = frozenset()
    """The logical ids of all that stands."""

    def read(self, clients: Clients) -> State:
        """Return what AWS holds of every resource."""
        state = {one.logical_id: leaves(read(one, clients)) for one in self.resources}
        return {**state, "Stack": leaves(_read_stack(self.stack, clients))}

    def wanted(self) -> State:
        """Return what AWS is to hold."""
        state = {one.logical_id: leaves(one.wanted) for one in self.resources}
        return {**state, "Stack": leaves(self.facts)}


def declare(stack: str, parameters: Mapping[str, str], clients: Clients) -> Declared:
    """Work out what a standing stack is to be, by template.yaml and these parameters.

    What SAM makes of its own types is taken from the processed template; everything
    else from template.yaml as it stands in this checkout.
    """
    cloudformation = clients.of("cloudformation")
    answer = cloudformation.get_template(StackName=stack, TemplateStage="Processed")
    original, processed = load(), dict(answer["TemplateBody"])
    written = {
        name: one
        for name, one in original["Resources"].items()
        if not one["Type"].startswith(SAM_TYPE)
    }
    processed["Resources"] = {**processed["Resources"], **written}
    physical = physical_ids(stack, clients)
    # SAM's word for the alias that it makes of AutoPublishAlias.
    aliases = {
        f"{name.removesuffix(ALIAS)}.Alias": one
        for name, one in physical.items()
        if name.endswith(ALIAS)
    }
    resolver = Resolver(
        template={**original, "Resources": processed["Resources"]},
        parameters=parameters,
        physical={**physical, **aliases},
        stack=stack,
        exports=exports(clients),
    )
    resources = tuple(_resources(resolver))
    return Declared(stack, resources, _facts(resolver, original), frozenset(physical))


def physical_ids(stack: str, clients: Clients) -> dict[str, str]:
    """Return the physical ids of a stack's resources by logical id."""
    cloudformation = clients.of("cloudformation")
    answer = cloudformation.describe_stack_resources(StackName=stack)
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in answer["StackResources"]
    }


def exports(clients: Clients) -> dict[str, str]:
    """Return what all stacks export, by name."""
    answer = clients.of("cloudformation").list_exports()
    return {one["Name"]: one["Value"] for one in answer["Exports"]}


def _resources(resolver: Resolver) -> Iterator[Resource]:
    for name, one in resolver.template["Resources"].items():
        if "Condition" in one and not resolver.holds(one["Condition"]):
            continue
        wanted = resolver.resolve(one.get("Properties", {}))
        kind, physical = one["Type"], resolver.physical.get(name, "")
        yield Resource(name, kind, physical, wanted)
        if kind == "AWS::Lambda::Function":
            # The alias serves a version, a copy of the function as it was published.
            served = {member: wanted[member] for member in SERVED if member in wanted}
            alias = f"{wanted['FunctionName']}:live"
            yield Resource(f"{name}:live", "served by the alias", alias, served)


def _facts(resolver: Resolver, original: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "Description": original["Description"],
        "Parameters": dict(resolver.parameters),
        "Outputs": {
            name: resolver.resolve(
                {member: item for member, item in one.items() if member != "Condition"}
            )
            for name, one in original["Outputs"].items()
            if "Condition" not in one or resolver.holds(one["Condition"])
        },
    }


def _read_stack(stack: str, clients: Clients) -> dict[str, Json]:
    (held,) = clients.of("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    exported = exports(clients)
    return {
        "Description": held.get("Description", ""),
        "Parameters": {
            one["ParameterKey"]: one["ParameterValue"] for one in held["Parameters"]
        },
        "Outputs": {
            one["OutputKey"]: _output(one, exported) for one in held["Outputs"]
        },
    }


def _output(held: Mapping[str, Json], exported: Mapping[str, str]) -> dict[str, Json]:
    read = {"Description": held["Description"], "Value": held["OutputValue"]}
    name = held.get("ExportName")
    # What another stack imports is the list of exports, not this stack's own word.
    if name and exported.get(name) == held["OutputValue"]:
        read["Export"] = {"Name": name}
    return read


# ---- verdicts -------------------------------------------------------------------


def judge(
    declared: Declared, before: State, after: State, ledger: Ledger
) -> list[Property]:
    """Return a verdict on every single value.

    `before` is what the cloud held once it was deployed, `after` what it holds with
    what `local.completion` applied.
    """
    judged = []
    for resource, members in declared.wanted().items():
        held, now = before[resource], after[resource]
        for path, wanted in members.items():
            judged.append(_verdict(resource, path, wanted, held, now, ledger))
        judged += (
            Property(resource, path, MISSING, now[path], Mark.SURPLUS)
            for path in now.keys() - members.keys()
        )
    return [*judged, *_beside(declared), *unseen(load())]


def _beside(declared: Declared) -> Iterator[Property]:
    """Yield resources that stand although the template's conditions leave them out."""
    names = {one.logical_id for one in declared.resources}
    for name in sorted(declared.standing - names):
        yield Property(name, "", MISSING, "a resource", Mark.SURPLUS)


def unseen(original: Mapping[str, Json]) -> Iterator[Property]:
    """Yield what the template says to SAM and nothing here knows the place of."""
    common = original["Globals"]["Function"]
    for name, one in original["Resources"].items():
        if not one["Type"].startswith(SAM_TYPE):
            continue
        members = (
            {**common, **one["Properties"]}
            if "Function" in one["Type"]
            else one["Properties"]
        )
        for member in members.keys() - MADE_OF[one["Type"]].keys():
            yield Property(name, member, members[member], MISSING, Mark.UNEXAMINED)


def _verdict(  # noqa: PLR0913, PLR0917 - two readings of one property of one resource
    resource: str,
    path: str,
    wanted: Json,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    ledger: Ledger,
) -> Property:
    found = after.get(path, MISSING)
    if alike(wanted, found):
        held = alike(wanted, before.get(path, MISSING))
        mark = Mark.HELD if held else Mark.APPLIED
        return Property(resource, path, wanted, found, mark)
    if cause := ledger.cause(f"{resource}/{path}"):
        return Property(resource, path, wanted, found, Mark.NOT_EMULATED, cause)
    # Nothing was read at all: no reader knows the type, or the member.
    mark = Mark.UNEXAMINED if found is MISSING else Mark.LOST
    return Property(resource, path, wanted, found, mark)


def counts(judged: Sequence[Property]) -> Counter[Mark]:
    """Return how often each mark stands."""
    return Counter(one.mark for one in judged)
