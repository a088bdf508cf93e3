"""Parses the arguments of a command without running it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from functools import cache
from itertools import takewhile

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel
from botocore.session import get_session

from local.deploy.sam import SAM, environment_of
from tests.project_files import ROOT
from twinproof.commands.options import parser
from twinproof.errors import UsageError

TWINPROOF = ".venv/tools/bin/twinproof"
# What `aws` takes with every operation, beside the operation's own parameters.
OF_AWS = {"--query", "--region", "--profile", "--output", "--endpoint-url"}
# Their help is asked for what stands before the first option: `sam local invoke`.
WITH_SUBCOMMANDS = {"docker", "sam"}
# Where `aws` and AWS's models have names of their own.
NAMED_BY_AWS = {"s3api": "s3"}
# Between a program's name and what stands before it.
OF_LOOPS = {"do", "done"}
SUBSTITUTED = re.compile(r"[A-Za-z_]\w*=\$\((.*)\)")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def fault_of(command: str) -> str:
    """Return why a shell, or a program that it starts, refuses this, or nothing.

    `make` prints what it would run, `twinproof` parses, `aws` is compared with AWS's
    own models, and the options of any other program that is installed must be in its
    help.
    """
    faults = (_fault_of_one(words) for words in simple_commands(command))
    return next(filter(None, faults), "")


def simple_commands(command: str) -> list[list[str]]:
    """Return the words of each command between `&&`, `;` and `|`."""
    if inner := SUBSTITUTED.fullmatch(command):
        return simple_commands(inner[1])
    lexer = shlex.shlex(command, posix=True, punctuation_chars="&|;")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("&|;"):
            found.append([])
        elif found[-1] or not (word in OF_LOOPS or ASSIGNMENT.match(word)):
            found[-1].append(word)
    return [words for words in found if words]


def _fault_of_one(words: list[str]) -> str:
    match words:
        case ["make", *arguments]:
            return _fault_of_make(arguments)
        case ["aws", service, operation, *arguments]:
            return _fault_of_aws(service, operation, arguments)
        case [program, *arguments] if program.endswith("twinproof"):
            return _fault_of_twinproof(arguments)
        case [program, *arguments]:
            return _fault_by_help(program, arguments)
        case _:
            return ""


def _fault_of_make(arguments: list[str]) -> str:
    whole = dry_run(*arguments)
    if whole.returncode:
        return whole.stderr.strip()
    for each in (one for one in arguments if "=" in one):
        if unused(each, arguments, whole.stdout):
            return f"{each} changes nothing of what make would run"
    lines = map(str.split, whole.stdout.splitlines())
    faults = (_fault_of_twinproof(line[1:]) for line in lines if TWINPROOF in line[:1])
    return next(filter(None, faults), "")


def unused(variable: str, arguments: list[str], printed: str) -> bool:
    """Whether `make` would run the same without a variable, and with another value."""
    name = variable.partition("=")[0]
    without = [one for one in arguments if one != variable]
    others = ([*without, f"{name}=other"], without)
    return all(dry_run(*other).stdout == printed for other in others)


def dry_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Let `make` print what it would run for these arguments."""
    # What runs these tests may be make itself, which hands its own arguments on.
    clean = {name: os.environ[name] for name in os.environ if "MAKE" not in name}
    return subprocess.run(
        ["make", "-n", *arguments],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


def _fault_of_twinproof(arguments: list[str]) -> str:
    try:
        parser().parse_args(arguments)
    except UsageError as error:
        return str(error)
    return ""


def _fault_of_aws(service: str, operation: str, arguments: list[str]) -> str:
    try:
        model = get_session().get_service_model(NAMED_BY_AWS.get(service, service))
    except UnknownServiceError:
        return f"aws has no service {service}"
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return f"aws {service} has no operation {operation}"
    known, required = _options(model.operation_model(names[operation]))
    given = _options_in(arguments)
    if unknown := given - known - OF_AWS:
        return f"aws {service} {operation} has no {', '.join(sorted(unknown))}"
    if missing := required - given:
        return f"aws {service} {operation} needs {', '.join(sorted(missing))}"
    return ""


def _options(operation: OperationModel) -> tuple[set[str], set[str]]:
    """Return the options of an operation, and those that it must be given."""
    shape = operation.input_shape
    if shape is None:
        return set(), set()
    option = {name: "--" + xform_name(name, "-") for name in shape.members}
    opposites = {
        option[name].replace("--", "--no-", 1)
        for name, each in shape.members.items()
        if each.type_name == "boolean"
    }
    required = {option[name] for name in shape.required_members}
    return {*option.values(), *opposites}, required


def _fault_by_help(program: str, arguments: list[str]) -> str:
    path = str(SAM) if program == "sam" else shutil.which(program)
    wanted = _options_in(arguments)
    words = list(takewhile(lambda word: not word.startswith("-"), arguments))
    if path is None or not (wanted or program in WITH_SUBCOMMANDS):
        return ""
    found = _help_of(path, *(words if program in WITH_SUBCOMMANDS else ()))
    if found is None:
        return f"{program} has no {' '.join(words)}"
    unknown = wanted - set(re.findall(r"(?<![\w-])--?\w[\w-]*", found))
    return f"{program} has no {', '.join(sorted(unknown))}" if unknown else ""


@cache
def _help_of(path: str, *words: str) -> str | None:
    """Return a program's help, or None where it refuses to print one."""
    done = subprocess.run(
        [path, *words, "--help"],
        cwd=ROOT,
        env=environment_of(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    return None if done.returncode else done.stdout


def _options_in(arguments: list[str]) -> set[str]:
    return {one.partition("=")[0] for one in arguments if one.startswith("-")}
