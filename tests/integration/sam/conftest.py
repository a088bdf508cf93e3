"""The real SAM CLI with data that it can reach, and builds of both."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.deploy.sam import sam
from local.docker import engine, images
from local.template import ROOT, defaults, load, runtime
from tests.integration.sam.command import Data, config_of, environment

STATE = ROOT / ".local" / "sam"


def started() -> Iterator[Data]:
    running = Data()
    try:
        running.wait()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def data() -> Iterator[Data]:
    """The local cloud with the service's tables and bucket, as `make sam-data` does."""
    yield from started()


@pytest.fixture(scope="session")
def other_data(data: Data) -> Iterator[Data]:
    """A second local cloud, without the data of the first."""
    del data
    yield from started()


@pytest.fixture(scope="session")
def built() -> Callable[[str], Path]:
    """Returns the built template of an implementation; `sam build` runs once."""

    @functools.cache
    def build(implementation: str) -> Path:
        place = STATE / implementation
        parameters = defaults(load()) | {"Implementation": implementation}
        images.ensure(runtime(load(), parameters), parameters["Architecture"])
        arguments = ["build", "--config-env", config_of(implementation)]
        log = STATE / f"build-{implementation}.log"
        sam([*arguments, "--build-dir", str(place)], log, os.environ)
        return place / "template.yaml"

    return build


@pytest.fixture(scope="session", autouse=True)
def told_to_stop() -> Iterator[None]:
    """SIGTERM ends a run like Ctrl-C: with everything that it started."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(autouse=True)
def no_container_is_left() -> Iterator[None]:
    """What a test starts, it ends: containers too."""
    before = engine.containers()
    yield
    left = engine.containers() - before
    engine.remove(left)
    assert not left


@pytest.fixture
def key() -> dict[str, str]:
    """The environment of SAM CLI: the local cloud's access key."""
    return environment()
