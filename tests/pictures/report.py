"""The run that README.md's picture of a report shows: made up, always the same."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from unittest.mock import patch

from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.report.html.checked import check_page
from twinproof.run.results import Pair, Result, Run, Verdict
from twinproof.targets.target import Target

NAMES = ("python", "typescript")
TARGETS = tuple(
    Target(name, f"http://127.0.0.1:{port}", name, writes="any")
    for name, port in zip(NAMES, (3000, 3001), strict=True)
)
# How many cases of each operation pass on both.
CASES = {
    "createUser": 96,
    "updateUser": 57,
    "createAsset": 83,
    "downloadAsset": 28,
}
BROKEN = "createUser/accepts-name-of-100-code-points"
NAME = 100 * "\N{MATHEMATICAL SCRIPT CAPITAL A}"
USER_ID = "01KHBX6VG00000000000000000"
ERRORS = [{"pointer": "/name", "code": "maxLength"}]


def page() -> str:
    """Return the report's page, the same on every machine."""
    with (
        patch.object(platform, "python_version", lambda: "3.13.0"),
        patch.object(platform, "system", lambda: "Linux"),
    ):
        return check_page(RUN, TARGETS, "1.0.0")


def _answered(status: int, body: dict[str, object], media_type: str) -> Exchange:
    sent = json.dumps({"email": "ada@example.com", "name": NAME}).encode()
    headers = (("content-type", "application/json"),)
    return Exchange(
        "createUser",
        Request("POST", "/users", "", headers, sent),
        Response(status, (("content-type", media_type),), json.dumps(body).encode()),
        1,
        2,
        4_200,
    )


def _passed() -> Iterator[Result]:
    for operation, count in CASES.items():
        for number in range(count):
            for name in NAMES:
                yield Result(f"{operation}/case-{number}", name, Verdict.PASSED, 4)


def _pairs() -> Iterator[Pair]:
    for operation, count in CASES.items():
        for number in range(count):
            yield Pair(f"{operation}/case-{number}", NAMES, Verdict.PASSED, 8)


CREATED = _answered(201, {"userId": USER_ID, "name": NAME}, "application/json")
REFUSED = _answered(
    400,
    {"type": "urn:problem:validation-failed", "status": 400, "errors": ERRORS},
    "application/problem+json",
)
RUN = Run(
    "7c41d0e2",
    1_795_793_000_000,
    41_300,
    NAMES,
    (
        *_passed(),
        Result(BROKEN, "python", Verdict.PASSED, 5, (), (CREATED,)),
        Result(
            BROKEN,
            "typescript",
            Verdict.FAILED,
            5,
            (
                Mismatch("status", 201, 400),
                Mismatch("body /errors", MISSING, ERRORS),
            ),
            (REFUSED,),
        ),
    ),
    pairs=(
        *_pairs(),
        Pair(
            BROKEN,
            NAMES,
            Verdict.FAILED,
            10,
            (
                Mismatch("status", 201, 400, "must be equal"),
                Mismatch("body /errors", MISSING, ERRORS, "must be equal"),
            ),
            (CREATED, REFUSED),
        ),
    ),
)
