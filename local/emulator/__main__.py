"""Start ministack: `python -m local.emulator`, in the environment `.venv/cloud`.

Only what the emulator itself brings is installed there, so that nothing here may
import another module of the project that needs more than the standard library.
"""

from __future__ import annotations

import json
import os

# The server that ministack brings and runs by itself; it is in no other environment.
from hypercorn.protocol.h11 import H11Protocol  # type: ignore[import-not-found]
from ministack import app as ministack  # type: ignore[import-not-found]

from local.emulator import versions
from local.emulator.access import Access
from local.emulator.guard import Guard


async def _decline_upgrade(_protocol: object, _request: object) -> None:
    """Go on in HTTP/1.1 (RFC 9110 7.8): some clients offer h2c with every request."""


def main() -> None:
    """Serve until ended; ministack's own settings come by the environment.

    EMULATOR_ACCESS has what the guard must know: see `local.emulator.cloud`.
    """
    given = json.loads(os.environ.pop("EMULATOR_ACCESS"))
    access = Access(
        port=int(os.environ["GATEWAY_PORT"]),
        hosts=tuple(given["hosts"]),
        origins=frozenset(given["origins"]),
    )
    versions.patch()
    ministack.app = Guard(ministack.app, access, given["token"])
    H11Protocol._check_protocol = _decline_upgrade  # noqa: SLF001 - it has no setting
    ministack.main()


if __name__ == "__main__":
    main()
