"""One invocation of a function: its input, its outcome and the frame of its log.

Payloads and log lines use Lambda's own words (developer guide: "Lambda runtime API",
"Understanding the REPORT line", "Troubleshoot invocation issues").
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from uuid import uuid4

from local.model import Function

# Lambda's limit for a synchronous request; a response may have 100 bytes more.
MAX_REQUEST_BYTES = 6 * 1024 * 1024
MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100
# LogType=Tail returns this many bytes of a log.
TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request to run a function; `payload` is JSON."""

    payload: bytes
    arn: str
    trace_id: str
    client_context: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a function returned no result, in the runtime's or the platform's words."""

    error_type: str
    payload: bytes
    log_line: str = ""

    @classmethod
    def of(cls, error_type: str, message: str, log_line: str = "") -> Failure:
        """Return a failure that the platform itself reports."""
        document = {"errorType": error_type, "errorMessage": message}
        return cls(error_type, compact(document), log_line)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one invocation.

    `error` is the value of X-Amz-Function-Error or None. `log` is all the output of
    the function between START, END and REPORT lines. `trace` is the text that the
    function wrote only for the developer.
    """

    payload: bytes
    error: str | None
    log: bytes
    version: str
    request_id: str
    trace: str = ""

    @property
    def tail(self) -> bytes:
        """The part of the log that LogType=Tail returns."""
        return self.log[-TAIL_BYTES:]


def trace_root() -> str:
    """Return a new X-Ray trace id in the form of the header `x-amzn-trace-id`."""
    return f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]}"


def trace_header(root: str) -> str:
    """Return a runtime's trace header; unsampled, because there is no X-Ray daemon."""
    return f"{root};Parent={uuid4().hex[:16]};Sampled=0"


def compact(document: object) -> bytes:
    """Return a document as compact JSON."""
    return json.dumps(document, separators=(",", ":")).encode()


def timed_out(request_id: str, seconds: int) -> Failure:
    """Return the failure of a function that exceeded its timeout."""
    text = f"Task timed out after {seconds:.2f} seconds"
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    stamp += f".{int(now % 1 * 1000):03d}Z"
    return Failure.of(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: {text}",
        f"{stamp} {request_id} {text}\n\n",
    )


def exited(request_id: str, returncode: int) -> Failure:
    """Return the failure of a sandbox whose process ended by itself."""
    how = f"exit status {returncode}" if returncode >= 0 else f"signal: {-returncode}"
    text = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
    return Failure.of("Runtime.ExitError", text, f"{text}\nRuntime.ExitError\n")


def response_too_large() -> Failure:
    """Return the failure of a function whose result exceeds Lambda's limit."""
    return Failure.of(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size "
        f"({MAX_RESPONSE_BYTES} bytes).",
    )


def start_line(invocation: Invocation, function: Function) -> bytes:
    """Return the line that Lambda writes before an invocation."""
    text = f"START RequestId: {invocation.request_id} Version: {function.version}\n"
    return text.encode()


def end_lines(  # noqa: PLR0913 # the fields of a REPORT line
    invocation: Invocation,
    function: Function,
    seconds: float,
    *,
    init_seconds: float | None,
    memory_mb: int | None,
    failure: Failure | None,
) -> bytes:
    """Return the END and REPORT lines; only a cold start has `init_seconds`.

    Since August 2025 the billed duration includes the init phase.
    """
    billed = math.ceil((seconds + (init_seconds or 0)) * 1000)
    fields = [
        f"REPORT RequestId: {invocation.request_id}",
        f"Duration: {seconds * 1000:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {function.memory_mb} MB",
    ]
    if memory_mb is not None:
        fields.append(f"Max Memory Used: {memory_mb} MB")
    if init_seconds is not None:
        fields.append(f"Init Duration: {init_seconds * 1000:.2f} ms")
    if failure and failure.error_type == "Sandbox.Timedout":
        fields.append("Status: timeout")
    elif failure and failure.log_line:
        fields += ["Status: error", f"Error Type: {failure.error_type}"]
    report = "\t".join(fields) + "\t\n"
    return f"END RequestId: {invocation.request_id}\n{report}".encode()
