"""Refuses a deploy that cannot be right: `python -m local.guard dev [Name=Value ...]`.

A built template keeps the parameter that chooses runtime and handler, but its code is
what was built. And a stack that owns data would orphan it if it were given another's.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.template import (
    ROOT,
    ConfigurationError,
    defaults,
    environment,
    load,
    overrides,
    read_pairs,
    runtime,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.template import Json

BUILT = ROOT / ".aws-sam" / "build"


class RefusalError(Exception):
    """The deploy is refused; the text is one line that says why and what to do."""


def main() -> int:
    """Say nothing and return 0 where the deploy may go on; else one line, and 1."""
    options = _parse()
    try:
        check(options.environment, read_pairs(options.parameters), options.built)
    except (RefusalError, ConfigurationError, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"deploy refused: {error}\n")
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.guard")
    parser.add_argument("--built", type=Path, default=BUILT, metavar="DIR")
    parser.add_argument("environment")
    parser.add_argument("parameters", nargs="*", metavar="Name=Value")
    return parser.parse_args()


def check(config_env: str, given: Mapping[str, str], built: Path = BUILT) -> None:
    """Raise `RefusalError` where the build or the stack speaks against the deploy."""
    template, settings = load(), environment(config_env, "deploy")
    stack = text_of(settings, "stack_name", config_env)
    if stack is None:
        raise ConfigurationError(f"samconfig.toml: {config_env} sets no stack_name")
    region = text_of(settings, "region", config_env)
    standing = standing_parameters(stack, region)
    wanted = {
        **defaults(template),
        # SAM CLI leaves a stack's parameters as they are unless they are named.
        **(standing or {}),
        **overrides(config_env, "deploy"),
        **given,
    }
    refuse_other_build(template, wanted, built)
    refuse_orphaned_data(stack, wanted["DataStack"], standing)


def refuse_other_build(
    template: Mapping[str, Json], wanted: Mapping[str, str], built: Path
) -> None:
    """Raise `RefusalError` unless every function was built for these parameters."""
    asked = {
        "implementation": wanted["Implementation"],
        "runtime": runtime(template, wanted),
        "architecture": wanted["Architecture"],
    }
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            _compare(name, asked, built / name / "build.json")


def _compare(function: str, asked: Mapping[str, str], path: Path) -> None:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RefusalError(f"{function} is not built; run make build") from error
    for member, value in asked.items():
        if note.get(member) != value:
            raise RefusalError(
                f"{function} is built for {member} {note.get(member)}, the environment"
                f" says {value}; build it for that environment first"
            )


def refuse_orphaned_data(
    stack: str, data_stack: str, standing: Mapping[str, str] | None
) -> None:
    """Raise `RefusalError` where the stack would let go of tables that it owns.

    `standing` are the parameters it was last deployed with, None if it is new.
    """
    if data_stack == stack:
        raise RefusalError(f"DataStack={stack} names the stack itself; leave it empty")
    if data_stack and standing is not None and not standing.get("DataStack"):
        raise RefusalError(
            f"{stack} owns its data; with DataStack={data_stack} it would let go of it"
        )


def standing_parameters(stack: str, region: str | None) -> dict[str, str] | None:
    """Return the parameters a stack was last deployed with, or None if there is none.

    Raises `ClientError` or `BotoCoreError` where AWS cannot be asked.
    """
    cloudformation = boto3.client("cloudformation", region_name=region)
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's word for a stack that does not exist.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    if described["StackStatus"] == "REVIEW_IN_PROGRESS":
        return None  # a change set was made and never carried out
    return {
        parameter["ParameterKey"]: parameter["ParameterValue"]
        for parameter in described.get("Parameters", [])
    }


if __name__ == "__main__":
    sys.exit(main())
