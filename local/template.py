"""Reads template.yaml and samconfig.toml: parameters, mappings, environments."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
SAMCONFIG = ROOT / "samconfig.toml"

# JSON as it comes from a template: of any depth and shape, so its values stay open.
Json = Any


def shown(path: Path) -> str:
    """Return a path as it is printed: from the project's root, if it is below it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


class ConfigurationError(Exception):
    """A file or a parameter does not say what it must; the text is one line."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref x`) as their long ones."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Json:
    value: Json
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        value = text.split(".", 1) if suffix == "GetAtt" else text
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


def load(path: Path = TEMPLATE) -> dict[str, Json]:
    """Return the template with every intrinsic function in its long form."""
    template: dict[str, Json] = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - derived from SafeLoader
    return template


def defaults(template: Mapping[str, Json]) -> dict[str, str]:
    """Return each parameter's default, as CloudFormation would pass it."""
    declared = template["Parameters"].items()
    return {name: str(declaration["Default"]) for name, declaration in declared}


def runtime(template: Mapping[str, Json], parameters: Mapping[str, str]) -> str:
    """Return the Lambda runtime that these parameters choose (`python3.13`).

    Raises `ConfigurationError` where the template offers none.
    """
    implementation, track = parameters["Implementation"], parameters["RuntimeTrack"]
    tracks = template["Mappings"]["Runtimes"].get(implementation, {})
    if track not in tracks:
        raise ConfigurationError(
            f"template.yaml offers no RuntimeTrack {track} of {implementation}"
        )
    return str(tracks[track])


def read_pairs(given: Iterable[str]) -> dict[str, str]:
    """Return parameters given as `Name=Value` or `Name="Value"`, as SAM CLI reads them.

    Raises `ConfigurationError`.
    """
    for pair in given:
        if "=" not in pair:
            raise ConfigurationError(f"{pair} is not of the form Name=Value")
    return {
        name: value.removeprefix('"').removesuffix('"')
        for name, value in (pair.split("=", 1) for pair in given)
    }


def track(template: Mapping[str, Json], implementation: str, name: str) -> str:
    """Return the RuntimeTrack that leads to the runtime `name`, the newest of them.

    Raises `ConfigurationError` where the template offers no such runtime.
    """
    for candidate, offered in template["Mappings"]["Runtimes"][implementation].items():
        if offered == name:
            return str(candidate)
    raise ConfigurationError(f"template.yaml offers no runtime {name}")


def environment(config_env: str, command: str) -> dict[str, Json]:
    """Return what samconfig.toml sets for a SAM command in one environment.

    The command's own table wins over `global`, as in SAM CLI. An unknown environment
    is refused: SAM CLI itself would go on with the template's defaults.
    """
    tables = tomllib.loads(SAMCONFIG.read_text("utf-8"))
    if config_env not in tables:
        known = ", ".join(name for name in tables if name != "version")
        raise ConfigurationError(f"samconfig.toml has no {config_env}; it has {known}")
    merged: dict[str, Json] = {}
    for table in ("global", command):
        merged |= tables[config_env].get(table, {}).get("parameters", {})
    return merged


def overrides(config_env: str, command: str) -> dict[str, str]:
    """Return the parameter overrides of an environment, by name.

    Both of SAM CLI's forms are read: one string, or a list of `Name=Value`. In the
    string a value may stand in quotes, as `sam deploy --guided` saves each.
    """
    given = environment(config_env, command).get("parameter_overrides", "")
    return read_pairs(shlex.split(given) if isinstance(given, str) else given)
