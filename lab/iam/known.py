"""What `candidates.yaml` says of every right, held against the rights there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.iam.errors import CannotProveError

Json = Any
CANDIDATES = Path(__file__).with_name("candidates.yaml")


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a function's rights, each by its name.

    `candidates`: the cases that must fail without it; `not_judged`: the page of AWS
    that says why it stands, where the local cloud cannot show that.
    """

    candidates: Mapping[str, Sequence[str]]
    not_judged: Mapping[str, str]

    @property
    def cases(self) -> list[str]:
        """Every case that is named, each once."""
        named = (case for cases in self.candidates.values() for case in cases)
        return list(dict.fromkeys(named))


def read_yaml(path: Path) -> Json:
    """Return a data file's content; raise `CannotProveError` if it is no YAML."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise CannotProveError(f"{path.name} cannot be read: {why}") from None


def read_known(path: Path = CANDIDATES) -> dict[str, Known]:
    """Return what is said of every function's rights, by the function's name."""
    data = read_yaml(path)
    try:
        known = {name: _known(body) for name, body in data.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotProveError(
            f"{path.name} is not as its first lines say: {error!r}"
        ) from None
    return known


def _known(body: Mapping[str, Json]) -> Known:
    candidates, not_judged = body["candidates"], body["notJudged"]
    for name, cases in candidates.items():
        if not cases or not isinstance(cases, list):
            raise ValueError(f"{name} names no cases")
    for name, page in not_judged.items():
        if not str(page).startswith("https://docs.aws.amazon.com/"):
            raise ValueError(f"{name} has no page of AWS")
    return Known(candidates, not_judged)


def unaccounted(known: Known, names: Sequence[str]) -> Iterator[str]:
    """Yield what does not fit between what is said and the names of a role's rights."""
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{name}: {count} rights have this name"
        said = (name in known.candidates) + (name in known.not_judged)
        if said == 0:
            yield f"{name}: {CANDIDATES.name} names no case for it"
        elif said > 1:
            yield f"{name}: {CANDIDATES.name} has it with cases and as not judged"
    for name in dict.fromkeys([*known.candidates, *known.not_judged]):
        if name not in names:
            yield f"{name}: {CANDIDATES.name} has it, the role has not"
