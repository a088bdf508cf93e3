"""botocore's exceptions. Without botocore nothing calls AWS, so nothing raises them."""

from __future__ import annotations

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
except ImportError:

    class BotoCoreError(Exception):  # type: ignore[no-redef]
        """A stand-in if botocore is not installed."""

    class ClientError(Exception):  # type: ignore[no-redef]
        """A stand-in if botocore is not installed."""

    class ResponseParserError(Exception):  # type: ignore[no-redef]
        """A stand-in if botocore is not installed."""


AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
"""What boto3 raises; the last one if the response is not from AWS."""

__all__ = ["AWS_ERRORS", "BotoCoreError", "ClientError"]
