"""Start ministack: `python -m local.emulator`, in the environment `.venv/cloud`.

Only what the emulator itself brings is installed there, so that nothing here may
import another module of the project that needs more than the standard library.
"""

from __future__ import annotations

from ministack import app as ministack  # type: ignore[import-not-found]

from local.emulator import versions


def main() -> None:
    """Serve until ended; ministack's own settings come by the environment."""
    versions.patch()
    ministack.main()


if __name__ == "__main__":
    main()
