"""Verifies the Signature Version 4 of a received request with botocore's signer.

Sources: IAM user guide, "Create a signed AWS API request" and "Troubleshoot Signature
Version 4 signing"; Lambda API reference, "Common Errors". Only the credentials of the
local cloud's administrator are valid.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local.emulator.cloud import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.http.messages import Request

ALGORITHM = "AWS4-HMAC-SHA256"
# The caller's clock may differ from the local clock by this much.
SKEW = timedelta(minutes=5)


class SignatureError(Exception):
    """A request has no valid signature; with AWS's code and message for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class _Signature:
    """The parts of the Authorization header, and the time in the request."""

    key: str
    date: str
    region: str
    service: str
    terminator: str
    signed: frozenset[str]
    value: str
    timestamp: str


class _Received(SigV4Auth):
    """botocore's signer, applied to the headers that the caller has signed."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        """Return all headers; botocore leaves some out of a request that it sends."""
        return request.headers


def verify(request: Request, service: str, now: datetime | None = None) -> None:
    """Raise `SignatureError` unless the administrator signed a request for `service`.

    The request's time is compared with `now`; None means this machine's clock.
    """
    signature = _read(request)
    if signature.key != ACCESS_KEY_ID or request.header("x-amz-security-token"):
        raise SignatureError(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )
    _check_scope(signature, service)
    _check_time(signature, now or datetime.now(UTC))
    if not hmac.compare_digest(_expected(request, signature), signature.value.encode()):
        raise _invalid(
            "The request signature we calculated does not match the signature you"
            " provided. Check your AWS Secret Access Key and signing method."
        )


def _read(request: Request) -> _Signature:
    given = request.header("authorization")
    if not given:
        raise SignatureError(
            "MissingAuthenticationTokenException", "Missing Authentication Token"
        )
    algorithm, _, rest = given.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    scope = parts.get("Credential", "").split("/")
    signed = frozenset(parts.get("SignedHeaders", "").split(";"))
    timestamp = request.header("x-amz-date")
    if algorithm != ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    for name in ("Credential", "SignedHeaders", "Signature"):
        if name not in parts:
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    if len(scope) != 5:
        raise _incomplete("Credential must have exactly 5 slash-delimited elements.")
    if "host" not in signed:
        raise _incomplete("'Host' must be a 'SignedHeader' in the Authorization.")
    if timestamp is None:
        raise _incomplete("Authorization header requires existence of 'X-Amz-Date'.")
    key, date, region, service, end = scope
    value = parts["Signature"]
    return _Signature(key, date, region, service, end, signed, value, timestamp)


def _check_scope(signature: _Signature, service: str) -> None:
    if signature.date != signature.timestamp[:8]:
        raise _invalid("Date in Credential scope does not match that of X-Amz-Date.")
    if signature.region != REGION:
        raise _invalid(f"Credential should be scoped to a valid region: '{REGION}'.")
    if signature.service != service:
        raise _invalid(f"Credential should be scoped to correct service: '{service}'.")
    if signature.terminator != "aws4_request":
        raise _invalid("Credential should be scoped with a valid terminator.")


def _check_time(signature: _Signature, now: datetime) -> None:
    try:
        at = datetime.strptime(signature.timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise _incomplete("X-Amz-Date must be of the form 20260131T235959Z.") from error
    if abs(at - now) > SKEW:
        fault = "expired" if at < now else "not yet current"
        raise _invalid(
            f"Signature {fault}: {signature.timestamp} is more than"
            f" {SKEW.seconds // 60} min. from {now.strftime(SIGV4_TIMESTAMP)}"
        )


def _expected(request: Request, signature: _Signature) -> bytes:
    """Return the signature of the request with the administrator's secret key."""
    digest = hashlib.sha256(request.body).hexdigest()
    said = request.header("x-amz-content-sha256")
    if said not in {None, digest} or not request.target.startswith("/"):
        return b""
    received = AWSRequest(
        method=request.method,
        # The signer uses the URL's path and query. The scheme http makes it sign the
        # body.
        url=f"http://localhost{request.target}",
        data=request.body,
    )
    for name, value in request.headers:
        if name in signature.signed:
            received.headers[name] = value
    received.context["timestamp"] = signature.timestamp
    signer = _Received(
        Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), signature.service, REGION
    )
    canonical = signer.canonical_request(received)
    text = signer.string_to_sign(received, canonical)
    return str(signer.signature(text, received)).encode()


def _incomplete(message: str) -> SignatureError:
    return SignatureError("IncompleteSignatureException", message)


def _invalid(message: str) -> SignatureError:
    return SignatureError("InvalidSignatureException", message)
