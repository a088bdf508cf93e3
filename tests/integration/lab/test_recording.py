"""The proxy that records AWS calls, before the emulator itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.scale.measuring.recording import recording
from local.emulator import cloud
from local.emulator.clients import Clients
from tests.integration.stacks import free_ports


@pytest.fixture
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running = cloud.start(free_ports()[1], tmp_path_factory.mktemp("cloud"))
    yield running.endpoint
    running.stop()


def test_emulator_answers_the_proxy_that_records_calls(endpoint: str) -> None:
    with recording(endpoint) as (proxy, recorder):
        dynamodb = Clients(proxy).of("dynamodb")
        names = dynamodb.list_tables()["TableNames"]
        dynamodb.close()

    assert names == []
    assert [call.status for call in recorder.take()] == [200]
