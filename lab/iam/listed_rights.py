"""Reads `rights.yaml` and compares it with the deployed rights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.iam.errors import CannotProveError

Json = Any
RIGHTS_FILE = Path(__file__).with_name("rights.yaml")


@dataclass(frozen=True, slots=True)
class ListedRights:
    """The entries of a function's rights, by the name of the right.

    `needed_by` has the cases that must fail without the right. `not_judged` has the
    page of AWS that explains the right, if the local cloud cannot show its need.
    """

    needed_by: Mapping[str, Sequence[str]]
    not_judged: Mapping[str, str]

    @property
    def cases(self) -> list[str]:
        """All cases of `needed_by`, each once."""
        named = (case for cases in self.needed_by.values() for case in cases)
        return list(dict.fromkeys(named))


def read_yaml(path: Path) -> Json:
    """Return the content of a YAML file; raises `CannotProveError`."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise CannotProveError(f"{path.name} cannot be read: {why}") from None


def read_listed_rights(path: Path = RIGHTS_FILE) -> dict[str, ListedRights]:
    """Return the listed rights by the function's name; raises `CannotProveError`."""
    data = read_yaml(path)
    try:
        listed = {name: _listed(body) for name, body in data.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotProveError(
            f"{path.name} does not have the format of its comment: {error!r}"
        ) from None
    return listed


def _listed(body: Mapping[str, Json]) -> ListedRights:
    needed_by, not_judged = body["neededBy"], body["notJudged"]
    for name, cases in needed_by.items():
        if not cases or not isinstance(cases, list):
            raise ValueError(f"{name} names no cases")
    for name, page in not_judged.items():
        if not str(page).startswith("https://docs.aws.amazon.com/"):
            raise ValueError(f"{name} has no page of AWS")
    return ListedRights(needed_by, not_judged)


def entry_faults(listed: ListedRights, names: Sequence[str]) -> Iterator[str]:
    """Yield rights without an entry or with several, and entries without a right."""
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{name}: {count} rights have this name"
        entries = (name in listed.needed_by) + (name in listed.not_judged)
        if entries == 0:
            yield f"{name}: {RIGHTS_FILE.name} has no entry for it"
        elif entries > 1:
            yield f"{name}: {RIGHTS_FILE.name} has it as needed and as not judged"
    for name in dict.fromkeys([*listed.needed_by, *listed.not_judged]):
        if name not in names:
            yield f"{name}: {RIGHTS_FILE.name} has it, but the role does not"
