"""The kinds of volatile values of any service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from twinproof.contract.config import Config, RequestId
from twinproof.domain.kinds import Form, Kind, as_is, by_member, equal
from twinproof.domain.names import Names
from twinproof.domain.observation import Observation
from twinproof.values.ids import is_id, label_of
from twinproof.values.integers import is_integer

Fits = Callable[[Any, "Observation"], bool]


def tool_kinds(config: Config) -> dict[str, Kind]:
    """Return the tool's kinds by their names in volatile.yaml."""
    kinds = (
        Kind("anything", form=by_member),
        _identity(config),
        Kind("relative-time", form=relative_time),
        Kind("during", form=_alike("during the exchange", _is_during)),
        Kind("request-id", form=_request_id(config.request_id)),
        Kind("http-date", form=_alike("during the exchange", _is_date)),
        Kind("length-of-body", form=_alike("bytes of the body", _is_length)),
        Kind("duration", form=_alike("a duration", _is_duration)),
        Kind("cold-start", form=_cold_start),
        Kind("implementation", form=_alike("its own name", _is_own_name)),
        Kind("metrics-namespace", form=_alike("its own", _is_own_namespace)),
        Kind("own-text", form=_own_text),
        # Headers of the connection and of the gateway may have any value.
        Kind("of-the-gateway"),
    )
    return {kind.name: kind for kind in kinds}


def _alike(words: str, fits: Fits) -> Form:
    """Return a form that is equal for all values that pass."""

    def form(value: Any, seen: Observation, names: Names) -> Any:
        return (words,) if fits(value, seen) else as_is(value, seen, names)

    return form


def _identity(config: Config) -> Kind:
    """Return the kind of ids: new at creation, else the requested one.

    Ids are compared by name: the same record has the same name on both targets.
    """
    notations = config.notations
    header = config.idempotency.header if config.idempotency else ""

    def expected(value: Any, seen: Observation) -> str:
        if not is_id(value, notations):
            return label_of(notations)
        if seen.created:
            return ""
        if seen.exchange.created:
            repeats = bool(header) and seen.exchange.request.header(header) is not None
            return "" if repeats else "an id that was not there before"
        return equal(value, seen.requested_id) if seen.requested_id else ""

    def form(value: Any, seen: Observation, names: Names) -> Any:
        known = is_id(value, notations)
        return (names.name(value, seen.where),) if known else as_is(value, seen, names)

    return Kind("identity", expected, form)


@dataclass(frozen=True, eq=False)
class CaseTime:
    """A time of a case, absolute and relative to its start."""

    value_ms: int
    offset_ms: int

    def __eq__(self, other: object) -> bool:
        """Say whether two times can come from the same text of a case."""
        return isinstance(other, CaseTime) and (
            self.value_ms == other.value_ms or self.offset_ms == other.offset_ms
        )

    # Two times are equal by either value, so there is no hash.
    __hash__ = None  # type: ignore[assignment]


def relative_time(value: Any, seen: Observation, names: Names) -> Any:
    """Return a time that a client chose, with its offset from the start."""
    if not is_integer(value):
        return as_is(value, seen, names)
    return CaseTime(value, value - names.start_ms)


def _is_during(value: Any, seen: Observation) -> bool:
    return not seen.in_time(value)


def _is_date(value: Any, seen: Observation) -> bool:
    """Say whether a Date header (RFC 9110, section 6.6.1) is within the exchange."""
    try:
        at_ms = int(parsedate_to_datetime(value).timestamp() * 1000)
    except ValueError:
        return False
    # Whole seconds: the second in which the request was sent counts.
    low = seen.exchange.sent_ms - 1_000
    late = seen.in_time(max(at_ms, seen.exchange.sent_ms))
    return at_ms > low - seen.skew_ms and not late


def _request_id(names: RequestId | None) -> Form:
    """Return the form of the gateway's id of the request."""
    # The gateway's own header comes first: the service repeats it.
    headers = [each for each in (names.gateway, names.header) if each] if names else []

    def fits(value: Any, seen: Observation) -> bool:
        response = seen.exchange.response
        given = response.request_id or next(
            filter(None, map(response.header, headers)), None
        )
        return isinstance(value, str) and value == given

    return _alike("the request's id", fits)


def _is_length(value: Any, seen: Observation) -> bool:
    return str(value) == str(len(seen.exchange.response.body))


def _is_duration(value: Any, seen: Observation) -> bool:
    """Say whether a value is microseconds, at most those of the exchange."""
    return is_integer(value) and 0 <= value <= seen.exchange.duration_us


def _cold_start(value: Any, seen: Observation, names: Names) -> Any:
    """Return the form of whether it was a sandbox's first event."""
    fits = value in (0, 1)
    return ("whether cold", type(value)) if fits else as_is(value, seen, names)


def _is_own_name(value: Any, seen: Observation) -> bool:
    """Say whether it is the implementation's name; any, if that is unknown."""
    return isinstance(value, str) and value == (seen.exchange.implementation or value)


def _is_own_namespace(value: Any, seen: Observation) -> bool:
    """Say whether it is the stack's namespace; any, if that is unknown."""
    return isinstance(value, str) and value == (seen.exchange.namespace or value)


def _own_text(value: Any, seen: Observation, names: Names) -> Any:
    """Return the form of one or more texts in the implementation's own words."""
    texts = value if isinstance(value, list) else [value]
    fits = bool(texts) and all(isinstance(text, str) and text for text in texts)
    return ("own words", type(value)) if fits else as_is(value, seen, names)
