"""An answer counts as one only where the work was done."""

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
    """A function without a process, which always answers the same."""

    def __init__(self, status: int, body: object) -> None:
        self._label = "a peer"
        self._answer = {"statusCode": status, "body": json.dumps(body)}

    async def invoke(self, payload: bytes) -> dict[str, object]:
        """Answer, whatever was asked."""
        del payload
        return self._answer


@pytest.mark.parametrize(("request_name", "body"), [("list", LIST), ("asset", ASSET)])
def test_an_answer_with_what_was_asked_for_counts(
    request_name: str, body: object
) -> None:
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
def test_an_answer_that_lacks_it_ends_the_measurement(
    request_name: str, body: object
) -> None:
    one = Answering(STATUS[request_name], body)
    with pytest.raises(MeasureError, match=f"a peer does not do {request_name}"):
        asyncio.run(one.answer(request_name))


def test_an_answer_with_another_status_ends_the_measurement() -> None:
    one = Answering(500, {})
    with pytest.raises(MeasureError, match="a peer answers 500 to get"):
        asyncio.run(one.answer("get"))
