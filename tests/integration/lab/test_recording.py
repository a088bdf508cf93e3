"""The proxy that records AWS calls, in front of the real emulator."""

from __future__ import annotations

import asyncio
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


def test_the_emulator_answers_the_recording_proxy(endpoint: str) -> None:
    async def run() -> tuple[list[str], list[int]]:
        async with recording(endpoint) as (proxy, recorder):
            dynamodb = Clients(proxy).of("dynamodb")
            answer = await asyncio.to_thread(dynamodb.list_tables)
            dynamodb.close()
            return answer["TableNames"], [call.status for call in recorder.take()]

    assert asyncio.run(run()) == ([], [200])
