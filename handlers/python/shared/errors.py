"""What can go wrong with a request; `shared/http/problems.py` has the responses."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Fault(NamedTuple):
    """One error in a body or a query.

    `location` is a JSON Pointer (RFC 6901) or the name of a query parameter; `code` is
    the JSON Schema keyword that is violated.
    """

    location: str
    code: str


class ServiceError(Exception):
    """The request cannot be fulfilled; `problem` names the reason."""

    problem: ClassVar[str]


class MalformedRequest(ServiceError):
    """The event, the body or a header cannot be read at all."""

    problem = "malformed-request"


class ValidationFailed(ServiceError):
    """The request can be read but is not valid; `kind` is what `Fault.location` is."""

    problem = "validation-failed"

    def __init__(self, kind: str, faults: Sequence[Fault]) -> None:
        super().__init__(kind)
        self.kind = kind
        self.faults = faults


class InvalidCursor(ServiceError):
    """The cursor was not made by this service."""

    problem = "invalid-cursor"


class NotFound(ServiceError):
    """There is no such route or record."""

    problem = "not-found"


class Conflict(ServiceError):
    """Other requests changed the record before each attempt to write it."""

    problem = "conflict"


class PreconditionFailed(ServiceError):
    """No entity tag in If-Match is that of the record."""

    problem = "precondition-failed"


class PayloadTooLarge(ServiceError):
    """The body is over the limit."""

    problem = "payload-too-large"


class UnsupportedMediaType(ServiceError):
    """The operation does not read a body of this media type."""

    problem = "unsupported-media-type"


class IdempotencyKeyReused(ServiceError):
    """The key was used with another body within the last 24 hours."""

    problem = "idempotency-key-reused"


class Unavailable(ServiceError):
    """DynamoDB or S3 cannot be reached; `code` is AWS's error code, if there is one."""

    problem = "unavailable"

    def __init__(self, code: str | None = None) -> None:
        super().__init__(code)
        self.code = code


class AwsFault(ServiceError):
    """AWS refused a call that should be valid; `code` is its error code."""

    problem = "internal"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
