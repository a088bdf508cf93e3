"""Decides which requests a listener of the local stack answers: none of foreign pages.

A page in the developer's browser can send requests to every port of this machine, also
under a name of its own that its DNS server points here (DNS rebinding). The browser
identifies the page in each of them, in headers that no page can set: Host, Origin,
Sec-Fetch-Site and Referer. A program of this machine sends the right Host and none of
the others.

Sources: RFC 9110 7.4 (421), RFC 6454 7 (Origin), W3C "Fetch Metadata Request Headers".
Only the standard library is imported: the emulator's environment has no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
# The origins of the stack's pages have one of these hosts; nothing listens on [::1].
PAGE_HOSTS = ("127.0.0.1", "localhost")
HTTP_PORT = 80
# With the token of this run in this header, every path of the emulator is allowed.
TOKEN_HEADER = "x-emulator-token"  # noqa: S105 - a name
# No user information, no trailing dot, no other notation of an address: browsers and
# SDKs send one form only.
AUTHORITY = re.compile(
    r"(\[::1\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::([0-9]{1,5}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered: a status and one line for the developer."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who may reach one listener.

    `port` is the listener's. `hosts` are its names and addresses; one that begins with
    a dot allows every name below it. `origins` are those of the pages that may call;
    None if any page may, and only CORS decides which responses it can read.
    """

    port: int
    hosts: tuple[str, ...] = LOOPBACK_HOSTS
    origins: frozenset[str] | None = None

    def refusal(
        self, target: str, headers: Iterable[tuple[str, str]]
    ) -> Refusal | None:
        """Return why a request is refused, or None.

        `target` is that of the request line as sent; names of headers are in lower
        case.
        """
        found: dict[str, list[str]] = {}
        for name, value in headers:
            found.setdefault(name, []).append(value.strip().lower())
        hosts = [*found.get("host", ()), *_authority_of(target)]
        if not hosts or not all(map(self._is_own, hosts)):
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, self._accepted_hosts())
        if self.origins is not None and not _callers(found, hosts[0]) <= self.origins:
            return Refusal(HTTPStatus.FORBIDDEN, self._accepted_pages())
        return None

    def _is_own(self, authority: str) -> bool:
        match = AUTHORITY.fullmatch(authority)
        if match is None or int(match[2] or HTTP_PORT) != self.port:
            return False
        return match[1] in self.hosts or match[1].endswith(self._domains())

    def _domains(self) -> tuple[str, ...]:
        return tuple(host for host in self.hosts if host.startswith("."))

    def _accepted_hosts(self) -> str:
        names = [
            f"any name below {host[1:]}" if host.startswith(".") else host
            for host in self.hosts
        ]
        return f"Host must be {', '.join(names)}, each with port {self.port}"

    def _accepted_pages(self) -> str:
        if not self.origins:
            return "No page may send this"
        return (
            f"Only pages of {', '.join(sorted(self.origins))} may send this;"
            " CORS_ORIGINS=<origin>, given to make, adds others"
        )


def loopback_origins(ports: Iterable[int]) -> tuple[str, ...]:
    """Return the origins of the pages that these ports of the loopback serve."""
    return tuple(
        f"http://{host}" + (f":{port}" if port != HTTP_PORT else "")
        for port in ports
        for host in PAGE_HOSTS
    )


def _authority_of(target: str) -> Sequence[str]:
    """Return the host in a target of absolute form, which is checked as Host is."""
    _, separator, rest = target.partition("://")
    if target.startswith(("/", "*")) or not separator:
        return ()
    return (re.split("[/?#]", rest, maxsplit=1)[0].lower(),)


def _callers(found: dict[str, list[str]], host: str) -> set[str]:
    """Return the origins of the pages that sent a request; none if no page did.

    A simple GET has no Origin. Its page is then in Referer, unless that page withholds
    it; then only Sec-Fetch-Site shows that a page sent the request. Its value is `none`
    if a user typed the address.
    """
    if origins := found.get("origin"):
        return set(origins)
    if referers := found.get("referer"):
        return set(map(_origin_of, referers))
    sites = set(found.get("sec-fetch-site", ())) - {"none"}
    return {f"http://{host}" if site == "same-origin" else site for site in sites}


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}"
