"""The pictures as files: SVG by Graphviz, and a screenshot that names its page."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

from tests.pictures import report

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
REPORT = PICTURES / "report.png"
SCHEMES = ("light", "dark")
# Pixels: the page from its headline to the pair that differs.
WINDOW = "840,1170"
# Of a PNG: eight bytes, then 25 of its first chunk, IHDR.
PNG_HEAD = 33
KEY = b"page-sha256\0"


class PicturesError(Exception):
    """A picture could not be made; the text is one line."""


def service_svg(scheme: str) -> str:
    """Return the picture of the service for a scheme, `light` or `dark`."""
    done = subprocess.run(
        ["node", "tests/pictures/service.mjs", scheme],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PicturesError(f"docs/pictures/service.dot: {done.stderr.strip()}")
    return done.stdout


def service_path(scheme: str) -> Path:
    """Return where the picture for a scheme is kept."""
    return PICTURES / f"service-{scheme}.svg"


def write_service() -> None:
    """Write the picture of the service for both schemes."""
    for scheme in SCHEMES:
        service_path(scheme).write_text(service_svg(scheme), "utf-8")


def photograph(chromium: list[str]) -> None:
    """Write the screenshot of the report, with the digest of its page in it."""
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder, "report.html"), Path(folder, "report.png")
        page.write_text(report.page(), "utf-8")
        subprocess.run(
            [
                *chromium,
                f"--user-data-dir={folder}/profile",
                "--hide-scrollbars",
                "--blink-settings=preferredColorScheme=1",  # light
                f"--window-size={WINDOW}",
                f"--screenshot={shot}",
                page.as_uri(),
            ],
            capture_output=True,
            check=True,
            timeout=120,
        )
        REPORT.write_bytes(with_digest(shot.read_bytes(), digest()))


def digest() -> str:
    """Return the SHA-256 of the page that the screenshot must show, in hex."""
    return hashlib.sha256(report.page().encode()).hexdigest()


def with_digest(png: bytes, page_digest: str) -> bytes:
    """Return a PNG with one more chunk, a text that names the page it shows.

    Chunks: PNG specification, section 5.3 (length, type, data, CRC-32 of both).
    """
    data = b"tEXt" + KEY + page_digest.encode()
    length = struct.pack(">I", len(data) - len(b"tEXt"))
    chunk = length + data + struct.pack(">I", zlib.crc32(data))
    return png[:PNG_HEAD] + chunk + png[PNG_HEAD:]


def shown_digest(png: bytes) -> str:
    """Return the digest that a screenshot names, or nothing."""
    _, found, rest = png.partition(b"tEXt" + KEY)
    return rest[:64].decode("ascii") if found else ""
