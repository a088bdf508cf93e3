"""The pictures of README.md are current: `make pictures` writes them."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

import pytest

from tests.pictures import made

RENEW = "run: make pictures"
README = (made.ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("scheme", made.SCHEMES)
def test_picture_of_the_service_is_what_its_source_renders(scheme: str) -> None:
    kept = made.service_path(scheme).read_text("utf-8")

    assert kept == made.service_svg(scheme), RENEW


def test_dark_picture_is_the_light_one_in_other_colours() -> None:
    light, dark = (made.service_path(one).read_text("utf-8") for one in made.SCHEMES)

    colour = re.compile(r"#[0-9a-f]{6}\b")
    assert colour.sub("", dark) == colour.sub("", light)
    assert not set(colour.findall(light)) & set(colour.findall(dark))


def test_screenshot_shows_the_report_as_it_is_now() -> None:
    assert made.shown_digest(made.REPORT.read_bytes()) == made.digest(), RENEW


def test_screenshot_loads_fast() -> None:
    assert made.REPORT.stat().st_size < 150_000  # bytes


def test_every_picture_is_on_the_front_page() -> None:
    kept = {path.name for path in made.PICTURES.iterdir() if path.suffix != ".dot"}

    assert set(re.findall(r'"docs/pictures/([^"]+)"', README)) == kept


def test_screenshot_is_a_png_whose_chunks_are_whole() -> None:
    chunks = list(chunks_of(made.REPORT.read_bytes()))

    assert [kind for kind, whole in chunks if not whole] == []
    assert (chunks[0][0], chunks[1][0], chunks[-1][0]) == (b"IHDR", b"tEXt", b"IEND")


def chunks_of(png: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the kind of each chunk, and whether its checksum is right."""
    rest = png.removeprefix(b"\x89PNG\r\n\x1a\n")
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        data, (checksum,) = (
            rest[4 : 8 + length],
            struct.unpack(">I", rest[8 + length :][:4]),
        )
        yield data[:4], zlib.crc32(data) == checksum
        rest = rest[12 + length :]
