"""`make pictures`: write the pictures of README.md into docs/pictures/."""

from __future__ import annotations

import sys

from local.command import parser_of, run
from local.console import print_line
from tests.chromium import installed_chromium
from tests.pictures.made import PicturesError, photograph, write_service


def main(words: list[str] | None = None) -> int:
    """Return 0 when all are written, 2 when one could not be made."""
    parser_of("pictures").parse_args(words)
    return run("pictures", _write, (PicturesError,))


def _write() -> int:
    command = installed_chromium()
    if command is None:
        raise PicturesError(
            "chromium not found; install it (Debian: apt-get install chromium)"
        )
    write_service()
    photograph(command)
    print_line("written: docs/pictures/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
