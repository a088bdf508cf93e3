"""What becomes of a resource that leaves its stack or is replaced.

No service knows of it: CloudFormation acts by the template that it keeps of the stack,
so that one is read back. That it does act by `DeletionPolicy` is seen in
`lab.rehearsal.deletion`.
"""

from __future__ import annotations

from collections.abc import Mapping

from local.emulator.clients import Clients
from local.template import Json

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def policies(resource: Mapping[str, Json]) -> dict[str, Json]:
    """Return the policies of a resource of a template; none where it names none."""
    return {name: resource[name] for name in POLICIES if name in resource}


def kept_resources(stack: str, clients: Clients) -> dict[str, Json]:
    """Return the resources of the processed template that CloudFormation keeps."""
    answer = clients.of("cloudformation").get_template(
        StackName=stack, TemplateStage="Processed"
    )
    kept: dict[str, Json] = answer["TemplateBody"]["Resources"]
    return kept
