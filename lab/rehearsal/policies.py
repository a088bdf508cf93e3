"""Policies for a resource that is removed from its stack or replaced.

No service has them. CloudFormation follows the template that it stores for the stack,
so this module reads that template. `lab.rehearsal.deletion` checks that CloudFormation
follows `DeletionPolicy`.
"""

from __future__ import annotations

from collections.abc import Mapping

from local.emulator.clients import Clients
from local.template import Json

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def policies(resource: Mapping[str, Json]) -> dict[str, Json]:
    """Return the policies that a template's resource declares."""
    return {name: resource[name] for name in POLICIES if name in resource}


def kept_resources(stack: str, clients: Clients) -> dict[str, Json]:
    """Return the resources of the processed template that CloudFormation stores."""
    answer = clients.of("cloudformation").get_template(
        StackName=stack, TemplateStage="Processed"
    )
    kept: dict[str, Json] = answer["TemplateBody"]["Resources"]
    return kept
