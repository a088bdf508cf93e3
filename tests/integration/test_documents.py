"""The commands of every page work as pasted, and its links lead somewhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.integration.copies import copy_tracked
from tests.integration.documents.arguments import fault_of
from tests.integration.documents.not_run import Entry, read_entries
from tests.integration.documents.pages import Page, Section, pages
from tests.integration.documents.pasting import Shell, ports_of, run_bash
from tests.integration.stacks import ROOT, Stack, eventually
from tests.unit.makefiles import TARGETS, VARIABLES

PAGES = {page.name: page for page in pages()}
SECTIONS = {str(one): one for page in PAGES.values() for one in page.sections}
COMMANDS = [command for section in SECTIONS.values() for command in section.commands]
ENTRIES = read_entries()
NOT_RUN = {entry.command for entry in ENTRIES}
TOUR = SECTIONS["README.md#a-tour"]
TODO = SECTIONS["twinproof/examples/todo/README.md#todos"]
# Those that are run too where that is cheap: `make test` runs only the tour.
PARSED = sorted(
    NOT_RUN | {one.text for one in COMMANDS if one.text.startswith("make ")}
)
RUN = [one for one in SECTIONS.values() if one not in (TOUR, TODO)]
# What else stands between fences, named so that it is no command that nobody runs.
LANGUAGES = {"text", "yaml", "json", "toml", "python", "ts", "mermaid", "dot"}
# What zsh, pasted into, reads otherwise than bash: a history expansion (not `$!`), an
# escape in an echo, and a pattern outside of quotes.
OTHER_IN_ZSH = re.compile(r"(?<!\$)!|[?*\[\]{}~]|\becho\b")
QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
# zsh takes a comment for arguments until `setopt interactivecomments`: nothing in one
# may run a command, open a quote or write a file.
RUN_IN_A_COMMENT = re.compile(r"""[`$;&|<>()'"*?\[\]{}!~]""")


def none_of(faults: Iterable[str]) -> None:
    """Fail with one line for each."""
    if found := list(faults):
        pytest.fail("\n".join(found), pytrace=False)


each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
each_section = pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=str)


# ---- what the pages say, read and not run ----------------------------------------


@each_page
def test_block_says_whether_it_is_commands(page: Page) -> None:
    """Else a command stands in a block that nobody runs."""
    none_of(
        f"{page.name}:{block.line}: a block of {block.language or 'no language'}"
        for block in page.blocks
        if block.language not in {"sh", *LANGUAGES}
    )


@each_page
def test_link_leads_to_a_file_and_a_heading_that_are_there(page: Page) -> None:
    none_of(
        f"{page.name}: dead link {target}"
        for target in page.links
        if not leads_somewhere(page, target)
    )


def leads_somewhere(page: Page, target: str) -> bool:
    """Whether a link does, as far as that can be said without a network."""
    if re.match(r"[a-z]+:", target):
        return True
    path, _, anchor = target.partition("#")
    linked = (ROOT / page.name).parent / path if path else ROOT / page.name
    if not linked.exists() or not anchor:
        return linked.exists()
    name = linked.resolve().relative_to(ROOT).as_posix()
    return name in PAGES and anchor in PAGES[name].anchors


@each_page
def test_make_command_in_the_prose_has_a_target_and_variables_that_are_there(
    page: Page,
) -> None:
    none_of(
        f"{page.name}: no {word.partition('=')[0]} for `{span}`"
        for span in page.code_spans
        if span.startswith("make ")
        for word in span.split()[1:]
        if word.partition("=")[0] not in {*(VARIABLES if "=" in word else TARGETS)}
    )


@each_section
def test_commands_are_what_bash_reads(section: Section) -> None:
    script = "\n".join(command.pasted for command in section.commands)

    assert run_bash("-n", "-c", script).stderr == ""


@each_section
def test_commands_mean_the_same_to_zsh_as_to_bash(section: Section) -> None:
    none_of(
        f"{command}: not so in zsh: {' '.join(signs)}"
        for command in section.commands
        if (signs := OTHER_IN_ZSH.findall(QUOTED.sub("", command.text)))
    )


@each_section
def test_comment_does_nothing_in_a_zsh_that_takes_it_for_arguments(
    section: Section,
) -> None:
    none_of(
        f"{command} {comment}: no comment to zsh: {' '.join(signs)}"
        for command in section.commands
        for comment in command.comments
        if (signs := RUN_IN_A_COMMENT.findall(comment))
    )


# ---- the commands that no test runs ----------------------------------------------


@pytest.mark.parametrize("command", PARSED)
def test_command_has_arguments_that_its_program_takes(command: str) -> None:
    none_of(f"{command}: {fault}" for fault in [fault_of(command)] if fault)


@each_entry
def test_command_that_is_not_run_stands_in_a_page(entry: Entry) -> None:
    known = {command.text for command in COMMANDS}

    none_of(f"take `{each}` off the list" for each in {entry.command} - known)


@each_entry
def test_reason_why_a_command_is_not_run_stands(entry: Entry) -> None:
    none_of(f"{entry}: {entry.reason}? {fault}" for fault in [entry.fault] if fault)


def test_command_that_is_not_run_has_one_reason() -> None:
    counts = Counter(entry.command for entry in ENTRIES)

    none_of(f"listed twice: {command}" for command, n in counts.items() if n > 1)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("make strat", "No rule to make target 'strat'"),
        ("make check CASES=x", "no variable CASES; did you mean CASE?"),
        ("make build CASE=x", "CASE=x changes nothing of what make would run"),
        ("URL=$(aws lambda get-function)", "needs --function-name"),
        ("for NAME in a b; do make strat; done", "target 'strat'"),
        ("twinproof check --targets a=http://a", "--target"),
        ("twinproof chek", "invalid choice: 'chek'"),
        ("sam build --gided && sam deploy", "sam has no --gided"),
        ("sam build && sam locale invoke", "sam has no locale invoke"),
        ("aws lamda list-functions", "aws has no service lamda"),
        ("aws lambda list-function", "aws lambda has no operation list-function"),
        ("aws s3api delete-bucket --name a", "aws s3api delete-bucket has no --name"),
        ("aws lambda get-function", "aws lambda get-function needs --function-name"),
    ],
)
def test_argument_that_a_program_does_not_take_is_found(
    command: str, fault: str
) -> None:
    assert fault in fault_of(command)


# ---- the commands, run as pasted -------------------------------------------------


@pytest.fixture(scope="module")
def shell(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Pastes into a copy of this checkout, with the addresses of the running stack."""
    # Else `make` would install anew, from the copy, what these tests run in.
    ready = [".venv/tools/.ready", "node_modules/.ready"]
    subprocess.run(["make", "-q", *ready], cwd=ROOT, check=True)
    copy = copy_tracked(tmp_path_factory.mktemp("documents") / "checkout")
    fresh = copy / ".venv-of-a-reader"
    subprocess.run([sys.executable, "-m", "venv", fresh], check=True)
    # `pip` and `python` are a reader's own, the rest as README.md has it on the PATH.
    path = [
        fresh / "bin",
        *(copy / ".venv" / each / "bin" for each in ("tools", "sam")),
    ]
    environment = {name: os.environ[name] for name in os.environ if "MAKE" not in name}
    environment |= {
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "PORT": str(stack.port),
        "CLOUD_PORT": str(stack.cloud_port),
    }
    # What `make start` has written of itself.
    running = Path(".local", f"stack-{stack.cloud_port}")
    (copy / ".local").mkdir()
    (copy / running).symlink_to(ROOT / running)
    return Shell(copy, environment, ports_of(stack))


def runs() -> dict[str, tuple[Section, set[str]]]:
    """Return the sections with something to run, each with what is left out of it.

    What `make` does in one section it does in each: it is run in the first.
    """
    found: dict[str, tuple[Section, set[str]]] = {}
    done = set(NOT_RUN)
    for section in RUN:
        texts = {command.text for command in section.commands}
        if texts - done:
            found[str(section)] = (section, set(done))
        done |= {text for text in texts if text.startswith("make ")}
    return found


@pytest.mark.more
@pytest.mark.parametrize(("section", "skipped"), runs().values(), ids=runs())
def test_commands_work_as_pasted(
    section: Section, skipped: set[str], shell: Shell
) -> None:
    done = shell.run(section, skipped)

    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]


@pytest.fixture
def todo(shell: Shell) -> Iterator[Shell]:
    """The example's folder, while its page's first command serves."""
    folder = shell.folder / Path(TODO.page).parent
    address = shell.replaced["127.0.0.1:8080"]
    target = folder / "contract" / "targets" / "local.yaml"
    target.write_text(
        target.read_text("utf-8").replace("127.0.0.1:8080", address), "utf-8"
    )
    serve = TODO.commands[0].text.replace("8080", address.rpartition(":")[2])
    with subprocess.Popen(serve.split(), cwd=folder, env=shell.environment) as service:
        assert eventually(lambda: answers(f"http://{address}"))
        yield replace(shell, folder=folder)
        service.send_signal(signal.SIGINT)


def answers(url: str) -> bool:
    try:
        requests.get(url, timeout=1)
    except requests.ConnectionError:
        return False
    return True


@pytest.mark.more
def test_example_is_served_and_checked_as_pasted(todo: Shell) -> None:
    done = todo.run(TODO, skipped=[TODO.commands[0].text])

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
