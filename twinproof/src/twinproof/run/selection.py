"""Which cases and journeys can run on a target, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twinproof.cases.model import Call, Case, Journey
from twinproof.contract.openapi import Contract
from twinproof.exchange.model import SAFE
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import NONE

GATEWAY_ONLY = "only a gateway answers this"
EVENT_ONLY = "only a Lambda event can carry this"
NOT_SERVED = "the function does not serve this"
NO_WRITES = "nothing may be written here"
ONLY_AWS = "only AWS itself can show this"


def why_not(each: Case | Journey, prepared: PreparedTarget, contract: Contract) -> str:
    """Return why a case or journey cannot run on a target; "" if it can."""
    calls = [each.call] if isinstance(each, Case) else list(journey_calls(each))
    why = _not_of_its_kind(each, calls, prepared)
    if why:
        return why
    if prepared.function_of is not None:
        routes = [contract.operations[call.operation].route for call in calls]
        if {*map(contract.config.function_of, routes)} - {prepared.function_of}:
            return NOT_SERVED
    if prepared.may_write:
        return ""
    bare = isinstance(each, Case) and not (each.given or each.call.after)
    may_write = prepared.target.writes != NONE and contract.config.forgets
    if bare and (may_write or _reads(calls, contract)):
        return ""
    return NO_WRITES if prepared.store else f"no stores: {prepared.no_store}"


def _not_of_its_kind(
    each: Case | Journey, calls: list[Call], prepared: PreparedTarget
) -> str:
    """Return why a target of this kind cannot run it; "" if it can."""
    if isinstance(each, Case) and each.only_aws and prepared.target.local:
        return ONLY_AWS
    if prepared.target.is_lambda and any(call.gateway for call in calls):
        return GATEWAY_ONLY
    if not prepared.target.is_lambda and any(call.event_only for call in calls):
        return EVENT_ONLY
    return ""


def _reads(calls: list[Call], contract: Contract) -> bool:
    """Say whether no request of it could write, on any target."""
    return all(
        call.when.get("method", contract.operations[call.operation].method) in SAFE
        for call in calls
    )


def journey_calls(journey: Journey) -> Iterator[Call]:
    """Yield every call of a journey."""
    for step in journey.steps:
        yield from _calls(step.body)


def _calls(body: Mapping[str, Any]) -> Iterator[Call]:
    if "operation" in body:
        yield Call.read(body)
    if "pages" in body:
        yield Call(body["pages"]["operation"])
    if "step" in body:
        yield Call.read(body["step"])
    if "meanwhile" in body:
        yield Call.read(body["meanwhile"]["step"])
