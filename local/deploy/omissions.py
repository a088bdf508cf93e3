"""Removes from the template what the emulator does not support, and lists it.

Each rule removes one thing and gives the reason. A property that the emulator accepts
and then drops is no rule here: `local.deploy.completion` applies it afterwards.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

from local.template import Json

# Parameters that the local stack needs, independent of the template's defaults. A test
# waits for a user to expire.
LOCAL_PARAMETERS = {"WarmingState": "DISABLED", "MinUserLifetimeSeconds": "5"}
WARMING = (
    "the warming rule is deployed but disabled: the emulator would run the functions"
    " itself, beside the sandboxes"
)


def adapt(
    template: Mapping[str, Json], parameters: Mapping[str, str], built: Path
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return the template for the emulator, and a line for each thing left out.

    `built` is the directory of the built template; its code paths are relative to it.
    The given template is not changed.
    """
    adapted = prepare(template, parameters, built)
    left_out = [
        *_drop_tls_statements(adapted["Resources"]),
        WARMING,
    ]
    return adapted, tuple(left_out)


def prepare(
    template: Mapping[str, Json], parameters: Mapping[str, str], built: Path
) -> dict[str, Json]:
    """Return the complete template in a form that the emulator reads correctly."""
    prepared = copy.deepcopy(dict(template))
    _fix_parameters(prepared["Parameters"], parameters)
    _root_code_paths(prepared["Resources"], built)
    return prepared


def _drop_tls_statements(resources: dict[str, Json]) -> list[str]:
    """Drop the refusal of plain HTTP from bucket policies: this endpoint has no TLS."""
    left_out = []
    for name, resource in list(resources.items()):
        if resource["Type"] != "AWS::S3::BucketPolicy":
            continue
        document = resource["Properties"]["PolicyDocument"]
        kept = [item for item in document["Statement"] if not _wants_tls(item)]
        if kept == document["Statement"]:
            continue
        left_out.append(f"{name}: TLS is not demanded, the local endpoint has none")
        document["Statement"] = kept
        if not kept:
            del resources[name]
    return left_out


def _wants_tls(statement: Mapping[str, Json]) -> bool:
    conditions: Mapping[str, Json] = statement.get("Condition", {})
    return any("aws:SecureTransport" in keys for keys in conditions.values())


def _fix_parameters(declared: dict[str, Json], parameters: Mapping[str, str]) -> None:
    """Make the parameters' values their defaults.

    The emulator's SAM transform uses only the defaults. With other values it would
    resolve `!Ref RuntimeTrack` to the default and deploy a runtime that was not built.
    """
    for name, value in parameters.items():
        declared[name]["Default"] = value


def _root_code_paths(resources: dict[str, Json], built: Path) -> None:
    """Replace code paths by the full paths of the packages that the build zipped."""
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            code = resource["Properties"]["CodeUri"]
            resource["Properties"]["CodeUri"] = str(built / f"{code}.zip")
