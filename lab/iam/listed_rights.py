"""What `rights.yaml` says of every right, held against the rights there are."""

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
    """What is said of a function's rights, each by its name.

    `needed_by`: the cases that must fail without it; `not_judged`: the page of AWS
    that says why it stands, where the local cloud cannot show that.
    """

    needed_by: Mapping[str, Sequence[str]]
    not_judged: Mapping[str, str]

    @property
    def cases(self) -> list[str]:
        """Every case that is named, each once."""
        named = (case for cases in self.needed_by.values() for case in cases)
        return list(dict.fromkeys(named))


def read_yaml(path: Path) -> Json:
    """Return a data file's content; raise `CannotProveError` if it is no YAML."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise CannotProveError(f"{path.name} cannot be read: {why}") from None


def read_listed_rights(path: Path = RIGHTS_FILE) -> dict[str, ListedRights]:
    """Return what is said of every function's rights, by the function's name."""
    data = read_yaml(path)
    try:
        known = {name: _known(body) for name, body in data.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotProveError(
            f"{path.name} is not as its first lines say: {error!r}"
        ) from None
    return known


def _known(body: Mapping[str, Json]) -> ListedRights:
    needed_by, not_judged = body["neededBy"], body["notJudged"]
    for name, cases in needed_by.items():
        if not cases or not isinstance(cases, list):
            raise ValueError(f"{name} names no cases")
    for name, page in not_judged.items():
        if not str(page).startswith("https://docs.aws.amazon.com/"):
            raise ValueError(f"{name} has no page of AWS")
    return ListedRights(needed_by, not_judged)


def entry_faults(known: ListedRights, names: Sequence[str]) -> Iterator[str]:
    """Yield what does not fit between what is said and the names of a role's rights."""
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{name}: {count} rights have this name"
        said = (name in known.needed_by) + (name in known.not_judged)
        if said == 0:
            yield f"{name}: {RIGHTS_FILE.name} names no case for it"
        elif said > 1:
            yield f"{name}: {RIGHTS_FILE.name} has it with cases and as not judged"
    for name in dict.fromkeys([*known.needed_by, *known.not_judged]):
        if name not in names:
            yield f"{name}: {RIGHTS_FILE.name} has it, the role has not"
