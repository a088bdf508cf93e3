"""What Schemathesis loads, as schemathesis.toml says.

It hands over its own objects, whose types are not known here.
"""

from __future__ import annotations

import itertools
import os
import secrets
from pathlib import Path
from typing import Any

import schemathesis

from local.schemathesis.bundling import bundle
from local.schemathesis.explained import Case, Finding, Response, explanation

CONTRACT = Path(__file__).resolve().parents[2] / "contract"
IDEMPOTENCY_KEY = "idempotency-key"
ENTITY_TAGS = {"if-match", "if-none-match"}
# A ULID of the year 10889: no record has it.
UNKNOWN_ID = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"

_run = secrets.token_hex(4)
_numbers = itertools.count()


def before_load_schema(_: object, raw_schema: Any) -> None:
    """Make one document of openapi.yaml."""
    bundle(raw_schema, CONTRACT / "schemas")


def before_call(_: object, case: Case, __: object) -> None:
    """Mend what would hide what the case is about."""
    if IDEMPOTENCY_KEY in case.headers and case.meta.generation.mode.is_positive:
        _give_fresh_key(case)
    if _has_unmeant_tags(case):
        for name in case.headers.keys() & ENTITY_TAGS:
            case.headers[name] = '"1"'
    if _has_unfit_body_alone(case):
        for name in case.path_parameters or {}:
            case.path_parameters[name] = UNKNOWN_ID


def _give_fresh_key(case: Case) -> None:
    """Give a fitting request an idempotency key that no other request had.

    Else the key of the example goes out with body after body, and its 422 hides what
    each of them is answered. What was drawn stays behind the first characters.
    """
    fresh = f"{_run}-{next(_numbers)}-"
    drawn = str(case.headers[IDEMPOTENCY_KEY])
    case.headers[IDEMPOTENCY_KEY] = fresh + drawn[len(fresh) :]


def _has_unmeant_tags(case: Case) -> bool:
    """Return whether a case that is about another place has headers that do not fit.

    In its coverage phase Schemathesis 4.32 makes headers of letters and digits only, so
    it finds no entity tag, for these have quotes, and takes one that does not fit. Its
    400 would hide what the body is answered.
    """
    header, phase = case.meta.components.get("header"), case.meta.phase
    if phase.name.value != "coverage" or header is None or header.mode.is_positive:
        return False
    fitting = case.meta.generation.mode.is_positive
    return bool(fitting or phase.data.parameter_location != "header")


def _has_unfit_body_alone(case: Case) -> bool:
    """Return whether a coverage case has a body that does not fit and a path that does.

    Only where there is no such record does the answer show what is checked first. The
    other phases send such bodies to records that there are.
    """
    body, path = (case.meta.components.get(place) for place in ("body", "path"))
    if case.meta.phase.name.value != "coverage" or body is None or path is None:
        return False
    return bool(body.mode.is_negative and path.mode.is_positive)


def filter_failure(_: object, failure: Finding, case: Case, response: Response) -> bool:
    """Return whether a finding stands; note the name of what explains it."""
    name = explanation(failure, case, response)
    if name is None:
        return True
    if "EXPLAINED" in os.environ:  # the command's; not where `st` is run by hand
        with Path(os.environ["EXPLAINED"]).open("a", encoding="utf-8") as used:
            used.write(f"{name}\n")
    return False


for hook in (before_load_schema, before_call, filter_failure):
    schemathesis.hook(hook)
