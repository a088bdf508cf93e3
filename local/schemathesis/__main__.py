"""`make schemathesis`: runs Schemathesis on both implementations.

It uses the `make start` that runs at these ports, else a stack of its own. Exit code 0
if every finding is explained, 1 if one is not or an explanation is no longer needed,
2 if Schemathesis could not run. Unneeded explanations are reported only with the seed
of schemathesis.toml and at least as many examples as in .ci/run: other seeds and fewer
examples need not draw the explained findings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from urllib.request import urlopen

from local.children import die_with_parent
from local.command import CLOUD_PORT, DONE, FOUND, NOT_RUN, PORT, parser_of, run
from local.commands.own_stack import NotStartedError, Ports, started
from local.commands.start import ports_of
from local.console import print_line
from local.http.ports import PortError, require_apart
from local.implementations import IMPLEMENTATIONS
from local.schemathesis.explained import EXPLANATIONS
from local.template import ROOT

FORESEEN = (NotStartedError, PortError)
TOOL = ROOT / ".venv" / "schemathesis" / "bin" / "st"
EXPLANATIONS_FILE = "local/schemathesis/explained.py"
# The number in .ci/run.
ENOUGH_EXAMPLES = 10
# The first request starts a sandbox.
HEALTH_SECONDS = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Schemathesis on each implementation; return the exit code."""
    parser = parser_of("schemathesis", PORT, CLOUD_PORT)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    if options.examples is not None and options.examples < 1:
        parser.error("--examples is at least 1")
    return run("schemathesis", lambda: _run(options), FORESEEN)


def _run(options: Namespace) -> int:
    require_apart(ports_of(options.port, options.cloud_port))
    urls = {
        one.name: f"http://127.0.0.1:{options.port + number}"
        for number, one in enumerate(IMPLEMENTATIONS)
    }
    running = all(_answers(name, url) for name, url in urls.items())
    if not running:
        print_line(f"no `make start` at port {options.port}: starting a stack")
    ports = Ports(options.port, options.cloud_port)
    with nullcontext() if running else started(ports):
        return max(_check(name, url, options) for name, url in urls.items())


def _answers(name: str, url: str) -> bool:
    """Return whether this implementation of the service answers at `url`."""
    try:
        with urlopen(f"{url}/health", timeout=HEALTH_SECONDS) as answer:  # noqa: S310 # our own URL
            return bool(json.load(answer)["implementation"] == name)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _check(name: str, url: str, options: Namespace) -> int:
    print_line(f"\n{name} at {url}")
    command = [str(TOOL), "run", "contract/openapi.yaml", "--url", url]
    if options.examples is not None:
        command += ["--max-examples", str(options.examples)]
    if options.seed is not None:
        command += ["--seed", str(options.seed)]
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder) / "used"
        done = subprocess.run(
            die_with_parent(command), cwd=ROOT, env=_environment(used), check=False
        )
        if done.returncode != DONE:
            return FOUND if done.returncode == FOUND else NOT_RUN
        return _unused(used) if _draws_enough(options) else DONE


def _draws_enough(options: Namespace) -> bool:
    """Return whether a run must find every explained finding."""
    enough = options.examples is None or options.examples >= ENOUGH_EXAMPLES
    return options.seed is None and enough


def _environment(used: Path) -> Mapping[str, str]:
    storage = ROOT / ".local" / "schemathesis" / "hypothesis"
    return {
        **os.environ,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(storage),
        "EXPLAINED": str(used),
    }


def _unused(used: Path) -> int:
    """Print the explanations that explained nothing; return the exit code."""
    names = used.read_text("utf-8").splitlines() if used.exists() else []
    unused = EXPLANATIONS.keys() - set(names)
    for name in sorted(unused):
        print_line(
            f"nothing is explained by `{name}`; remove it from {EXPLANATIONS_FILE}"
        )
    return FOUND if unused else DONE


if __name__ == "__main__":
    sys.exit(main())
