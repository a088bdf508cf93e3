"""The emulator alone: the names and pages that a command allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.emulator import cloud
from tests.integration.browsers import exchange
from tests.integration.stacks import free_ports

BRIDGE = "172.17.0.1"
PAGE = "http://localhost:5173"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an emulator that containers reach through Docker's bridge."""
    chosen = free_ports()[1]
    folder = tmp_path_factory.mktemp("cloud")
    running = cloud.start(chosen, folder, origins=[PAGE], more_hosts=[BRIDGE])
    yield chosen
    running.stop()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (f"{BRIDGE}:{{}}", 200),
        ("localhost:{}", 200),
        ("bucket.localhost:{}", 200),
        ("172.17.0.2:{}", 421),
        ("host.docker.internal:{}", 421),
        (f"{BRIDGE}:80", 421),
    ],
)
def test_emulator_answers_to_the_names_it_was_given(
    port: int, host: str, status: int
) -> None:
    headers = {"Host": host.format(port)}

    assert exchange(port, "GET", "/_ministack/health", headers).status == status


@pytest.mark.parametrize(
    ("origin", "status"), [(PAGE, 200), ("http://localhost:5174", 403)]
)
def test_emulator_answers_the_pages_it_was_given(
    port: int, origin: str, status: int
) -> None:
    headers = {"Host": f"{BRIDGE}:{port}", "Origin": origin}

    assert exchange(port, "GET", "/_ministack/health", headers).status == status


def test_emulators_code_of_functions_is_for_the_process_that_started_it(
    port: int,
) -> None:
    path = "/_ministack/lambda-code/000000000000/us-east-1/none"
    headers = {"Host": f"localhost:{port}"}

    refused = exchange(port, "GET", path, headers)
    asked = exchange(port, "GET", path, headers | {"X-Emulator-Token": cloud.TOKEN})

    assert (refused.status, asked.status) == (403, 404)
