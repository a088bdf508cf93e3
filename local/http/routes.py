"""Which deployed route a request takes, as API Gateway chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote


class UnknownRouteError(ValueError):
    """A route key of a kind the local front does not serve."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the API; `segments` of its path, parameters still in braces."""

    key: str
    method: str
    segments: tuple[str, ...]
    function: str

    @classmethod
    def of(cls, key: str, function: str) -> Route:
        """Read a route key (`GET /users/{userId}`); `UnknownRouteError` on others.

        `$default`, `ANY` and `{proxy+}` are refused: the template has none, and a
        front that guessed what they match would be wrong in silence.
        """
        method, _, path = key.partition(" ")
        if not path.startswith("/") or method == "ANY" or "+}" in path:
            raise UnknownRouteError(key)
        return cls(key, method, tuple(path[1:].split("/")), function)

    def match(self, method: str, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return the path parameters where this route takes the request, else None.

        A parameter takes one segment, and not an empty one.
        """
        if method != self.method or len(segments) != len(self.segments):
            return None
        parameters = {}
        for mine, theirs in zip(self.segments, segments, strict=True):
            if not mine.startswith("{"):
                if mine != theirs:
                    return None
            elif theirs:
                parameters[mine[1:-1]] = theirs
            else:
                return None
        return parameters


@dataclass(frozen=True, slots=True)
class Match:
    """The route a request takes, and its decoded path parameters."""

    route: Route
    parameters: Mapping[str, str]


class Routes:
    """All routes of an API; literal segments win over parameters."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        found = [Route.of(key, function) for key, function in routes.items()]
        self._routes = sorted(found, key=lambda route: route.key.count("{"))

    def find(self, method: str, path: str) -> Match | None:
        """Return the route a request takes.

        Segments are parted before they are decoded, so that `%2F` parts none. Escapes
        that do not decode stay as they are, bytes that are not UTF-8 become U+FFFD.
        """
        segments = tuple(unquote(segment) for segment in path[1:].split("/"))
        for route in self._routes:
            parameters = route.match(method, segments)
            if parameters is not None:
                return Match(route, parameters)
        return None
