"""Compares every property of a deployed stack with its template."""

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
    """The result of comparing one property."""

    MATCHES = "matches"
    APPLIED = "applied afterwards"
    NOT_EMULATED = "not emulated"
    LOST = "lost"
    UNEXAMINED = "unexamined"
    SURPLUS = "not in the template"

    @property
    def fault(self) -> bool:
        """Whether this verdict fails the rehearsal."""
        return self in {
            PropertyVerdict.LOST,
            PropertyVerdict.UNEXAMINED,
            PropertyVerdict.SURPLUS,
        }


@dataclass(frozen=True)
class Property:
    """A single value: its resource and path, both values, and the verdict.

    `cause` says why the emulator drops it, or is "".
    """

    resource: str
    path: str
    wanted: Json
    found: Json
    verdict: PropertyVerdict
    cause: str = ""

    @property
    def name(self) -> str:
        """Its resource and path, which known gaps match."""
        return f"{self.resource}/{self.path}"


State = dict[str, dict[str, "Json"]]
"""Values by resource, then by path."""


@dataclass(frozen=True)
class DeclaredStack:
    """A stack as its template and parameters declare it."""

    stack: str
    resources: tuple[Resource, ...]
    facts: Mapping[str, Json]
    """Description, parameters and outputs of the stack."""
    deployed: frozenset[str] = frozenset()
    """The logical ids of all deployed resources."""

    def read(self, clients: Clients) -> State:
        """Return the actual values of every resource."""
        found = {one.logical_id: read(one, clients) for one in self.resources}
        kept = kept_resources(self.stack, clients)
        return state_of(found, kept, _read_stack(self.stack, clients))

    def wanted(self) -> State:
        """Return the declared values of every resource."""
        state = {
            one.logical_id: {**flatten(one.wanted), **one.policies}
            for one in self.resources
        }
        return {**state, "Stack": flatten(self.facts)}


def state_of(found: Mapping[str, Json], kept: Mapping[str, Json], facts: Json) -> State:
    """Return the actual values of a stack.

    `found` has the properties of each resource as its reader returns them, `kept` the
    resources of the template that CloudFormation stores, `facts` those of the stack.
    """
    state = {
        name: _with_policies(one, policies(kept.get(name, {})))
        for name, one in found.items()
    }
    return {**state, "Stack": flatten(facts)}


def _with_policies(found: Json, kept: Mapping[str, Json]) -> dict[str, Json]:
    """Return the values of a resource; none if it does not exist."""
    return {**flatten(found), **kept} if found else {}


def declare(
    stack: str, parameters: Mapping[str, str], clients: Clients
) -> DeclaredStack:
    """Return a deployed stack as template.yaml and these parameters declare it.

    The properties come from template.yaml in this checkout. The processed template
    gives only the resources that SAM adds.
    """
    original = load()
    resources = with_declared_properties(original, kept_resources(stack, clients))
    physical = physical_ids(stack, clients)
    # SAM's name for the alias that AutoPublishAlias makes.
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
    """Return the exports of all stacks, by name."""
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
            # The alias names a version: a copy of the function when it was published.
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
    (actual,) = clients.of("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    exported = exports(clients)
    return {
        "Description": actual.get("Description", ""),
        "Parameters": {
            one["ParameterKey"]: one["ParameterValue"]
            for one in actual.get("Parameters", [])
        },
        "Outputs": {
            one["OutputKey"]: _output(one, exported)
            for one in actual.get("Outputs", [])
        },
    }


def _output(actual: Mapping[str, Json], exported: Mapping[str, str]) -> dict[str, Json]:
    read = {"Description": actual.get("Description"), "Value": actual["OutputValue"]}
    name = actual.get("ExportName")
    # Another stack imports from the list of exports, not from this stack's outputs.
    if name and exported.get(name) == actual["OutputValue"]:
        read["Export"] = {"Name": name}
    return read


# ---- verdicts -------------------------------------------------------------------


def judge(
    declared: DeclaredStack, before: State, after: State, known_gaps: KnownGaps
) -> list[Property]:
    """Return a verdict on every single value.

    `before` has the values after CloudFormation's deploy, `after` those after
    `local.deploy.completion` has set what the emulator dropped.
    """
    judged = []
    for resource, fields in declared.wanted().items():
        then, now = before[resource], after[resource]
        for path, wanted in fields.items():
            judged.append(_verdict(resource, path, wanted, then, now, known_gaps))
        judged += (
            Property(resource, path, MISSING, now[path], PropertyVerdict.SURPLUS)
            for path in now.keys() - fields.keys()
            if now[path] is not MISSING
        )
    return [*judged, *_beside(declared), *_unseen()]


def _beside(declared: DeclaredStack) -> Iterator[Property]:
    """Yield deployed resources that the template's conditions leave out."""
    names = {one.logical_id for one in declared.resources}
    for name in sorted(declared.deployed - names):
        yield Property(name, "", MISSING, "a resource", PropertyVerdict.SURPLUS)


def _unseen() -> Iterator[Property]:
    """Yield properties of SAM's own types that `DEPLOYED_AS` does not have."""
    for name, field, value in unmapped(load()):
        yield Property(name, field, value, MISSING, PropertyVerdict.UNEXAMINED)


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
        matched = equal_values(wanted, before.get(path, MISSING))
        verdict = PropertyVerdict.MATCHES if matched else PropertyVerdict.APPLIED
        return Property(resource, path, wanted, found, verdict)
    # A missing resource is no known gap.
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
    """Return whether no reader knows the field or the type.

    A missing resource is lost, not unread, and policies are always read.
    """
    return found is MISSING and bool(after) and path not in POLICIES


def counts(judged: Sequence[Property]) -> Counter[PropertyVerdict]:
    """Return the number of properties by verdict."""
    return Counter(one.verdict for one in judged)
