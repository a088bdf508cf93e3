"""The lifecycle of one user and one asset: every operation, from create to delete."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lab.sandboxed import MeasureError
from lab.scale.measuring.metering import Consumption
from lab.scale.measuring.requests import asset, event, user
from lab.scale.measuring.sandboxes import MeasuredSandbox, TimedOutcome
from local.gateway.events import new_request_id, response_of
from local.http.messages import encode

CONTENT = b"hello"


@dataclass(frozen=True)
class Sample:
    """One request: its row, CPU time, consumption, log and response size."""

    row: str
    cpu_ms: float
    consumption: Consumption
    log: bytes
    response_bytes: int


@dataclass(frozen=True)
class Dependencies:
    """The sandboxes by function, the consumption of the last request, and S3."""

    sandboxes: Mapping[str, MeasuredSandbox]
    consumption: Callable[[], Consumption]
    put_object: Callable[[str, bytes], None]


class LifecycleRunner:
    """Sends requests and keeps a sample of each."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._users = 0
        self.samples: list[Sample] = []

    async def begin(self) -> None:
        """Create one user and one uploaded asset, which are not deleted."""
        await self._ask("begin", "createUser", 201, body=self._user())
        await self._upload(await self._ask("begin", "createAsset", 201, body=asset()))
        self.samples.clear()

    async def lists(self) -> None:
        """Request a page of 20 from each of the three lists."""
        await self._ask("listUsers", "listUsers", 200)
        await self._ask("listAssets", "listAssets", 200)
        await self._ask(
            "listAssets, of a status", "listAssets", 200, query="status=uploaded"
        )

    async def users(self) -> None:
        """Send the requests of a user's lifecycle."""
        body = self._user()
        made = await self._ask("createUser", "createUser", 201, body=body)
        of = made["userId"]
        await self._ask("createUser, invalid", "createUser", 400, body={"email": "a"})
        kept = await self._ask(
            "createUser, with a key",
            "createUser",
            201,
            body=self._user(),
            key=uuid.uuid4().hex,
        )
        await self._ask("getUser", "getUser", 200, record_id=of)
        query = f"email={body['email']}"
        await self._ask("listUsers, by email", "listUsers", 200, query=query)
        await self._ask(
            "updateUser", "updateUser", 200, record_id=of, body={"name": "Ada"}
        )
        moved = self._user()
        await self._ask("replaceUser", "replaceUser", 200, record_id=of, body=moved)
        await self._ask("deleteUser", "deleteUser", 204, record_id=of)
        await self._ask("drop", "deleteUser", 204, record_id=kept["userId"])

    async def assets(self) -> None:
        """Send the requests of an asset's lifecycle."""
        made = await self._ask("createAsset", "createAsset", 201, body=asset())
        of = made["assetId"]
        await self._ask("getAsset, pending", "getAsset", 200, record_id=of)
        await self._upload(made)
        await self._ask("getAsset", "getAsset", 200, record_id=of)
        await self._ask("downloadAsset", "downloadAsset", 200, record_id=of)
        rename = {"fileName": "Report.pdf"}
        await self._ask("updateAsset", "updateAsset", 200, record_id=of, body=rename)
        await self._ask("deleteAsset", "deleteAsset", 204, record_id=of)
        await self._ask("getHealth", "getHealth", 200)

    def _user(self) -> dict[str, object]:
        self._users += 1
        return user(self._users)

    async def _upload(self, made: dict[str, Any]) -> None:
        """Upload an asset's object; getAsset then sets its status to `uploaded`."""
        key = f"assets/{made['assetId']}/{made['fileName']}"
        self._dependencies.put_object(key, CONTENT)
        await self._ask(
            "getAsset, just uploaded", "getAsset", 200, record_id=made["assetId"]
        )

    async def _ask(
        self, row: str, operation: str, status: int, **about: Any
    ) -> dict[str, Any]:
        """Send one request, keep its sample and return the decoded body."""
        function = "assets" if "Asset" in operation else "users"
        answered = await self._dependencies.sandboxes[function].invoke(
            event(operation, **about)
        )
        sample = Sample(
            row,
            answered.cpu_ms,
            self._dependencies.consumption(),
            answered.outcome.log,
            http_bytes(answered.outcome.payload),
        )
        self.samples.append(sample)
        return _body(answered, operation, status)


def _body(answered: TimedOutcome, operation: str, status: int) -> dict[str, Any]:
    response = json.loads(answered.outcome.payload)
    if response.get("statusCode") != status:
        raise MeasureError(
            f"{operation} answered {response}, not {status}: "
            f"{answered.outcome.log.decode()}"
        )
    body: dict[str, Any] = json.loads(response.get("body") or "{}")
    return body


def http_bytes(payload: bytes) -> int:
    """Return the bytes of a function's result as an HTTP/1.1 response, head included.

    The head has the headers that API Gateway adds: Date, Content-Length, Connection,
    Apigw-Requestid. The compression of HTTP/2 and the frames of TLS are not counted.
    """
    answer = response_of(payload)
    added = (*answer.headers, ("apigw-requestid", new_request_id()))
    whole = replace(answer, headers=added)
    return len(encode(whole, keep_alive=True, bodyless=False))


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile (nearest rank)."""
    ranked = sorted(values)
    first, second, third = (
        ranked[max(0, math.ceil(share * len(ranked)) - 1)]
        for share in (0.25, 0.5, 0.75)
    )
    return first, second, third
