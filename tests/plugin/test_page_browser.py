"""The page in a real browser: light and dark, wide and narrow, without scripts."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.page_made import RUN, TARGETS, Reader
from twinproof.report.html.checked import check_page
from twinproof.report.html.document import STYLE

Browse = Callable[..., subprocess.CompletedProcess[str]]

# Blink's numbers for prefers-color-scheme.
SCHEMES = {"dark": 0, "light": 1}
PROBE = """<script>
const wide = document.documentElement.scrollWidth > window.innerWidth;
document.body.textContent = wide ? "PROBE too wide" : "PROBE fits";
</script></html>"""


@pytest.fixture
def browse(chromium: list[str], tmp_path: Path) -> Browse:
    """Open a page and return what the browser printed."""

    def run(page: str, *flags: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        return subprocess.run(
            [*chromium, "--enable-logging=stderr", profile, *flags, path.as_uri()],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=120,
            check=True,
        )

    return run


def first_pixel(png: bytes) -> str:
    """Return the colour at the top left; a filter leaves the first pixel as it is."""
    parts = [png[found.end() :] for found in re.finditer(b"IDAT", png)]
    start = zlib.decompressobj().decompress(parts[0], 4)
    return f"#{start[1:4].hex()}"


def paper(scheme: str) -> str:
    blocks = re.findall(r":root \{([^}]+)\}", STYLE.read_text())
    block = blocks[0 if scheme == "light" else 1]
    return str(re.findall(r"--paper: (#[0-9a-f]{6})", block)[0])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_renders_in_its_scheme_without_a_fault(
    browse: Browse, tmp_path: Path, scheme: str
) -> None:
    picture = tmp_path / "page.png"

    browser = browse(
        check_page(RUN, TARGETS, "1.0.0"),
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
        f"--screenshot={picture}",
        "--window-size=1280,1600",
    )

    assert "CONSOLE" not in browser.stderr
    assert first_pixel(picture.read_bytes()) == paper(scheme)
    # An empty page compresses to far less.
    assert picture.stat().st_size > 50_000


def test_page_shows_all_it_has_where_no_script_can_run(browse: Browse) -> None:
    """The policy of the page refuses scripts, so the page works without them."""
    page = check_page(RUN, TARGETS, "1.0.0")

    browser = browse(
        page.replace("</main>", "<script>document.title = 'ran'</script></main>"),
        "--dump-dom",
    )

    assert "CONSOLE" in browser.stderr
    assert "<title>ran" not in browser.stdout
    assert Reader(browser.stdout).rows == Reader(page).rows


@pytest.mark.parametrize("width", [390, 1280])
def test_page_is_never_wider_than_its_window(browse: Browse, width: int) -> None:
    page = check_page(RUN, TARGETS, "1.0.0")
    bare = re.sub("<meta http-equiv[^>]*>", "", page).replace("</html>", PROBE)

    browser = browse(bare, "--dump-dom", f"--window-size={width},900")

    assert re.findall("PROBE (?:fits|too wide)", browser.stdout)[0] == "PROBE fits"
