"""Start ministack: `python -m local.emulator`, in the environment `.venv/cloud`.

Only the emulator's own packages are installed there. So this package may import only
modules of the project that need nothing but the standard library.
"""

from __future__ import annotations

import json
import os

# The server that ministack depends on and runs; no other environment has it.
from hypercorn.protocol.h11 import H11Protocol  # type: ignore[import-not-found]
from ministack import app as ministack  # type: ignore[import-not-found]

from local.emulator import versions
from local.emulator.access import Access
from local.emulator.guard import Guard


async def _decline_upgrade(_protocol: object, _request: object) -> None:
    """Continue in HTTP/1.1 (RFC 9110 7.8): some clients offer h2c in every request."""


def main() -> None:
    """Serve until ended; ministack reads its own settings from the environment.

    EMULATOR_ACCESS has the settings of the guard: see `local.emulator.cloud`.
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
