"""What is logged about one exchange: operation, ids, sizes, times, but no content."""

import os
import time
import traceback
from pathlib import PurePath
from types import TracebackType

from shared.http.response import Response
from shared.log import Level, log
from shared.metrics import Measured, metric_line

_MAX_FRAMES = 50
_MAX_FRAME_LENGTH = 256


class Exchange:
    """One request and its response; attributes are set as they become known.

    `id_name` is the name of the record's id in the log: userId or assetId.
    """

    operation = "unknown"
    record_id: str | None = None
    request_bytes = 0

    def __init__(self, id_name: str, request_id: str, cold_start: bool) -> None:
        self._started = time.perf_counter_ns()
        self._id_name = id_name
        self._request_id = request_id
        self._cold_start = cold_start

    def log_fault(self, error: Exception, status: int) -> None:
        """Write the fault line of an exception that became `status`, 500 or 503."""
        code = getattr(error, "code", None)
        fields = {
            "operation": self.operation,
            "requestId": self._request_id,
            "fault": type(error).__name__,
            "at": _frames(error.__traceback__),
            **({"code": code} if isinstance(code, str) else {}),
        }
        log(_level_of(status), "fault", fields)
        _show_developer(error)

    def log_response(self, response: Response) -> None:
        """Write the request line and the metric line."""
        latency = (time.perf_counter_ns() - self._started) // 1000
        operation, status, cold_start = (
            self.operation,
            response.status,
            self._cold_start,
        )
        record_id = response.record_id or self.record_id
        optional = {"problem": response.problem, self._id_name: record_id}
        fields = {
            "operation": operation,
            "requestId": self._request_id,
            "status": status,
            "requestBytes": self.request_bytes,
            "responseBytes": len((response.body or "").encode()),
            "durationMicroseconds": latency,
            "coldStart": cold_start,
            **{name: value for name, value in optional.items() if value is not None},
        }
        measured = Measured(operation, status, latency, cold_start)
        log(_level_of(status), "request", fields, metric_line(measured))


def _level_of(status: int) -> Level:
    if status == 500:
        return "error"
    return "warn" if status == 503 else "info"


def _show_developer(error: Exception) -> None:
    """Write messages, tracebacks and causes to the descriptor that a local stack reads.

    On AWS the variable is not set: messages quote data, which must not be logged.
    """
    descriptor = os.environ.get("DEVELOPER_TRACE_FD")
    if descriptor is None:
        return
    lines = traceback.format_exception(error)
    with open(
        int(descriptor), "w", encoding="utf-8", errors="backslashreplace", closefd=False
    ) as pipe:
        pipe.writelines(lines)


def _frames(frame: TracebackType | None) -> list[str]:
    """Return `file:line function` for each frame, the innermost last; no messages."""
    frames = []
    while frame is not None:
        code = frame.tb_frame.f_code
        file = PurePath(code.co_filename).name
        text = f"{file}:{frame.tb_lineno} {code.co_qualname}"
        frames.append(text[:_MAX_FRAME_LENGTH])
        frame = frame.tb_next
    return frames[-_MAX_FRAMES:]
