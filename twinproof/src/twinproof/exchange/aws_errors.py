"""What botocore raises. Without botocore nothing reaches AWS, and nothing raises it."""

from __future__ import annotations

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
except ImportError:

    class BotoCoreError(Exception):  # type: ignore[no-redef]
        """Stands where botocore is not installed."""

    class ClientError(Exception):  # type: ignore[no-redef]
        """Stands where botocore is not installed."""

    class ResponseParserError(Exception):  # type: ignore[no-redef]
        """Stands where botocore is not installed."""


AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
"""What boto3 raises; the last where something else than AWS answers."""

__all__ = ["AWS_ERRORS", "BotoCoreError", "ClientError"]
