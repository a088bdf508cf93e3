"""The fake service with a log that is read as from CloudWatch."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

from tests.plugin.fake_http import Answer
from tests.plugin.fake_service import Fake
from tests.plugin.fake_store import FakeStore
from twinproof.contract.config import LogLine, Logs
from twinproof.targets.logs import LogReader

GROUP = "/aws/lambda/fake"
LOGS = Logs(
    request=LogLine("schemas/log-line.json", where={"event": "request"}, times=1),
    metric=LogLine("schemas/metric-line.json", has="_aws", times=1, last=True),
    clause="rules.md#log-lines",
    id="requestId",
)
_VERBS = {"POST": "create", "GET": "get", "PATCH": "update", "DELETE": "delete"}
_METRICS = ("Requests", "Latency", "ClientFaults", "ServerFaults", "ColdStarts")
_NUMBERS = itertools.count()


class LoggedFake(Fake):
    """A fake that gives each request an id of its own and logs it."""

    def __init__(self, *faults: str, store: FakeStore | None = None) -> None:
        super().__init__(*faults)
        self.store = store or self.store
        self.lines: list[str] = []

    @property
    def reader(self) -> LogReader:
        """Return the reader of this fake's log."""
        return LogReader(self, [GROUP], LOGS)

    def filter_log_events(self, **_: Any) -> Any:
        """Answer as CloudWatch Logs: everything on one page, in one stream."""
        return {"events": [{"message": line} for line in self.lines]}

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        status, more, shown = super().answer(method, target, headers, body)
        if "x-request-id" in more:
            more["x-request-id"] = f"request-{next(_NUMBERS)}"
            self._log(method, target, body, (status, more, shown))
        return status, more, shown

    def _log(self, method: str, target: str, body: bytes, answer: Answer) -> None:
        status, headers, shown = answer
        parts = target.partition("?")[0].strip("/").split("/")
        content = b"" if shown is None else json.dumps(shown).encode()
        same = {
            "operation": _operation(method, parts),
            "implementation": "fake",
            "functionVersion": "1",
        }
        line: dict[str, Any] = {
            **same,
            "timestamp": time.time_ns() // 1_000_000,
            "level": "warn" if "log event" in self.faults else "info",
            "event": "request",
            "requestId": headers["x-request-id"],
            "status": status,
            "requestBytes": len(body),
            "responseBytes": len(content),
            "durationMicroseconds": 1,
            "coldStart": False,
        }
        if "log schema" in self.faults:
            line["email"] = "ada"
        if status >= 400:
            line["problem"] = shown["type"].rpartition(":")[2]
        metric = {
            **same,
            "_aws": {
                "Timestamp": line["timestamp"],
                "CloudWatchMetrics": [_DECLARED],
            },
            **dict.fromkeys(_METRICS, 0),
            "Requests": 1,
        }
        self.lines += [json.dumps(line), json.dumps(metric)]


_DECLARED = {
    "Namespace": "ParityReferenceService",
    "Dimensions": [["operation", "implementation"], []],
    "Metrics": [
        {"Name": name, "Unit": "Microseconds" if name == "Latency" else "Count"}
        for name in _METRICS
    ],
}


def _operation(method: str, parts: list[str]) -> str:
    kind = parts[0][:-1].capitalize()
    if len(parts) == 1 and method == "GET":
        return f"list{kind}s"
    return f"download{kind}" if len(parts) > 2 else f"{_VERBS[method]}{kind}"
