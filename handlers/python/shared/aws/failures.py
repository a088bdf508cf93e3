"""AWS's errors as the service's own: temporary ones, and those that need a fix."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from shared.clock import Deadline
from shared.errors import AwsFault, Unavailable

# The codes that the SDK itself retries (botocore.retries.standard).
_TRANSIENT = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


@contextmanager
def service_failures(deadline: Deadline) -> Iterator[None]:
    """Turn the exceptions of an AWS client's call into `Unavailable` or `AwsFault`.

    `Unavailable` stands for timeouts, broken connections, throttling and statuses from
    500 up, after the SDK's own attempts. It is also raised if there is no time for the
    call.
    """
    deadline.require_time()
    try:
        yield
    except (ConnectionError, HTTPClientError) as error:
        raise Unavailable from error
    except ClientError as error:
        code = error_code(error)
        if code in _TRANSIENT or http_status(error) >= 500:
            raise Unavailable(code) from error
        raise AwsFault(code) from error


def error_code(error: ClientError) -> str:
    """Return AWS's error code."""
    return error.response["Error"]["Code"]


def http_status(error: ClientError) -> int:
    """Return the HTTP status of an error."""
    return error.response["ResponseMetadata"]["HTTPStatusCode"]
