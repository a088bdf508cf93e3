"""Every property of a deployed stack: what the template says, and what AWS holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lab.rehearsal.flatten import MISSING, equal_values, flatten
from lab.rehearsal.known_gaps import KnownGaps
from lab.rehearsal.policies import POLICIES, kept_resources, policies
from lab.rehearsal.readers import SERVED, Resource, read
from lab.rehearsal.sam_types import unmapped, with_declared_properties
from local.deploy.intrinsics import Resolver
from local.emulator.clients import Clients
from local.template import Json, load

ALIAS = "Aliaslive"


class PropertyVerdict(StrEnum):
    """What became of one property."""

    MATCHES = "matches"
    APPLIED = "applied afterwards"
    NOT_EMULATED = "not emulated"
    LOST = "lost"
    UNEXAMINED = "unexamined"
    SURPLUS = "not in the template"

    @property
    def fault(self) -> bool:
        """Say whether the rehearsal fails by it."""
        return self in {
            PropertyVerdict.LOST,
            PropertyVerdict.UNEXAMINED,
            PropertyVerdict.SURPLUS,
        }


@dataclass(frozen=True)
class Property:
    """One single value: its resource, its path there, both values, and the verdict.

    `cause` says why the emulator does not hold it.
    """

    resource: str
    path: str
    wanted: Json
    found: Json
    verdict: PropertyVerdict
    cause: str = ""

    @property
    def name(self) -> str:
        """Return what the known_gaps calls it."""
        return f"{self.resource}/{self.path}"


State = dict[str, dict[str, "Json"]]
"""What AWS holds: by resource, then by path."""


@dataclass(frozen=True)
class DeclaredStack:
    """A stack as its template and parameters say it is to be."""

    stack: str
    resources: tuple[Resource, ...]
    facts: Mapping[str, Json]
    """Of the stack itself: description, parameters, outputs."""
    deployed: frozenset[str] = frozenset()
    """The logical ids of all that stands."""

    def read(self, clients: Clients) -> State:
        """Return what AWS holds of every resource."""
        found = {one.logical_id: read(one, clients) for one in self.resources}
        kept = kept_resources(self.stack, clients)
        return state_of(found, kept, _read_stack(self.stack, clients))

    def wanted(self) -> State:
        """Return what AWS is to hold."""
        state = {
            one.logical_id: {**flatten(one.wanted), **one.policies}
            for one in self.resources
        }
        return {**state, "Stack": flatten(self.facts)}


def state_of(found: Mapping[str, Json], kept: Mapping[str, Json], facts: Json) -> State:
    """Return what AWS holds.

    `found` is what was read of each resource, `kept` what CloudFormation keeps of the
    template's, `facts` what it says of the stack itself.
    """
    state = {
        name: _held(one, policies(kept.get(name, {}))) for name, one in found.items()
    }
    return {**state, "Stack": flatten(facts)}


def _held(found: Json, kept: Mapping[str, Json]) -> dict[str, Json]:
    """Return what stands of a resource; nothing at all where it is gone."""
    return {**flatten(found), **kept} if found else {}


def declare(
    stack: str, parameters: Mapping[str, str], clients: Clients
) -> DeclaredStack:
    """Work out what a standing stack is to be, by template.yaml and these parameters.

    It is as template.yaml stands in this checkout; only what SAM adds of its own is
    taken from the processed template.
    """
    original = load()
    resources = with_declared_properties(original, kept_resources(stack, clients))
    physical = physical_ids(stack, clients)
    # SAM's word for the alias that it makes of AutoPublishAlias.
    aliases = {
        f"{name.removesuffix(ALIAS)}.Alias": one
        for name, one in physical.items()
        if name.endswith(ALIAS)
    }
    resolver = Resolver(
        template={**original, "Resources": resources},
        parameters=parameters,
        physical={**physical, **aliases},
        stack=stack,
        exports=exports(clients),
    )
    wanted = tuple(_resources(resolver))
    return DeclaredStack(stack, wanted, _facts(resolver, original), frozenset(physical))


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
        yield Resource(name, kind, physical, wanted, policies(one))
        if kind == "AWS::Lambda::Function":
            # The alias serves a version, a copy of the function as it was published.
            served = {field: wanted[field] for field in SERVED if field in wanted}
            alias = f"{wanted['FunctionName']}:live"
            yield Resource(f"{name}:live", "served by the alias", alias, served)


def _facts(resolver: Resolver, original: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "Description": original["Description"],
        "Parameters": dict(resolver.parameters),
        "Outputs": {
            name: resolver.resolve(
                {field: item for field, item in one.items() if field != "Condition"}
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
            one["ParameterKey"]: one["ParameterValue"]
            for one in held.get("Parameters", [])
        },
        "Outputs": {
            one["OutputKey"]: _output(one, exported) for one in held.get("Outputs", [])
        },
    }


def _output(held: Mapping[str, Json], exported: Mapping[str, str]) -> dict[str, Json]:
    read = {"Description": held.get("Description"), "Value": held["OutputValue"]}
    name = held.get("ExportName")
    # What another stack imports is the list of exports, not this stack's own word.
    if name and exported.get(name) == held["OutputValue"]:
        read["Export"] = {"Name": name}
    return read


# ---- verdicts -------------------------------------------------------------------


def judge(
    declared: DeclaredStack, before: State, after: State, known_gaps: KnownGaps
) -> list[Property]:
    """Return a verdict on every single value.

    `before` is what the cloud held once it was deployed, `after` what it holds with
    what `local.deploy.completion` applied.
    """
    judged = []
    for resource, fields in declared.wanted().items():
        held, now = before[resource], after[resource]
        for path, wanted in fields.items():
            judged.append(_verdict(resource, path, wanted, held, now, known_gaps))
        judged += (
            Property(resource, path, MISSING, now[path], PropertyVerdict.SURPLUS)
            for path in now.keys() - fields.keys()
            if now[path] is not MISSING
        )
    return [*judged, *_beside(declared), *_unseen()]


def _beside(declared: DeclaredStack) -> Iterator[Property]:
    """Yield resources that stand although the template's conditions leave them out."""
    names = {one.logical_id for one in declared.resources}
    for name in sorted(declared.deployed - names):
        yield Property(name, "", MISSING, "a resource", PropertyVerdict.SURPLUS)


def _unseen() -> Iterator[Property]:
    """Yield what the template says to SAM and nothing here knows the folder of."""
    for name, field, said in unmapped(load()):
        yield Property(name, field, said, MISSING, PropertyVerdict.UNEXAMINED)


def _verdict(  # noqa: PLR0913, PLR0917 - two readings of one property of one resource
    resource: str,
    path: str,
    wanted: Json,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    known_gaps: KnownGaps,
) -> Property:
    found = after.get(path, MISSING)
    if equal_values(wanted, found):
        held = equal_values(wanted, before.get(path, MISSING))
        verdict = PropertyVerdict.MATCHES if held else PropertyVerdict.APPLIED
        return Property(resource, path, wanted, found, verdict)
    # What is gone is no gap of the emulator's.
    if (cause := known_gaps.cause(f"{resource}/{path}")) and after:
        return Property(
            resource, path, wanted, found, PropertyVerdict.NOT_EMULATED, cause
        )
    verdict = (
        PropertyVerdict.UNEXAMINED
        if _unread(path, found, after)
        else PropertyVerdict.LOST
    )
    return Property(resource, path, wanted, found, verdict)


def _unread(path: str, found: Json, after: Mapping[str, Json]) -> bool:
    """Say whether no reader knows the field, or the type.

    Of a resource that is gone nothing is left, and policies are always read.
    """
    return found is MISSING and bool(after) and path not in POLICIES


def counts(judged: Sequence[Property]) -> Counter[PropertyVerdict]:
    """Return how often each verdict stands."""
    return Counter(one.verdict for one in judged)
