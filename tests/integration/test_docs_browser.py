"""The API reference for a newcomer: Execute on every operation, without an edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.devtools import Tab, tab
from tests.integration.stacks import Stack

# Waits for an element, then presses Execute and reads the response.
SCRIPT = """
const appears = (find) => new Promise((done) => {
  const look = () => { const found = find(); if (found) done(found); return found; };
  if (look()) return;
  const watch = new MutationObserver(() => { if (look()) watch.disconnect(); });
  watch.observe(document, {subtree: true, childList: true, attributes: true,
                           characterData: true});
});
const blocks = () => [...document.querySelectorAll(".opblock")];
const inside = (block, selector) => appears(() => block.querySelector(selector));
async function execute(block) {
  block.querySelector(".opblock-summary-control").click();
  const button = await inside(block, ".execute");
  // A schema of another file is fetched before its parameters are there.
  await appears(() => !block.querySelector(".opblock-loading-animation"));
  const fields = [...block.querySelectorAll(".parameters input")];
  const filled = fields.filter((one) => one.value).map((one) => one.placeholder);
  button.click();
  const live = await inside(block, ".live-responses-table tbody .response-col_status");
  const url = block.querySelector(".request-url pre").textContent;
  const status = parseInt(live.textContent);
  // What is closed need not be drawn again when the next is filled in.
  block.querySelector(".opblock-summary-control").click();
  return {name: block.id.split("-").pop(), status, url, filled};
}
"""
EXECUTE_ALL = f"""(async () => {{
{SCRIPT}
await appears(() => blocks().length === 13);
const answers = [];
for (const block of blocks()) answers.push(await execute(block));
return answers;
}})()"""
PAPER = f"""(async () => {{
{SCRIPT}
const title = await appears(() => document.querySelector(".info .title"));
const header = document.querySelector("header");
const paper = getComputedStyle(document.documentElement).backgroundColor;
return [paper, getComputedStyle(title).color, getComputedStyle(header).color];
}})()"""
# A new asset has no file yet: the page says so for its download.
EXPECTED = {
    "createUser": 201,
    "listUsers": 200,
    "getUser": 200,
    "replaceUser": 200,
    "updateUser": 200,
    "deleteUser": 204,
    "createAsset": 201,
    "listAssets": 200,
    "getAsset": 200,
    "updateAsset": 200,
    "downloadAsset": 409,
    "deleteAsset": 204,
    "getHealth": 200,
}


@pytest.fixture(scope="module")
def browser(
    chromium: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tab]:
    with tab(chromium, tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def faults(browser: Tab) -> list[dict[str, Any]]:
    """Return the errors on the console, except responses of the API."""
    logged = (
        e["params"]["entry"] for e in browser.events if "Log.entry" in e["method"]
    )
    return [e for e in logged if e["level"] == "error" and e["source"] != "network"]


@pytest.mark.more
def test_execute_down_the_page_is_answered_well_without_an_edit(
    stack: Stack, browser: Tab
) -> None:
    # The second run finds the records of the first, under the other implementation.
    for url in (stack.url, stack.typescript_url):
        browser.open(f"{url}/docs/")

        answers = browser.run(EXECUTE_ALL)

        assert {one["name"]: one["status"] for one in answers} == EXPECTED
        assert faults(browser) == []
        # Only the ids have values, which the page has filled in.
        assert not [one["url"] for one in answers if "?" in one["url"]]
        filled = {name for one in answers for name in one["filled"]}
        assert filled == {"userId", "assetId"}


def test_page_names_its_implementation_and_leads_to_the_other(
    stack: Stack, browser: Tab
) -> None:
    browser.open(f"{stack.url}/docs/")
    header = browser.run("document.querySelector('header').innerText")
    other = browser.run("document.querySelector('header a').href")

    browser.open(other)

    assert "The python implementation answers" in header
    assert "at least 5 s" in header
    assert other == f"{stack.typescript_url}/docs/"
    assert browser.run("document.title") == "API reference (typescript)"


def test_rules_that_the_document_links_to_are_rendered(
    stack: Stack, browser: Tab
) -> None:
    browser.open(f"{stack.url}/docs/")
    link = "document.querySelector('.info a[href$=\"rules.md\"]')"
    rules = browser.run(
        f"(async () => {{{SCRIPT} return (await appears(() => {link})).href}})()"
    )

    browser.open(f"{rules}#etags")

    shown = "appears(() => document.getElementById('etags'))"
    top = f"(await {shown}).getBoundingClientRect().top"
    assert browser.run(f"(async () => {{{SCRIPT} return {top}}})()") < 100
    assert browser.run("document.querySelectorAll('td').length") > 20
    assert faults(browser) == []


@pytest.mark.parametrize("page", ["", "rules.md"])
def test_page_follows_the_colour_scheme(stack: Stack, browser: Tab, page: str) -> None:
    papers = {}
    for scheme in ("light", "dark"):
        browser.open(f"{stack.url}/docs/{page}", scheme)
        papers[scheme] = browser.run(PAPER)

    light, dark = (
        [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in papers[scheme]]
        for scheme in ("light", "dark")
    )
    # Background and text of the page and of its head.
    assert [one > 600 for one in light] == [True, False, False]
    assert [one > 600 for one in dark] == [False, True, True]
