"""Reads the contract's files: YAML by the core schema of YAML 1.2, and JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

# Any: the shape of a data file is known only after its format was checked.
from typing import Any

import yaml

from twinproof.errors import FileFault, FileFinding

# libyaml reads the cases ten times faster; PyYAML's wheels include it.
_Base: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def kebab(name: str) -> str:
    """Return an operation's name as in file names: `get-this`."""
    return re.sub("[A-Z]", lambda sign: f"-{sign[0].lower()}", name).lstrip("-")


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2's core schema: `no` and `2026-01-01` are text, as the author meant."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML copies it on first use


_CORE = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
)
for _tag, _pattern, _first in _CORE:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})\Z"), list(_first)
    )


def _int(_: _Loader, node: yaml.ScalarNode) -> int:
    # PyYAML's own constructor reads 010 as octal; the core schema does not.
    return int(node.value)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in result:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} stands twice", key_node.start_mark
            )
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path, shown: str = "") -> Any:
    """Return the only document of a YAML file; raise `FileFault` if there is none."""
    shown = shown or path.name
    try:
        text = path.read_text(encoding="utf-8")
        # A subclass of SafeLoader: it creates plain data only.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}" if mark else ""
        raise FileFault(
            [FileFinding(shown, where, error.problem or "bad YAML")]
        ) from None
    except OSError as error:
        raise FileFault(
            [FileFinding(shown, "", error.strerror or str(error))]
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileFault([FileFinding(shown, "", str(error).splitlines()[0])]) from None


def read_json(path: Path, shown: str = "") -> Any:
    """Return the content of a JSON file; raise `FileFault` if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileFault([FileFinding(shown or path.name, "", reason)]) from None
    except ValueError as error:
        raise FileFault([FileFinding(shown or path.name, "", str(error))]) from None


def compact_json(value: object) -> bytes:
    """Return a value as the tool sends it: compact JSON, non-ASCII as UTF-8.

    A lone surrogate, which a target may have sent, has no UTF-8: it is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
