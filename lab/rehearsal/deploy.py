"""`make rehearse`: everything a deployment does, on a cloud on this machine.

    python -m lab.rehearsal.deploy --port 3000 --cloud-port 4566

Deploys both implementations with the real `sam deploy`, reads every property back and
compares it, then goes through what happens to a stack in its life. Exit code 0 when
all held, 1 when something did not, 2 when it could not run and nothing was found.
"""

from __future__ import annotations

import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from lab.rehearsal import endings, repeats, scenarios
from lab.rehearsal.data import Data, refused_without_tls
from lab.rehearsal.properties import counts
from lab.rehearsal.reading import in_words, put_up
from lab.rehearsal.stage import OWNER, SECOND, Stage
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
from local.stopping import StoppedError, be_deaf
from local.template import ConfigurationError, load, runtimes

OTHER_RUNTIME = "python for another runtime"
FORESEEN = (ConfigurationError, PortError, SamError, cloud.CloudError, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse; return the exit code."""
    options = parser_of("rehearse", PORT, CLOUD_PORT).parse_args(arguments)
    place = STATE / f"rehearsal-{options.cloud_port}"
    return run(
        "rehearse",
        lambda: play(place, lambda rest: _stage(options, place, rest), _rehearse),
        FORESEEN,
    )


def play(
    place: Path,
    prepare: Callable[[ExitStack], Stage],
    rehearse: Callable[[Stage], None],
) -> int:
    """Rehearse on what is prepared, with its files in a place; return the exit code."""
    began = time.monotonic()
    try:
        with ExitStack() as cleanup:
            cleanup.callback(be_deaf)
            stage = prepare(cleanup)
            _as_far_as_it_goes(stage, rehearse)
    except StoppedError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return _end(stage, place, time.monotonic() - began)


def _as_far_as_it_goes(stage: Stage, rehearse: Callable[[Stage], None]) -> None:
    """Rehearse; an error is a fault where a deploy failed or others were found."""
    try:
        rehearse(stage)
    except Exception as error:
        if not isinstance(error, SamError) and not stage.faults:
            raise
        stage.faults.append(f"it goes no further: {in_one_line(error, FORESEEN)}")


def _stage(options: Namespace, place: Path, cleanup: ExitStack) -> Stage:
    # To tell it before anything is built, and before another's files are removed.
    require_apart({"PORT": options.port, "CLOUD_PORT": options.cloud_port})
    claim(options.cloud_port, "CLOUD_PORT").close()
    claim(options.port, "PORT").close()
    shutil.rmtree(place, ignore_errors=True)
    with side_by_side(2) as workers:
        building = {
            "python": workers.submit(build, "python"),
            "typescript": workers.submit(build, "typescript"),
            OTHER_RUNTIME: workers.submit(build, "python", _other_track()),
        }
        with console.step("build", ", ".join(building)):
            builds = {name: one.result() for name, one in building.items()}
    with console.step("local cloud", f"port {options.cloud_port}"):
        running = cloud.start(options.cloud_port, place)
    cleanup.callback(running.stop)
    cleanup.callback(be_deaf)  # it comes first: the last one in
    return Stage(Clients(running.endpoint), builds, place, options.port)


def _other_track() -> str:
    """Return a RuntimeTrack of Python that is not this machine's."""
    here = named("python").runtime()
    tracks = runtimes(load(), "python")
    return next(name for name, runtime in tracks.items() if runtime != here)


def _rehearse(stage: Stage) -> None:
    python, typescript = stage.builds["python"], stage.builds["typescript"]
    owner, deployment, first = put_up(stage, OWNER, python)
    second, beside, further = put_up(stage, SECOND, typescript, DataStack=OWNER)
    check_ledger(stage)
    scenarios.refusals(stage)
    scenarios.no_change(stage, owner)
    repeats.tag(stage, owner)
    repeats.timeout(stage, owner)
    scenarios.new_versions(stage, owner, stage.builds[OTHER_RUNTIME])
    data = Data(stage)
    with refused_without_tls(stage, deployment):
        with scenarios.serving(stage, deployment) as api:
            scenarios.warming(stage, deployment, api)
            scenarios.switch(stage, api, data, typescript)
            scenarios.switch(stage, api, data, python)
            scenarios.broken_update(stage, owner, api, data)
            repeats.failed_deploy(stage, api, data)
        scenarios.second_stack(stage, data, beside)
        with scenarios.serving(stage, deployment) as api:
            data.check(api.url)
    upgrade(stage, python)
    endings.first_deploy_fails(stage, python)
    both = stage.declared(owner), stage.declared(second)
    endings.delete_both(stage, *both, data)
    console.say("")
    console.say(f"properties: {in_words(counts([*first, *further]))}")


def check_ledger(stage: Stage) -> None:
    """Note as a fault each entry of the ledger that no property needed."""
    for entry in stage.ledger.stale():
        detail = f"nothing needs {entry.path}: it is held, or there is no such property"
        stage.expect("not-emulated.yaml", held=False, detail=detail)


def _end(stage: Stage, place: Path, seconds: float) -> int:
    for fault in stage.faults:
        console.say(f"FAILED {fault}")
    if not stage.faults:
        # After a failure it stays, for its logs.
        shutil.rmtree(place, ignore_errors=True)
    facts = f"{stage.held} facts held, {len(stage.faults)} did not"
    console.say(f"rehearsed: {facts} ({seconds:.0f} s)")
    return FOUND if stage.faults else DONE


if __name__ == "__main__":
    sys.exit(main())
