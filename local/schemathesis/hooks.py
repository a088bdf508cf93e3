"""The hooks that schemathesis.toml names.

Schemathesis passes its own objects, whose types are not known here.
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
# A ULID of the year 10889, which no record has.
UNKNOWN_ID = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"

_run = secrets.token_hex(4)
_numbers = itertools.count()


def before_load_schema(_: object, raw_schema: Any) -> None:
    """Make one document of openapi.yaml."""
    bundle(raw_schema, CONTRACT / "schemas")


def before_call(_: object, case: Case, __: object) -> None:
    """Correct the parts of a request that would hide the subject of its case."""
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

    Otherwise every body is sent with the key of the example, and its 422 hides the
    response to each of them. The drawn key remains after the first characters.
    """
    fresh = f"{_run}-{next(_numbers)}-"
    drawn = str(case.headers[IDEMPOTENCY_KEY])
    case.headers[IDEMPOTENCY_KEY] = fresh + drawn[len(fresh) :]


def _has_unmeant_tags(case: Case) -> bool:
    """Return whether a case that tests another part of a request has invalid headers.

    In its coverage phase, Schemathesis 4.32 makes headers of letters and digits only.
    It cannot make an entity tag, because these have quotes, and sends an invalid one.
    The 400 for it would hide the response to the body.
    """
    header, phase = case.meta.components.get("header"), case.meta.phase
    if phase.name.value != "coverage" or header is None or header.mode.is_positive:
        return False
    fitting = case.meta.generation.mode.is_positive
    return bool(fitting or phase.data.parameter_location != "header")


def _has_unfit_body_alone(case: Case) -> bool:
    """Return whether a coverage case has an invalid body and a valid path.

    The response shows which of the two is checked first only if the record does not
    exist. The other phases send such bodies to existing records.
    """
    body, path = (case.meta.components.get(place) for place in ("body", "path"))
    if case.meta.phase.name.value != "coverage" or body is None or path is None:
        return False
    return bool(body.mode.is_negative and path.mode.is_positive)


def filter_failure(_: object, failure: Finding, case: Case, response: Response) -> bool:
    """Return whether nothing explains a finding; else record its explanation."""
    name = explanation(failure, case, response)
    if name is None:
        return True
    if "EXPLAINED" in os.environ:  # set by the command, not if `st` is run by hand
        with Path(os.environ["EXPLAINED"]).open("a", encoding="utf-8") as used:
            used.write(f"{name}\n")
    return False


for hook in (before_load_schema, before_call, filter_failure):
    schemathesis.hook(hook)
