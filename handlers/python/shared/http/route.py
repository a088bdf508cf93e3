"""A route: the checks that run, in order, before an operation is called."""

import hashlib
import re
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from schemas import IDEMPOTENCY_KEY as KEY_SCHEMA
from shared.clock import Clock
from shared.errors import MalformedRequest, NotFound, UnsupportedMediaType
from shared.etags import EntityTags, read_entity_tags
from shared.http.media_type import NO_BODY, MediaTypes, is_supported
from shared.http.query import NO_PARAMETERS, Parameters, Query, read_query
from shared.http.request import Request
from shared.http.response import Response
from shared.idempotency import IdempotencyKey
from shared.ids import is_ulid
from shared.json_reader import JsonValue, read_json
from shared.validation import Model, read_body

# The names of headers that a route reads.
Headers: TypeAlias = tuple[str, ...]
NO_HEADERS: Headers = ()
IF_MATCH: Headers = ("if-match",)
IF_NONE_MATCH: Headers = ("if-none-match",)
IDEMPOTENCY_KEY: Headers = ("idempotency-key",)

# The pattern excludes the comma, with which a gateway joins two headers of one name.
_KEY_PATTERN = re.compile(KEY_SCHEMA["pattern"])


class Call(NamedTuple):
    """A request that passed every check that needs neither a model nor a store."""

    record_id: str
    value: JsonValue
    query: Query
    if_match: EntityTags | None
    if_none_match: EntityTags | None
    idempotency: IdempotencyKey | None
    clock: Clock

    def body(self, model: type[Model]) -> Model:
        """Return the body as a `model`; raises `ValidationFailed`."""
        return read_body(model, self.value, self.clock.now)


Stores = TypeVar("Stores")


class Route(Generic[Stores]):
    """One operation: its name in the contract, its function, and what it reads.

    Without `media_types` it reads no body; it reads each of `headers`.
    """

    def __init__(
        self,
        operation: str,
        respond: Callable[[Stores, Call], Response],
        media_types: MediaTypes = NO_BODY,
        headers: Headers = NO_HEADERS,
        parameters: Parameters = NO_PARAMETERS,
    ) -> None:
        self.operation = operation
        self.respond = respond
        self._media_types = media_types
        self._headers = headers
        self._parameters = parameters

    def call(self, request: Request, id_name: str, clock: Clock) -> Call:
        """Return the call for `request`; the checks run in the contract's order."""
        record_id = self._record_id(request, id_name)
        data = self._body_bytes(request)
        return Call(
            record_id=record_id,
            value=read_json(data) if self._media_types else None,
            if_match=self._entity_tags(request, "if-match"),
            if_none_match=self._entity_tags(request, "if-none-match"),
            idempotency=self._idempotency(request, data),
            query=read_query(request.query, self._parameters),
            clock=clock,
        )

    def _record_id(self, request: Request, id_name: str) -> str:
        """Return the id in the path, or "" if the route has none."""
        if f"{{{id_name}}}" not in request.route:
            return ""
        record_id = request.path.get(id_name, "")
        if not is_ulid(record_id):
            raise NotFound
        return record_id

    def _body_bytes(self, request: Request) -> bytes:
        if not self._media_types:
            return b""
        if not is_supported(request.header("content-type"), self._media_types):
            raise UnsupportedMediaType
        return request.bounded_bytes()

    def _header(self, request: Request, name: str) -> str | None:
        return request.header(name) if name in self._headers else None

    def _entity_tags(self, request: Request, name: str) -> EntityTags | None:
        value = self._header(request, name)
        return None if value is None else read_entity_tags(value)

    def _idempotency(self, request: Request, data: bytes) -> IdempotencyKey | None:
        key = self._header(request, "idempotency-key")
        if key is None:
            return None
        if _KEY_PATTERN.fullmatch(key) is None:
            raise MalformedRequest
        return IdempotencyKey(key, hashlib.sha256(data).hexdigest())
