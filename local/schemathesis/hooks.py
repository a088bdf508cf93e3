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

_run = secrets.token_hex(4)
_numbers = itertools.count()


def before_load_schema(_: object, raw_schema: Any) -> None:
    """Make one document of openapi.yaml."""
    bundle(raw_schema, CONTRACT / "schemas")


def before_call(_: object, case: Case, __: object) -> None:
    """Give a fitting request an idempotency key that no other request had.

    Else the key of the example goes out with body after body, and its 422 hides what
    each of them is answered. What was drawn stays behind the first characters.
    """
    if IDEMPOTENCY_KEY in case.headers and case.meta.generation.mode.is_positive:
        fresh = f"{_run}-{next(_numbers)}-"
        drawn = str(case.headers[IDEMPOTENCY_KEY])
        case.headers[IDEMPOTENCY_KEY] = fresh + drawn[len(fresh) :]


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
