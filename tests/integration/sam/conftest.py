"""What the real SAM CLI is run with: data it can reach, builds of both."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest

from local.docker import engine, images
from local.sam import sam
from local.template import ROOT, load
from tests.integration.sam.command import Data, config_of, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STATE = ROOT / ".local" / "sam"


@pytest.fixture(scope="session")
def data() -> Iterator[Data]:
    """The local cloud with the service's tables and bucket, as `make sam-data` does."""
    running = Data()
    try:
        running.wait()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def built() -> Callable[[str], Path]:
    """Returns the built template of an implementation; `sam build` runs once."""

    @functools.cache
    def build(implementation: str) -> Path:
        place = STATE / implementation
        runtime = load()["Mappings"]["Runtimes"][implementation]["current"]
        images.ensure(runtime)
        arguments = ["build", "--config-env", config_of(implementation)]
        log = STATE / f"build-{implementation}.log"
        sam([*arguments, "--build-dir", str(place)], log, os.environ)
        return place / "template.yaml"

    return build


@pytest.fixture(autouse=True)
def no_container_is_left() -> Iterator[None]:
    """What a test starts, it ends: containers too."""
    before = engine.containers()
    yield
    assert engine.containers() <= before


@pytest.fixture
def key() -> dict[str, str]:
    """The environment of SAM CLI: the local cloud's own access key."""
    return environment()
