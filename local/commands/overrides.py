"""Prints an environment's parameters: `local.commands.overrides dev [Name=Value]`.

The build uses the parameters of `sam deploy`, because it makes the packages to deploy.

In SAM CLI, `--parameter-overrides` replaces all parameters of samconfig.toml. This
command merges the two, so that one changed parameter does not drop the others.
"""

from __future__ import annotations

import sys

from local.command import DONE, run
from local.deploy.build import machine_parameters, pairs
from local.template import ConfigurationError, overrides, read_pairs

# Environments that accept any runtime that this machine can run.
FOR_THIS_MACHINE = ("default", "default-typescript")


def main() -> int:
    """Print the merged parameters on one line; return the exit code."""
    return run("overrides", _print, (ConfigurationError,))


def _print() -> int:
    config_env, *given = sys.argv[1:]
    sys.stdout.write(" ".join(pairs(merged(config_env, given))) + "\n")
    return DONE


def merged(config_env: str, given: list[str]) -> dict[str, str]:
    """Return the environment's parameters with `given` (`Name=Value`) over them."""
    parameters = overrides(config_env, "deploy")
    if config_env in FOR_THIS_MACHINE:
        if "Implementation" not in parameters:
            raise ConfigurationError(
                f"samconfig.toml: {config_env} sets no Implementation"
            )
        parameters = machine_parameters(parameters["Implementation"]) | parameters
    return parameters | read_pairs(given)


if __name__ == "__main__":
    sys.exit(main())
