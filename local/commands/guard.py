"""Checks a deploy: `local.commands.guard [--deploy-id ID] dev [Name=Value ...]`.

Prints the parameters to deploy with, or refuses the deploy in one line. It refuses
errors that would be noticed late or never: a package that was built for other
parameters, a stack that would detach its data, a name that S3 does not accept.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.command import DONE, parser_of, run
from local.deploy.build import pairs
from local.deploy.naming import RefusalError, bucket_naming, refuse_name
from local.template import (
    ROOT,
    ConfigurationError,
    Json,
    defaults,
    environment,
    functions,
    load,
    overrides,
    read_pairs,
    runtime,
    text_of,
)

BUILT = ROOT / ".aws-sam" / "build"
# CloudFormation updates no stack whose creation has failed.
NOT_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


@dataclass(frozen=True)
class Target:
    """The target of a deploy: the stack, its region and its current parameters.

    `current` are the parameters it was last deployed with, None if it is new.
    """

    stack: str
    region: str
    current: Mapping[str, str] | None


FORESEEN = (RefusalError, ConfigurationError, BotoCoreError, ClientError)


def main() -> int:
    """Print the parameters; return the exit code."""
    parser = parser_of("guard")
    parser.add_argument("--built", type=Path, default=BUILT, metavar="DIR")
    parser.add_argument("--deploy-id", metavar="ID")
    parser.add_argument("environment")
    parser.add_argument("parameters", nargs="*", metavar="Name=Value")
    options = parser.parse_args()
    return run("deploy refused", lambda: _print(options), FORESEEN)


def _print(options: Namespace) -> int:
    given = read_pairs(options.parameters)
    parameters = checked(options.environment, given, options.built)
    parameters["DeployId"] = _deploy_id(options.deploy_id, options.built)
    sys.stdout.write(" ".join(pairs(parameters)) + "\n")
    return DONE


def checked(config_env: str, given: Mapping[str, str], built: Path) -> dict[str, str]:
    """Return the parameters to deploy an environment with: its own, then `given`.

    Raises `RefusalError` if the build or the stack does not fit the deploy.
    """
    template, settings = load(), environment(config_env, "deploy")
    stack = text_of(settings, "stack_name", config_env)
    if stack is None:
        raise ConfigurationError(f"samconfig.toml: {config_env} sets no stack_name")
    region, profile = (
        text_of(settings, name, config_env) for name in ("region", "profile")
    )
    target = find(stack, region, profile)
    asked = {**overrides(config_env, "deploy"), **given}
    # SAM CLI leaves a stack's parameters as they are unless they are named.
    wanted = {**defaults(template), **(target.current or {}), **asked}
    refuse_other_build(template, wanted, built)
    refuse_orphaned_data(target.stack, wanted["DataStack"], target.current)
    if wanted["DataStack"]:
        if target.current is None:
            refuse_name(target.stack, None)
        return asked
    current = target.current if owns_data(target.current) else None
    naming = bucket_naming(target.region, asked.get("BucketNaming"), current)
    if current is None:
        refuse_name(target.stack, naming)
    return {**asked, "BucketNaming": naming}


# ---- what was built -----------------------------------------------------------------


def refuse_other_build(
    template: Mapping[str, Json], wanted: Mapping[str, str], built: Path
) -> None:
    """Raise `RefusalError` unless every function was built for these parameters."""
    asked = {
        "implementation": wanted["Implementation"],
        "runtime": runtime(template, wanted),
        "architecture": wanted["Architecture"],
    }
    for name in functions(template):
        _compare(name, asked, note(name, built))


def note(function: str, built: Path) -> Mapping[str, str]:
    """Return a package's build.json; raise `RefusalError` if it is not built."""
    try:
        kept: Mapping[str, str] = json.loads(
            (built / function / "build.json").read_text("utf-8")
        )
    except (OSError, ValueError) as error:
        raise RefusalError(f"{function} is not built; run make build") from error
    return kept


def _compare(
    function: str, asked: Mapping[str, str], built_for: Mapping[str, str]
) -> None:
    for member, value in asked.items():
        if built_for.get(member) != value:
            raise RefusalError(
                f"{function} is built for {member} {built_for.get(member)}, the"
                f" environment says {value}; build it for that environment first"
            )


def _deploy_id(given: str | None, built: Path) -> str:
    """Return the given id if it is valid; without one, return a new id."""
    template = load()
    if given is None:
        commit = note(functions(template)[0], built)["commit"]
        return deploy_id(datetime.now(UTC), commit)
    declared = template["Parameters"]["DeployId"]
    if not re.fullmatch(declared["AllowedPattern"], given):
        raise RefusalError(f"DEPLOY_ID {declared['ConstraintDescription']}")
    return given


def deploy_id(now: datetime, commit: str) -> str:
    """Return the name of a deploy, made of its time and the commit that was built.

    For example `20261127T150455Z-5b6f732`, with `-dirty` if files differed from it.
    """
    name, _, dirty = commit.partition("-")
    return "-".join(filter(None, (f"{now:%Y%m%dT%H%M%SZ}", name[:7], dirty)))


# ---- the deployed stack -------------------------------------------------------------


def refuse_orphaned_data(
    stack: str, data_stack: str, current: Mapping[str, str] | None
) -> None:
    """Raise `RefusalError` if the deploy would detach the stack from its own tables."""
    if data_stack == stack:
        raise RefusalError(f"DataStack={stack} names the stack itself; leave it empty")
    if data_stack and owns_data(current):
        raise RefusalError(
            f"{stack} owns its data; with DataStack={data_stack} it would let go of it"
        )


def owns_data(current: Mapping[str, str] | None) -> bool:
    """Return whether the stack exists and owns tables and a bucket."""
    return current is not None and not current.get("DataStack")


def find(stack: str, region: str | None, profile: str | None = None) -> Target:
    """Return a stack and the parameters of its last deploy, as AWS reports them.

    The request goes to the account and the region that SAM CLI deploys to: those of
    the AWS profile, by default the one of the environment.

    Raises `RefusalError` if its creation failed, `ClientError` or `BotoCoreError`
    if the request to AWS fails.
    """
    session = boto3.Session(profile_name=profile, region_name=region)
    cloudformation = session.client("cloudformation")
    target = Target(stack, cloudformation.meta.region_name, None)
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's word for a stack that does not exist.
        if error.response["Error"]["Code"] == "ValidationError":
            return target
        raise
    status = described["StackStatus"]
    if status == "REVIEW_IN_PROGRESS":
        return target  # a change set was made and never carried out
    if status in NOT_CREATED:
        raise RefusalError(
            f"{stack} is in {status}, its creation failed; delete the stack and its"
            " tables first, see docs/deploying.md"
        )
    current = {
        parameter["ParameterKey"]: parameter["ParameterValue"]
        for parameter in described.get("Parameters", [])
    }
    return Target(stack, target.region, current)


if __name__ == "__main__":
    sys.exit(main())
