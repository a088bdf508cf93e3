"""The README's tour works as pasted."""

from __future__ import annotations

import re
import subprocess

import requests

from tests.integration.conftest import Stack
from tests.integration.stacks import ROOT

README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```sh$\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What zsh, pasted into, reads otherwise than bash: a comment, a history expansion, an
# escape in an echo, and a pattern or a variable outside of quotes.
QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
# The answers to the calls that print their head (`curl -i`), in order.
STATUSES = ["201", "200", "412", "200", "200", "204", "204"]


def run(stack: Stack) -> subprocess.CompletedProcess[str]:
    script = tour().replace("http://127.0.0.1:3000", stack.url)
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def tour() -> str:
    section = README.partition("\n## A tour\n")[2].partition("\n## ")[0]
    return "".join(BLOCK.findall(section))


def test_tour_means_the_same_to_zsh_as_to_bash() -> None:
    script = tour()
    bare = QUOTED.sub("", script)

    assert script
    assert not re.findall(r"[#!?*\[\]{}~]|\becho\b", bare)


def test_tour_leaves_other_users_alone_and_removes_its_own(stack: Stack) -> None:
    ada = {"email": "ada@example.com", "name": "Ada"}
    made = requests.post(f"{stack.url}/users", json=ada, timeout=40)
    assert made.status_code == 201
    try:
        run(stack)

        found = requests.get(stack.url + made.headers["location"], timeout=40)
        assert (found.json(), found.headers["etag"]) == (made.json(), '"1"')
        newest = requests.get(f"{stack.url}/users?limit=1", timeout=40).json()
        assert newest["items"] == [made.json()]
    finally:
        requests.delete(stack.url + made.headers["location"], timeout=40)


def test_the_tour_works_as_pasted(stack: Stack) -> None:
    done = run(stack)

    assert done.returncode == 0, done.stderr
    assert re.findall(r"^HTTP/1.1 (\d+)", done.stdout, re.MULTILINE) == STATUSES
    assert '"code":"additionalProperties"' in done.stdout
    assert "urn:problem:email-taken" in done.stdout
    assert "filename*=UTF-8''hello%20world.txt" in done.stdout
    assert done.stdout.count("\nhello") == 1
