"""The README's tour works as pasted."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.integration.stacks import ROOT

if TYPE_CHECKING:
    from tests.integration.conftest import Stack

TOUR = re.compile(r"^## A tour$.*?^```sh$\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# The answers to the calls that print their head (`curl -i`), in order.
STATUSES = ["201", "200", "412", "200", "200", "204", "204"]


def test_the_tour_works_as_pasted(stack: Stack) -> None:
    found = TOUR.search((ROOT / "README.md").read_text("utf-8"))
    assert found
    script = found[1].replace("http://127.0.0.1:3000", stack.url)

    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.findall(r"^HTTP/1.1 (\d+)", done.stdout, re.MULTILINE) == STATUSES
    assert '"code":"additionalProperties"' in done.stdout
    assert "urn:problem:email-taken" in done.stdout
    assert "filename*=UTF-8''hello%20world.txt" in done.stdout
    assert done.stdout.count("\nhello") == 1
