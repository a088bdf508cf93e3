"""The headers that browsers send for pages, captured from Chromium and Firefox.

A page chooses method, target, body and some headers. The browser sets Host, Origin,
Referer and all Sec-Fetch headers.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass

ANSWER_SECONDS = 40
EVIL = "https://evil.example"

CHROME = {
    "Connection": "keep-alive",
    "sec-ch-ua-platform": '"Linux"',
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
    " (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    "sec-ch-ua-mobile": "?0",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-US,en;q=0.9",
}
FIREFOX = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101"
    " Firefox/145.0",
    "Accept": "*/*",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Connection": "keep-alive",
    "Priority": "u=4",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
}
BROWSERS = {"chrome": CHROME, "firefox": FIREFOX}


@dataclass(frozen=True)
class Page:
    """A page: what its browser sends about it to a port of the loopback.

    `origin` is its Origin, `site` its Sec-Fetch-Site; None if the browser
    sends none (it is old or distrusts the address). `host` is set for a page
    whose own name resolves to the loopback, so that all its requests are same-origin.
    """

    origin: str
    site: str | None
    referer: str | None = None
    host: str | None = None


def pages(port: int) -> dict[str, Page]:
    """Return every kind of page that the stack does not allow."""
    rebound, local = f"http://evil.example:{port}", "http://127.0.0.1:5999"
    named = {"referer": f"{rebound}/", "host": f"evil.example:{port}"}
    return {
        "foreign": Page(EVIL, "cross-site", f"{EVIL}/"),
        "foreign, without a referrer": Page(EVIL, "cross-site"),
        "of another local server": Page(local, "same-site", f"{local}/"),
        "of another local server, without a referrer": Page(local, "same-site"),
        "sandboxed, or a file": Page("null", "cross-site"),
        "rebound": Page(rebound, None, **named),
        "rebound, by a browser that trusts it": Page(rebound, "same-origin", **named),
        "in an old browser": Page(EVIL, None, f"{EVIL}/"),
        "in an old browser, without a referrer": Page(EVIL, None),
    }


@dataclass(frozen=True)
class Ask:
    """A request of a page.

    `dest` and `mode` are those of fetch (`image`, `document`, `empty`).
    """

    method: str
    target: str
    mode: str = "no-cors"
    dest: str = "empty"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def image(target: str) -> Ask:
    """Return the request of `<img src>`."""
    return Ask("GET", target, dest="image")


def post(target: str, body: bytes = b"") -> Ask:
    """Return a POST without a preflight."""
    kind = ("Content-Type", "text/plain;charset=UTF-8")
    return Ask("POST", target, headers=(kind,), body=body)


def form(target: str, body: bytes = b"") -> Ask:
    """Return the request of a form."""
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    return Ask("POST", target, "navigate", "document", (kind,), body)


def preflight(method: str, target: str, headers: str) -> Ask:
    """Return the preflight of a request that is not simple."""
    asked = ("Access-Control-Request-Method", method)
    return Ask(
        *("OPTIONS", target, "cors"),
        headers=(asked, ("Access-Control-Request-Headers", headers)),
    )


def fetch(
    method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Ask:
    """Return the request of `fetch`, after its preflight if there is one."""
    return Ask(
        method, target, "cors", headers=tuple((headers or {}).items()), body=body
    )


@dataclass(frozen=True)
class Answer:
    """A response; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def readable_by(self) -> str | None:
        """The origin whose pages may read it, or an asterisk."""
        return self.headers.get("access-control-allow-origin")


def send(port: int, ask: Ask, page: Page, browser: dict[str, str]) -> Answer:
    """Send a page's request to a port of the loopback, like its browser."""
    headers = browser | dict(ask.headers)
    headers["Host"] = page.host or dict(ask.headers).get("Host", f"127.0.0.1:{port}")
    # A simple GET, and one to the page's own origin, has no Origin.
    own = page.host is not None
    if ask.method != "GET" or (ask.mode == "cors" and not own):
        headers["Origin"] = page.origin
    if page.referer:
        headers["Referer"] = page.referer
    if page.site:
        headers["Sec-Fetch-Site"] = page.site
        headers["Sec-Fetch-Mode"] = ask.mode
        headers["Sec-Fetch-Dest"] = ask.dest
    return exchange(port, ask.method, ask.target, headers, ask.body)


def exchange(
    port: int, method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> Answer:
    """Send exactly these headers, and the length of the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or method in {"POST", "PUT"}:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, received, answer.read())
    finally:
        connection.close()
