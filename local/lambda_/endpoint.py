"""The Lambda endpoint: Invoke and FilterLogEvents, for requests signed as on AWS."""

from __future__ import annotations

from http import HTTPStatus

from local.emulator.access import Access
from local.http.messages import Request, Response
from local.lambda_ import logs_api
from local.lambda_.invoke_api import InvokeApi, InvokeError
from local.lambda_.logs_api import LogsApi, LogsError
from local.lambda_.signatures import SignatureError, verify

CODES = {
    HTTPStatus.FORBIDDEN: "AccessDeniedException",
    HTTPStatus.MISDIRECTED_REQUEST: "MisdirectedRequestException",
}


class LambdaEndpoint:
    """Passes a request to the API that it is signed for."""

    def __init__(self, access: Access, functions: InvokeApi, logs: LogsApi) -> None:
        self._access = access
        self._functions = functions
        self._logs = logs

    async def answer(self, request: Request) -> Response:
        """Answer one request: 421 or 403 to a page, AWS's error to a bad signature."""
        to_logs = request.header(logs_api.TARGET) is not None
        if refusal := self._access.refusal(request.target, request.headers):
            code = CODES[HTTPStatus(refusal.status)]
            return _refused(to_logs, refusal.status, code, refusal.reason)
        try:
            verify(request, "logs" if to_logs else "lambda")
        except SignatureError as error:
            # Source: "Common Errors" of Lambda. CloudWatch Logs always answers 400.
            status = HTTPStatus.BAD_REQUEST if to_logs else HTTPStatus.FORBIDDEN
            return _refused(to_logs, status, error.code, error.message)
        return await (self._logs if to_logs else self._functions).answer(request)


def _refused(to_logs: bool, status: int, code: str, message: str) -> Response:
    if to_logs:
        return LogsError(code, message).response(status)
    return InvokeError(status, code, message).response()
