"""`make rehearse`: rehearse deployments in a cloud on this machine.

    python -m lab.rehearsal.deploy --port 3000 --cloud-port 4566

Deploys both implementations with the real `sam deploy` and compares every property with
the template. Then it updates, switches, breaks, upgrades and deletes stacks. Exit code
0 if every check passed, 1 if one failed, 2 if it could not run and found no fault.
"""

from __future__ import annotations

import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from lab.rehearsal import deletion, repeats, scenarios
from lab.rehearsal.data import StoredRecords, refused_without_tls
from lab.rehearsal.environment import OWNER, SECOND, Environment
from lab.rehearsal.properties import counts
from lab.rehearsal.read_back import counts_line, deploy_and_read_back
from lab.rehearsal.upgrade import upgrade
from local import console
from local.children import side_by_side
from local.command import CLOUD_PORT, DONE, FOUND, PORT, parser_of, run
from local.console import in_one_line
from local.deploy.build import STATE, build
from local.deploy.sam import SamError
from local.emulator import cloud
from local.emulator.clients import Clients
from local.http.ports import PortError, claim, require_apart
from local.implementations import named
from local.stopping import StoppedError, ignore_signals
from local.template import ConfigurationError, load, runtimes

OTHER_RUNTIME = "python for another runtime"
FORESEEN = (ConfigurationError, PortError, SamError, cloud.CloudError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse; return the exit code."""
    options = parser_of("rehearse", PORT, CLOUD_PORT).parse_args(arguments)
    folder = STATE / f"rehearsal-{options.cloud_port}"
    return run(
        "rehearse",
        lambda: run_rehearsal(
            folder, lambda rest: _environment(options, folder, rest), _rehearse
        ),
        FORESEEN,
    )


def run_rehearsal(
    folder: Path,
    prepare: Callable[[ExitStack], Environment],
    rehearse: Callable[[Environment], None],
) -> int:
    """Rehearse in a prepared environment; return the exit code."""
    began = time.monotonic()
    try:
        with ExitStack() as cleanup:
            cleanup.callback(ignore_signals)
            environment = prepare(cleanup)
            _run_collecting_faults(environment, rehearse)
    except StoppedError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _end(environment, folder, time.monotonic() - began)


def _run_collecting_faults(
    environment: Environment, rehearse: Callable[[Environment], None]
) -> None:
    """Rehearse; count an error as a fault if it is a failed deploy or not the first."""
    try:
        rehearse(environment)
    except Exception as error:
        if not isinstance(error, SamError) and not environment.faults:
            raise
        environment.faults.append(f"stopped early: {in_one_line(error, FORESEEN)}")


def _environment(options: Namespace, folder: Path, cleanup: ExitStack) -> Environment:
    # Before the build and before the files of another rehearsal are removed.
    require_apart({"PORT": options.port, "CLOUD_PORT": options.cloud_port})
    claim(options.cloud_port, "CLOUD_PORT").close()
    claim(options.port, "PORT").close()
    shutil.rmtree(folder, ignore_errors=True)
    with side_by_side(2) as workers:
        building = {
            "python": workers.submit(build, "python"),
            "typescript": workers.submit(build, "typescript"),
            OTHER_RUNTIME: workers.submit(build, "python", _other_track()),
        }
        with console.step("build", ", ".join(building)):
            builds = {name: one.result() for name, one in building.items()}
    with console.step("local cloud", f"port {options.cloud_port}"):
        running = cloud.start(options.cloud_port, folder)
    cleanup.callback(running.stop)
    cleanup.callback(ignore_signals)  # the last callback added runs first
    return Environment(Clients(running.endpoint), builds, folder, options.port)


def _other_track() -> str:
    """Return a RuntimeTrack of Python with another runtime than this machine's."""
    here = named("python").runtime()
    tracks = runtimes(load(), "python")
    return next(name for name, runtime in tracks.items() if runtime != here)


def _rehearse(environment: Environment) -> None:
    python, typescript = environment.builds["python"], environment.builds["typescript"]
    owner, deployment, first = deploy_and_read_back(environment, OWNER, python)
    second, other, further = deploy_and_read_back(
        environment, SECOND, typescript, DataStack=OWNER
    )
    check_known_gaps(environment)
    scenarios.refusals(environment)
    scenarios.no_change(environment, owner)
    repeats.tag(environment, owner)
    repeats.timeout(environment, owner)
    scenarios.new_versions(environment, owner, environment.builds[OTHER_RUNTIME])
    data = StoredRecords(environment)
    with refused_without_tls(environment, deployment):
        with scenarios.serving(environment, deployment) as api:
            scenarios.warming(environment, deployment, api)
            scenarios.switch(environment, api, data, typescript)
            scenarios.switch(environment, api, data, python)
            scenarios.broken_update(environment, owner, api, data)
            repeats.failed_deploy(environment, api, data)
        scenarios.second_stack(environment, data, other)
        with scenarios.serving(environment, deployment) as api:
            data.check(api.url)
    upgrade(environment, python)
    deletion.first_deploy_fails(environment, python)
    both = environment.declared(owner), environment.declared(second)
    deletion.delete_both(environment, *both, data)
    console.print_line("")
    console.print_line(f"properties: {counts_line(counts([*first, *further]))}")


def check_known_gaps(environment: Environment) -> None:
    """Count each known gap that no longer occurs as a fault."""
    for gap in environment.known_gaps.stale():
        detail = (
            f"{gap.path} no longer occurs: it matches, or there is no such property"
        )
        environment.expect("not-emulated.yaml", passed=False, detail=detail)


def _end(environment: Environment, folder: Path, seconds: float) -> int:
    for fault in environment.faults:
        console.print_line(f"FAILED {fault}")
    if not environment.faults:
        # After a failure, the folder stays for its logs.
        shutil.rmtree(folder, ignore_errors=True)
    checks = f"{environment.passed} checks passed, {len(environment.faults)} failed"
    console.print_line(f"rehearsed: {checks} ({seconds:.0f} s)")
    return FOUND if environment.faults else DONE


if __name__ == "__main__":
    sys.exit(main())
