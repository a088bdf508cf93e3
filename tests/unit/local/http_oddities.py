"""Malformed and unusual requests, each with the clause that decides its response.

Each request is followed by a good one, LAST, on the same connection. LAST is answered
if the connection continues and both sides agree where the first request ends. A
smuggled request would appear as a response between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.local.http_client import MAX_BODY, MAX_HEAD

REFUSED = ["400 refused"]
TOO_LARGE = ["431 refused"]
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
THEN_LAST = "200 GET /last 0"
GOT = ["200 GET / 0", THEN_LAST]


@dataclass(frozen=True)
class Odd:
    """The bytes to send, the expected responses, and the RFC clause that requires them.

    `then` is sent separately, after the server has read the first bytes.
    """

    name: str
    clause: str
    sent: bytes
    answers: list[str]
    then: bytes = b""


def get(*fields: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    """Return a request without a body."""
    return b"\r\n".join([line, b"Host: x", *fields, b"", b""])


def post(*fields: bytes, body: bytes = b"abc") -> bytes:
    """Return a POST; `fields` include its framing."""
    return get(*fields, line=b"POST / HTTP/1.1") + body


def hosted(host: bytes) -> bytes:
    """Return a request with this Host header."""
    return b"GET / HTTP/1.1\r\nHost:" + host + b"\r\n\r\n"


def chunked(body: bytes) -> bytes:
    return post(b"Transfer-Encoding: chunked", body=body)


def posted(size: int) -> list[str]:
    return [f"200 POST / {size}", THEN_LAST]


REQUEST_LINES = [
    Odd("octet-above-ascii", "9112 3.2", get(line=b"GET /\xe9 HTTP/1.1"), REFUSED),
    Odd("space-in-target", "9112 3.2", get(line=b"GET /a b HTTP/1.1"), REFUSED),
    Odd("nul-in-target", "9112 3.2", get(line=b"GET /\x00 HTTP/1.1"), REFUSED),
    Odd("delete-in-target", "9112 3.2", get(line=b"GET /\x7f HTTP/1.1"), REFUSED),
    Odd("bare-cr-in-target", "9112 2.2", get(line=b"GET /\r HTTP/1.1"), REFUSED),
    Odd("two-spaces", "9112 3", get(line=b"GET  / HTTP/1.1"), REFUSED),
    Odd("no-target", "9112 3", get(line=b"GET HTTP/1.1"), REFUSED),
    Odd("empty-lines-before", "9112 2.2", b"\r\n\r\n" + get(), GOT),
    Odd("empty-line-after-body", "9112 2.2", get() + b"\r\n", GOT),
    Odd("line-feed-alone", "9112 2.2", b"GET / HTTP/1.1\nHost: x\n\n", GOT),
    Odd("space-before-line", "9112 2.2", b" " + get(), REFUSED),
    Odd("http-0.9", "9112 3", b"GET /\r\n\r\n", REFUSED),
    Odd("http-0.9-named", "9110 2.5", get(line=b"GET / HTTP/0.9"), REFUSED),
    Odd("http-1.0", "9112 9.3", get(line=b"GET / HTTP/1.0"), GOT[:1]),
    Odd("http-1.2-is-1.1", "9110 2.5", get(line=b"GET / HTTP/1.2"), GOT),
    Odd("http-2.0", "9110 2.5", get(line=b"GET / HTTP/2.0"), REFUSED),
    Odd("http-1.10", "9112 2.3", get(line=b"GET / HTTP/1.10"), REFUSED),
    Odd("http-in-small", "9112 2.3", get(line=b"GET / http/1.1"), REFUSED),
    Odd("preface-of-http-2", "9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", REFUSED),
    Odd("hello-of-tls", "9112 3", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", REFUSED),
    Odd(
        "method-is-any-token",
        "9110 9.1",
        get(line=b"BREW / HTTP/1.1"),
        ["200 BREW / 0", THEN_LAST],
    ),
    Odd(
        "method-keeps-its-case",
        "9110 9.1",
        get(line=b"get / HTTP/1.1"),
        ["200 get / 0", THEN_LAST],
    ),
    Odd("method-is-no-token", "9110 9.1", get(line=b"G(T / HTTP/1.1"), REFUSED),
    Odd("connect", "9110 9.3.6", get(line=b"CONNECT a:80 HTTP/1.1"), REFUSED),
    Odd("authority-form", "9112 3.2.3", get(line=b"GET a:80 HTTP/1.1"), REFUSED),
    Odd("path-without-slash", "9112 3.2.1", get(line=b"GET a HTTP/1.1"), REFUSED),
    Odd("asterisk-with-get", "9112 3.2.4", get(line=b"GET * HTTP/1.1"), REFUSED),
    Odd(
        "asterisk-with-options",
        "9112 3.2.4",
        get(line=b"OPTIONS * HTTP/1.1"),
        ["200 OPTIONS * 0", THEN_LAST],
    ),
    Odd(
        "absolute-form",
        "9112 3.2.2",
        get(line=b"GET HTTP://x:80/a?b HTTP/1.1"),
        ["200 GET HTTP://x:80/a?b 0", THEN_LAST],
    ),
    Odd("absolute-of-ftp", "9112 3.2.2", get(line=b"GET ftp://x/ HTTP/1.1"), REFUSED),
    Odd("absolute-no-host", "9110 4.2.1", get(line=b"GET http:/// HTTP/1.1"), REFUSED),
    Odd("absolute-port", "9110 4.2.1", get(line=b"GET http://:80/ HTTP/1.1"), REFUSED),
    Odd("absolute-user", "9110 4.2.4", get(line=b"GET http://u@x/ HTTP/1.1"), REFUSED),
]

HOSTS = [
    Odd("none", "9112 3.2", b"GET / HTTP/1.1\r\n\r\n", REFUSED),
    Odd("none-in-1.0", "9112 3.2", b"GET / HTTP/1.0\r\n\r\n", GOT[:1]),
    Odd("none-in-1.2", "9112 3.2", b"GET / HTTP/1.2\r\n\r\n", REFUSED),
    Odd("two", "9112 3.2", get(b"Host: x"), REFUSED),
    Odd("two-in-1.0", "9112 3.2", get(b"Host: y", line=b"GET / HTTP/1.0"), REFUSED),
    Odd("empty", "9112 3.2", hosted(b""), GOT),
    Odd("space-within", "9112 3.2", hosted(b"a b"), REFUSED),
    Odd(
        "space-within-1.0", "9112 3.2", b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n", REFUSED
    ),
    Odd("spaces-around", "9110 5.5", hosted(b"  x:80 \t"), GOT),
    Odd("user", "9110 7.2", hosted(b"user@x"), REFUSED),
    Odd("list", "9112 3.2", hosted(b"x, y"), REFUSED),
    Odd("path", "9112 3.2", hosted(b"x/"), REFUSED),
    Odd("scheme", "9112 3.2", hosted(b"http://x"), REFUSED),
    Odd("query", "9112 3.2", hosted(b"x?y"), REFUSED),
    Odd("quote", "3986 3.2.2", hosted(b'"x"'), REFUSED),
    Odd("octet-above-ascii", "3986 3.2.2", hosted(b"\xe9"), REFUSED),
    Odd("escape", "3986 2.1", hosted(b"a%20b"), GOT),
    Odd("escape-cut-short", "3986 2.1", hosted(b"a%2"), REFUSED),
    Odd("port-empty", "3986 3.2.3", hosted(b"x:"), GOT),
    Odd("port-of-letters", "3986 3.2.3", hosted(b"x:80a"), REFUSED),
    Odd("port-twice", "3986 3.2.3", hosted(b"x:80:80"), REFUSED),
    Odd("ipv6", "3986 3.2.2", hosted(b"[::1]:80"), GOT),
    Odd("ipv6-without-brackets", "3986 3.2.2", hosted(b"::1"), REFUSED),
    Odd("ipv6-cut-short", "3986 3.2.2", hosted(b"[::1"), REFUSED),
    Odd("ipv6-too-many-groups", "3986 3.2.2", hosted(b"[1::2::3]"), REFUSED),
]

FIELDS = [
    Odd("space-before-colon", "9112 5.1", get(b"A : b"), REFUSED),
    Odd("space-in-name", "9110 5.1", get(b"a b: c"), REFUSED),
    Odd("no-colon", "9112 5", get(b"a"), REFUSED),
    Odd("no-name", "9110 5.1", get(b": a"), REFUSED),
    Odd("octet-above-ascii-in-name", "9110 5.1", get(b"\xff: a"), REFUSED),
    Odd("nul-in-value", "9110 5.5", get(b"a: b\x00c"), REFUSED),
    Odd("control-in-value", "9110 5.5", get(b"a: b\x01c"), REFUSED),
    Odd("delete-in-value", "9110 5.5", get(b"a: b\x7fc"), REFUSED),
    Odd("form-feed-in-value", "9110 5.5", get(b"a: b\x0cc"), REFUSED),
    Odd("bare-cr-in-value", "9112 2.2", get(b"a: b\rc"), REFUSED),
    Odd("bare-cr-at-end", "9112 2.2", get(b"a: b\r"), REFUSED),
    Odd("tab-and-obs-text-in-value", "9110 5.5", get(b"a:\tb\tc\xe9\t"), GOT),
    Odd("empty-value", "9110 5.5", get(b"a:"), GOT),
    Odd("fold-is-a-space", "9112 5.2", get(b"a: b\r\n c"), GOT),
    Odd("fold-of-host", "9112 5.2", hosted(b"a\r\n b"), REFUSED),
    Odd(
        "space-before-first", "9112 2.2", b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", REFUSED
    ),
    Odd("too-large", "6585 5", get(b"a: " + b"v" * MAX_HEAD), TOO_LARGE),
    Odd(
        "too-large-target",
        "6585 5",
        get(line=b"GET /" + b"p" * 495 + b" HTTP/1.1"),
        TOO_LARGE,
    ),
    Odd("endless", "6585 5", b"GET / HTTP/1.1\r\n" + b"a: " * MAX_HEAD * 2, TOO_LARGE),
]

FRAMING = [
    Odd("length", "9112 6.2", post(b"Content-Length: 3"), posted(3)),
    Odd("length-twice-equal", "9112 6.3", post(*[b"Content-Length: 3"] * 2), posted(3)),
    Odd("length-list-equal", "9112 6.3", post(b"Content-Length: 3, 3"), posted(3)),
    Odd("length-list-unequal", "9112 6.3", post(b"Content-Length: 3, 4"), REFUSED),
    Odd(
        "length-twice-unequal",
        "9112 6.3",
        post(b"Content-Length: 3", b"Content-Length: 4"),
        REFUSED,
    ),
    Odd("length-negative", "9110 8.6", post(b"Content-Length: -3"), REFUSED),
    Odd("length-with-plus", "9110 8.6", post(b"Content-Length: +3"), REFUSED),
    Odd("length-empty", "9110 8.6", post(b"Content-Length:"), REFUSED),
    Odd("length-hexadecimal", "9110 8.6", post(b"Content-Length: 0x3"), REFUSED),
    Odd("length-with-underscore", "9110 8.6", post(b"Content-Length: 1_0"), REFUSED),
    Odd("length-in-other-digits", "9110 8.6", post(b"Content-Length: \xb3"), REFUSED),
    Odd("length-with-spaces", "9110 5.5", post(b"Content-Length:  3 \t"), posted(3)),
    Odd("length-space-within", "9110 8.6", post(b"Content-Length: 3 3"), REFUSED),
    Odd(
        "length-past-counting",
        "9110 8.6",
        post(b"Content-Length: " + b"9" * 30),
        REFUSED,
    ),
    Odd("no-length", "9112 6.3", post(body=b""), posted(0)),
    Odd("chunks", "9112 7.1", chunked(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"), posted(3)),
    Odd(
        "chunk-extension",
        "9112 7.1.1",
        chunked(b"3;a=b\r\nabc\r\n0\r\n\r\n"),
        posted(3),
    ),
    Odd(
        "chunk-size-in-hex",
        "9112 7.1",
        chunked(b"A\r\n0123456789\r\n0\r\n\r\n"),
        posted(10),
    ),
    Odd("chunk-size-prefix", "9112 7.1", chunked(b"0x3\r\nabc\r\n0\r\n\r\n"), REFUSED),
    Odd("chunk-size-sign", "9112 7.1", chunked(b"-3\r\nabc\r\n0\r\n\r\n"), REFUSED),
    Odd("chunk-size-none", "9112 7.1", chunked(b"\r\nabc\r\n0\r\n\r\n"), REFUSED),
    Odd(
        "chunk-size-endless",
        "9112 7.1",
        chunked(b"0" * 30 + b"3\r\nabc\r\n0\r\n\r\n"),
        REFUSED,
    ),
    Odd("chunk-size-line-feed", "9112 7.1", chunked(b"3\nabc\r\n0\r\n\r\n"), REFUSED),
    Odd(
        "chunk-longer-than-said", "9112 7.1", chunked(b"2\r\nabc\r\n0\r\n\r\n"), REFUSED
    ),
    Odd("chunk-without-end", "9112 7.1", chunked(b"3\r\nabc0\r\n\r\n"), REFUSED),
    Odd(
        "chunked-in-capitals",
        "9112 7",
        post(b"Transfer-Encoding: CHUNKED", body=b"1\r\na\r\n0\r\n\r\n"),
        posted(1),
    ),
    Odd(
        "chunked-and-length",
        "9112 6.1",
        post(b"Transfer-Encoding: chunked", b"Content-Length: 3", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "length-and-chunked",
        "9112 6.1",
        post(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd("gzip", "9112 6.3", post(b"Transfer-Encoding: gzip"), REFUSED),
    Odd("identity", "9112 7", post(b"Transfer-Encoding: identity"), REFUSED),
    Odd("empty-coding", "9112 6.1", post(b"Transfer-Encoding:"), REFUSED),
    Odd(
        "gzip-then-chunked",
        "9112 6.1",
        post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "chunked-then-gzip",
        "9112 6.3",
        post(b"Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "chunked-twice",
        "9112 6.1",
        post(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "chunked-in-two-fields",
        "9112 6.1",
        post(*[b"Transfer-Encoding: chunked"] * 2, body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "gzip-in-a-field-before",
        "9112 6.1",
        post(
            b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"
        ),
        REFUSED,
    ),
    Odd(
        "chunked-with-vertical-tab",
        "9112 6.1",
        post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"),
        REFUSED,
    ),
    Odd(
        "chunked-in-1.0",
        "9112 6.1",
        get(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.0") + b"0\r\n\r\n",
        REFUSED,
    ),
    Odd(
        "request-in-a-body",
        "9112 6.3",
        post(b"Content-Length: %d" % len(LAST), body=LAST),
        posted(len(LAST)),
    ),
    Odd(
        "body-over-the-limit",
        "9110 15.5.14",
        post(b"Content-Length: 1001", body=b"x" * 1001),
        ["413 refused", THEN_LAST],
    ),
    Odd(
        "chunks-over-the-limit",
        "9110 15.5.14",
        chunked(b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n"),
        ["413 refused", THEN_LAST],
    ),
    Odd(
        "body-at-the-limit",
        "9110 15.5.14",
        post(b"Content-Length: 1000", body=b"x" * MAX_BODY),
        posted(MAX_BODY),
    ),
]

TRAILERS = [
    Odd("any", "9110 6.5.1", chunked(b"0\r\nContent-Type: a/b\r\n\r\n"), posted(0)),
    Odd("host", "9110 6.5.1", chunked(b"0\r\nHost: y\r\n\r\n"), posted(0)),
    Odd("malformed", "9112 7.1.2", chunked(b"0\r\na b: c\r\n\r\n"), REFUSED),
]

PERSISTENCE = [
    Odd("close", "9112 9.6", get(b"Connection: close"), GOT[:1]),
    Odd("close-in-capitals", "9110 7.6.1", get(b"Connection: CLOSE"), GOT[:1]),
    Odd("close-in-a-list", "9110 7.6.1", get(b"Connection: a ,close"), GOT[:1]),
    Odd(
        "close-in-a-second-field",
        "9110 7.6.1",
        get(b"Connection: keep-alive", b"Connection: close"),
        GOT[:1],
    ),
    Odd("closed-is-not-close", "9110 7.6.1", get(b"Connection: closed"), GOT),
    Odd(
        "kept-in-1.0",
        "9112 9.3",
        get(b"Connection: keep-alive", line=b"GET / HTTP/1.0"),
        GOT[:1],
    ),
    Odd(
        "upgrade",
        "9110 7.8",
        post(b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: 3"),
        posted(3),
    ),
    Odd(
        "upgrade-and-close",
        "9112 9.6",
        get(b"Connection: Upgrade, close", b"Upgrade: websocket"),
        GOT[:1],
    ),
    Odd("pipelined", "9112 9.3.2", get() * 20, [*GOT[:1] * 20, THEN_LAST]),
    Odd(
        "pipelined-past-a-refusal",
        "9112 9.6",
        get() + hosted(b"a b") + get(),
        [*GOT[:1], *REFUSED],
    ),
    Odd(
        "pipelined-past-a-close",
        "9112 9.6",
        get(b"Connection: close") + b"\x00",
        GOT[:1],
    ),
]

HEAD = [
    Odd("answered", "9110 9.3.2", get(line=b"HEAD / HTTP/1.1"), ["200 ", THEN_LAST]),
    Odd("refused", "9110 9.3.2", get(b"a b: c", line=b"HEAD / HTTP/1.1"), ["400 "]),
    Odd("host", "9110 9.3.2", b"HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n", ["400 "]),
    Odd("no-host", "9110 9.3.2", b"HEAD / HTTP/1.1\r\n\r\n", ["400 "]),
    Odd(
        "head-too-large",
        "9110 9.3.2",
        get(b"a: " + b"v" * MAX_HEAD, line=b"HEAD / HTTP/1.1"),
        ["431 "],
    ),
    Odd(
        "body-too-large",
        "9110 9.3.2",
        get(b"Content-Length: 1001", line=b"HEAD / HTTP/1.1") + b"x" * 1001,
        ["413 ", THEN_LAST],
    ),
    Odd("after-empty-lines", "9110 9.3.2", b"\r\nHEAD / HTTP/1.1\r\n\r\n", ["400 "]),
    Odd("longer-name", "9110 9.1", b"HEADS / HTTP/1.1\r\n\r\n", REFUSED),
]


def waiting(
    *fields: bytes, expect: bytes = b"100-continue", version: bytes = b"1.1"
) -> bytes:
    """Return the head of a POST whose client waits for 100 before it sends the body."""
    line = b"POST / HTTP/" + version
    return get(b"Expect: " + expect, *fields, line=line)


LENGTH = b"Content-Length: 3"
MET = ["100 ", *posted(3)]

EXPECT = [
    Odd("met", "9110 10.1.1", waiting(LENGTH), MET, b"abc"),
    Odd(
        "capitals", "9110 10.1.1", waiting(LENGTH, expect=b"100-Continue"), MET, b"abc"
    ),
    Odd("list", "9110 10.1.1", waiting(LENGTH, expect=b"a, 100-continue"), MET, b"abc"),
    Odd("other", "9110 10.1.1", waiting(LENGTH, expect=b"a"), posted(3), b"abc"),
    Odd(
        "chunks",
        "9110 10.1.1",
        waiting(b"Transfer-Encoding: chunked"),
        MET,
        b"3\r\nabc\r\n0\r\n\r\n",
    ),
    Odd(
        "http-1.0",
        "9110 10.1.1",
        waiting(LENGTH, version=b"1.0"),
        posted(3)[:1],
        b"abc",
    ),
    Odd("no-body", "9110 10.1.1", waiting(), posted(0)),
    Odd("body-came", "9110 10.1.1", waiting(LENGTH) + b"abc", posted(3)),
    Odd("part-came", "9110 10.1.1", waiting(LENGTH) + b"a", posted(3), b"bc"),
    Odd("refused", "9110 10.1.1", waiting(LENGTH, b"a b: c"), REFUSED, b"abc"),
    Odd("bad-host", "9110 10.1.1", waiting(LENGTH, b"Host: y"), REFUSED, b"abc"),
    Odd("too-large", "9110 10.1.1", waiting(b"Content-Length: 1001"), ["413 refused"]),
]

TABLES = {
    "request-line": REQUEST_LINES,
    "host": HOSTS,
    "field": FIELDS,
    "framing": FRAMING,
    "trailer": TRAILERS,
    "persistence": PERSISTENCE,
    "head": HEAD,
}
