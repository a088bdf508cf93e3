"""Chooses the deployed route of a request as API Gateway does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote


class UnknownRouteError(ValueError):
    """The local front does not support this kind of route key."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the API; `segments` of its path include parameters in braces."""

    key: str
    method: str
    segments: tuple[str, ...]
    function: str

    @classmethod
    def of(cls, key: str, function: str) -> Route:
        """Read a route key (`GET /users/{userId}`), or raise `UnknownRouteError`.

        `$default`, `ANY` and `{proxy+}` are refused. The template has none of them, and
        nobody would notice if the front matched them incorrectly.
        """
        method, _, path = key.partition(" ")
        if not path.startswith("/") or method == "ANY" or "+}" in path:
            raise UnknownRouteError(key)
        return cls(key, method, tuple(path[1:].split("/")), function)

    def match(self, method: str, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return the path parameters if the route matches the request, else None.

        A parameter matches one segment that is not empty.
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
    """The route of a request, and its decoded path parameters."""

    route: Route
    parameters: Mapping[str, str]


class Routes:
    """All routes of an API; literal segments take precedence over parameters."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        found = [Route.of(key, function) for key, function in routes.items()]
        self._routes = sorted(found, key=lambda route: route.key.count("{"))

    def find(self, method: str, path: str) -> Match | None:
        """Return the route of a request, or None.

        The path is split before its segments are decoded, so `%2F` splits no segment.
        Invalid escapes stay unchanged, and bytes that are not UTF-8 become U+FFFD.
        """
        segments = tuple(unquote(segment) for segment in path[1:].split("/"))
        for route in self._routes:
            parameters = route.match(method, segments)
            if parameters is not None:
                return Match(route, parameters)
        return None
