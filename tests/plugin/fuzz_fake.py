"""Two fake services over one store, and a fuzzer on them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.plugin.fake_http import serving
from tests.plugin.fake_service import Fake
from twinproof.checks.checks import Checks
from twinproof.contract.openapi import Contract
from twinproof.domain.protocol import Drawing
from twinproof.exchange.drivers import Http
from twinproof.fuzz.fuzzer import Fuzzer, FuzzRun
from twinproof.targets.prepared import PreparedTarget
from twinproof.targets.target import GATEWAY_HEADERS, Target

MALFORMED = {
    "type": "urn:problem:malformed-request",
    "title": "The request cannot be read",
    "status": 400,
}


SCHEMAS = Contract(Path(__file__).parents[2] / "contract").schemas


class Sturdy(Fake):
    """A fake that responds to everything; what it cannot do it calls malformed."""

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        try:
            self._check(method, target, headers, body)
            return super().answer(method, target, headers, body)
        except (ValueError, LookupError, RecursionError):
            more = {"x-request-id": "fake", "cache-control": "no-store"}
            more["content-type"] = "application/problem+json"
            return 400, more, dict(MALFORMED)

    def _check(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> None:
        """Raise `ValueError` for what the plain fake would accept or fail on."""
        if method not in ("POST", "PATCH"):
            if method == "PUT" or "email=" in target:
                raise ValueError(method)
            return
        shown = json.loads(body, parse_float=_refuse)
        kind = "create" if method == "POST" else "patch"
        name = f"schemas/{target.split('/')[1].rstrip('s')}-{kind}.json"
        text = headers.get("idempotency-key", "k")
        known = {key.name.split("#", 2)[-1] for key in self.store.items}
        if text in known or not re.fullmatch(r"[!-+\--~]{1,255}", text):
            raise ValueError(text)
        if not (target + "/").startswith(("/users/", "/assets/")):
            raise ValueError(target)
        if SCHEMAS.faults(name, shown) or (
            "units" in self.faults
            and len(str(shown.get("name")).encode("utf-16-le")) > 200
        ):
            raise ValueError(shown)
        if "expiresAt" in shown or None in shown.values() or b"\\ud" in body.lower():
            raise ValueError(shown)


def _refuse(number: str) -> float:
    """Refuse what the plain fake would print as invalid JSON: 1e400 is infinite."""
    raise ValueError(number)


def drawing_of(checks: Checks) -> Drawing:
    """Return what draws the sequences of this service."""
    assert checks.domain.drawing is not None
    return checks.domain.drawing


def fuzz_on(
    checks: Checks,
    indexes: Iterable[int],
    *faults: str,
    seed: int = 7,
    sides: tuple[Fake, Fake] | None = None,
) -> FuzzRun:
    """Run sequences on a correct fake and one with faults, over the same store."""
    left, right = sides or (Sturdy(), Sturdy(*faults))
    right.store = left.store
    with contextlib.ExitStack() as stack:
        prepared_targets = [
            PreparedTarget(
                Target(
                    name,
                    url := stack.enter_context(serving(fake)),
                    writes="any",
                    gateway_headers=frozenset(GATEWAY_HEADERS),
                ),
                Http(url),
                left.store,
            )
            for name, fake in (("right", left), ("deviant", right))
        ]
        # Presigned URLs name the host, which is the same for two that share a bucket.
        left.base = right.base = "http://127.0.0.1:1"
        pair = (prepared_targets[0], prepared_targets[1])
        fuzzer = Fuzzer(checks, drawing_of(checks), pair, seed, 1, lambda _: None)
        return fuzzer.run(indexes)
