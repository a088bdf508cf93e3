"""The tour of README.md works as pasted, and answers as its text says."""

from __future__ import annotations

import os
import re

import pytest
import requests

from tests.integration.documents.pages import pages
from tests.integration.documents.pasting import Shell, ports_of
from tests.integration.stacks import Stack

[TOUR] = (
    section
    for page in pages()
    for section in page.sections
    if str(section) == "README.md#a-tour"
)
# The answers to the tour's calls that print their head (`curl -i`), in order.
STATUSES = ["201", "200", "412", "200", "200", "204", "204"]


@pytest.fixture(scope="module")
def tour(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Pastes into an empty folder, with the addresses of the running stack."""
    folder = tmp_path_factory.mktemp("tour")
    return Shell(folder, os.environ, ports_of(stack))


def test_tour_leaves_other_users_alone_and_removes_its_own(
    tour: Shell, stack: Stack
) -> None:
    ada = {"email": "ada@example.com", "name": "Ada"}
    made = requests.post(f"{stack.url}/users", json=ada, timeout=40)
    assert made.status_code == 201
    try:
        tour.run(TOUR)

        found = requests.get(stack.url + made.headers["location"], timeout=40)
        assert (found.json(), found.headers["etag"]) == (made.json(), '"1"')
        newest = requests.get(f"{stack.url}/users?limit=1", timeout=40).json()
        assert newest["items"] == [made.json()]
    finally:
        requests.delete(stack.url + made.headers["location"], timeout=40)


def test_tour_answers_as_its_text_says(tour: Shell) -> None:
    done = tour.run(TOUR)

    assert done.returncode == 0, done.stderr
    assert re.findall(r"^HTTP/1.1 (\d+)", done.stdout, re.MULTILINE) == STATUSES
    assert '"code":"additionalProperties"' in done.stdout
    assert "urn:problem:email-taken" in done.stdout
    assert "filename*=UTF-8''hello%20world.txt" in done.stdout
    assert done.stdout.count("\nhello") == 1
