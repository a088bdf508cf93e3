"""AWS's failures as the service's own: to wait and try again, or to be mended."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from shared.clock import Deadline
from shared.errors import AwsFault, Unavailable

# What the SDK itself retries (botocore.retries.standard).
_PASSING = frozenset(
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
    """Raise `Unavailable` or `AwsFault` for what a call of an AWS client raises.

    Unavailable are timeouts, broken connections, throttling and answers from 500 up,
    after the SDK's own attempts; and a call that there is no time for.
    """
    deadline.require_time()
    try:
        yield
    except (ConnectionError, HTTPClientError) as error:
        raise Unavailable from error
    except ClientError as error:
        code = error_code(error)
        if code in _PASSING or http_status(error) >= 500:
            raise Unavailable(code) from error
        raise AwsFault(code) from error


def error_code(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return error.response["Error"]["Code"]


def http_status(error: ClientError) -> int:
    """Return the HTTP status of an error."""
    return error.response["ResponseMetadata"]["HTTPStatusCode"]
