"""A response counts only if it contains the result of the work."""

from __future__ import annotations

import asyncio
import json

import pytest

from lab.bench.measuring.processes import Measured
from lab.bench.records import LISTED, STATUS
from lab.sandboxed import MeasureError

LIST: dict[str, object] = {"items": [{}] * LISTED}
ASSET = {"upload": {"url": "https://example.com/"}}


class Answering(Measured):
    """A function without a process that always gives the same response."""

    def __init__(self, status: int, body: object) -> None:
        self._label = "a peer"
        self._answer = {"statusCode": status, "body": json.dumps(body)}

    async def invoke(self, payload: bytes) -> dict[str, object]:
        """Return the response, whatever the request."""
        del payload
        return self._answer


@pytest.mark.parametrize(("request_name", "body"), [("list", LIST), ("asset", ASSET)])
def test_a_complete_response_counts(request_name: str, body: object) -> None:
    one = Answering(STATUS[request_name], body)
    asyncio.run(one.answer(request_name))


@pytest.mark.parametrize(
    ("request_name", "body"),
    [
        ("list", {"items": []}),
        ("list", {"items": [{}] * (LISTED - 1)}),
        ("asset", {"upload": {"url": ""}}),
    ],
)
def test_an_incomplete_response_ends_the_measurement(
    request_name: str, body: object
) -> None:
    one = Answering(STATUS[request_name], body)
    with pytest.raises(MeasureError, match=f"a peer answers {request_name} incomplete"):
        asyncio.run(one.answer(request_name))


def test_a_response_with_another_status_ends_the_measurement() -> None:
    one = Answering(500, {})
    with pytest.raises(MeasureError, match="a peer answers 500 to get"):
        asyncio.run(one.answer("get"))
