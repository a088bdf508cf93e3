"""Reads template.yaml and samconfig.toml: parameters, mappings, environments."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
SAMCONFIG = ROOT / "samconfig.toml"

# The sections of every template of this project; each maps names to mappings.
SECTIONS = ("Parameters", "Mappings", "Globals", "Resources")
# Parameters that the commands themselves read.
ASKED = ("Architecture", "DataStack", "Implementation", "RuntimeTrack")

# JSON of a template has any depth and shape, so its values have no narrower type.
Json = Any


def shown(path: Path) -> str:
    """Return a path for printing, relative to the project's root if it is inside."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


class ConfigurationError(Exception):
    """A file or a parameter is not valid; the text is one line."""


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


def load(path: Path | None = None) -> dict[str, Json]:
    """Return a source or built template with intrinsic functions in long form.

    Raises `ConfigurationError` if it cannot be read or lacks a section.
    """
    path = path or TEMPLATE
    try:
        template = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - derived from SafeLoader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(path, error) from error
    for section in SECTIONS:
        entries = template.get(section) if isinstance(template, dict) else None
        if not isinstance(entries, dict) or not entries:
            raise ConfigurationError(f"{path.name} has no {section}")
        for name, entry in entries.items():
            if not isinstance(entry, dict):
                raise ConfigurationError(f"{path.name}: {section}/{name} is no mapping")
    for name, resource in template["Resources"].items():
        if not isinstance(resource.get("Type"), str):
            raise ConfigurationError(f"{path.name}: Resources/{name} has no Type")
    for name in ASKED:
        at(template, "Parameters", name)
    found: dict[str, Json] = template
    return found


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    """Return the error of a file that cannot be read, in one line."""
    why = " ".join(str(error).split())
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        why = f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
    return ConfigurationError(f"{path.name} cannot be read: {why}")


def at(template: Mapping[str, Json], *names: str) -> Json:
    """Return the value at a path of a template, or raise `ConfigurationError`."""
    found: Json = template
    for name in names:
        if not isinstance(found, dict) or name not in found:
            raise ConfigurationError(f"template.yaml has no {'/'.join(names)}")
        found = found[name]
    return found


def defaults(template: Mapping[str, Json]) -> dict[str, str]:
    """Return each parameter's default, as CloudFormation would pass it.

    Raises `ConfigurationError` if a parameter has no default.
    """
    return {
        name: str(at(template, "Parameters", name, "Default"))
        for name in template["Parameters"]
    }


def runtimes(template: Mapping[str, Json], implementation: str) -> dict[str, str]:
    """Return the Lambda runtimes of an implementation by RuntimeTrack.

    Raises `ConfigurationError` if the template has none.
    """
    found = at(template, "Mappings", "Runtimes", implementation)
    if not isinstance(found, dict) or not found:
        raise ConfigurationError(f"template.yaml offers no runtime of {implementation}")
    return {str(track): str(name) for track, name in found.items()}


def functions(template: Mapping[str, Json]) -> list[str]:
    """Return the logical ids of the functions."""
    return [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def runtime(template: Mapping[str, Json], parameters: Mapping[str, str]) -> str:
    """Return the Lambda runtime that these parameters choose (`python3.13`).

    Raises `ConfigurationError` if the template offers none.
    """
    implementation, track = parameters["Implementation"], parameters["RuntimeTrack"]
    tracks = runtimes(template, implementation)
    if track not in tracks:
        raise ConfigurationError(
            f"template.yaml offers no RuntimeTrack {track} of {implementation}"
        )
    return tracks[track]


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
    """Return the newest RuntimeTrack that chooses the runtime `name`.

    Raises `ConfigurationError` if the template offers no such runtime.
    """
    for candidate, offered in runtimes(template, implementation).items():
        if offered == name:
            return candidate
    raise ConfigurationError(f"template.yaml offers no runtime {name}")


def environment(config_env: str, command: str) -> dict[str, Json]:
    """Return the settings of samconfig.toml for a SAM command in one environment.

    The command's own table wins over `global`, as in SAM CLI. Raises
    `ConfigurationError` if the environment is unknown, because SAM CLI itself would
    continue with the template's defaults, or if the file does not have SAM CLI's form.
    """
    tables = samconfig()
    if config_env not in tables:
        known = ", ".join(name for name in tables if name != "version")
        raise ConfigurationError(f"samconfig.toml has no {config_env}; it has {known}")
    merged: dict[str, Json] = {}
    for table in ("global", command):
        merged |= _table(tables, config_env, table, "parameters")
    return merged


def samconfig() -> dict[str, Json]:
    """Return the content of samconfig.toml; raise `ConfigurationError` if not TOML."""
    try:
        return tomllib.loads(SAMCONFIG.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(SAMCONFIG, error) from error


def _table(tables: Json, *names: str) -> dict[str, Json]:
    """Return a table of samconfig.toml, empty if it is missing."""
    for count, name in enumerate(names, start=1):
        tables = tables.get(name, {})
        if not isinstance(tables, dict):
            where = ".".join(names[:count])
            raise ConfigurationError(f"samconfig.toml: {where} is no table")
    found: dict[str, Json] = tables
    return found


def text_of(settings: Mapping[str, Json], name: str, config_env: str) -> str | None:
    """Return a setting of an environment, or None.

    Raises `ConfigurationError` if it is not a string.
    """
    value = settings.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ConfigurationError(f"samconfig.toml: {name} of {config_env} is no text")


def overrides(config_env: str, command: str) -> dict[str, str]:
    """Return the parameter overrides of an environment, by name.

    Both of SAM CLI's forms are read: one string, or a list of `Name=Value`. In the
    string a value may be quoted, as `sam deploy --guided` saves each value.
    """
    given = environment(config_env, command).get("parameter_overrides", "")
    where = f"samconfig.toml: parameter_overrides of {config_env}"
    try:
        pairs = shlex.split(given) if isinstance(given, str) else given
    except ValueError as error:  # a quote that is not closed
        raise ConfigurationError(f"{where}: {error}") from error
    if not isinstance(pairs, list) or not all(isinstance(one, str) for one in pairs):
        raise ConfigurationError(f"{where} is neither a text nor a list of texts")
    return read_pairs(pairs)
