"""Who may reach a listener: names of this machine, programs, and allowed pages."""

from __future__ import annotations

import pytest

from local.emulator.access import Access, Refusal, loopback_origins

OWN = "127.0.0.1:4566"
BRIDGE = "172.17.0.1"
HOSTS = ("localhost", "127.0.0.1", "[::1]", ".localhost", BRIDGE)
PAGE = "http://localhost:5173"
AWS = Access(4566, HOSTS, frozenset({PAGE, "http://127.0.0.1:3000"}))
FRONT = Access(3000)

OWN_HOSTS = [
    "localhost:4566",
    "LocalHost:4566",
    "127.0.0.1:4566",
    "[::1]:4566",
    "172.17.0.1:4566",
    # SDKs put bucket and API there.
    "bucket.localhost:4566",
    "my.bucket.localhost:4566",
    "bucket.s3.us-east-1.localhost:4566",
]
OTHER_HOSTS = [
    "",
    "evil.example:4566",
    "127.0.0.1.evil.example:4566",
    "localhost.evil.example:4566",
    "evillocalhost:4566",
    "172.17.0.2:4566",
    # Browsers and SDKs write an address in one way.
    "localhost.:4566",
    ".localhost:4566",
    "a..localhost:4566",
    "127.1:4566",
    "0x7f.0.0.1:4566",
    "2130706433:4566",
    "0.0.0.0:4566",
    "[::]:4566",
    "[::ffff:127.0.0.1]:4566",
    "::1:4566",
    "a@localhost:4566",
    "localhost:4566@evil.example",
    "localhost:4566/",
    "localhost:4566, localhost:4566",
    # Another port, or 80, which is left out.
    "localhost",
    "localhost:",
    "localhost:80",
    "localhost:4567",
    "localhost:45660",
]


def refused(access: Access, *headers: tuple[str, str], target: str = "/") -> int | None:
    refusal = access.refusal(target, headers)
    return refusal.status if refusal else None


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_names_of_this_machine_are_accepted(host: str) -> None:
    assert refused(AWS, ("host", host)) is None


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_any_other_name_is_misdirected(host: str) -> None:
    assert refused(AWS, ("host", host)) == 421


def test_request_that_names_no_host_is_misdirected() -> None:
    assert refused(AWS) == 421


def test_every_host_must_be_this_machine() -> None:
    assert refused(AWS, ("host", OWN), ("host", "evil.example:4566")) == 421
    assert refused(AWS, ("host", "evil.example:4566"), ("host", OWN)) == 421


def test_port_80_is_left_out() -> None:
    assert refused(Access(80), ("host", "localhost")) is None
    assert refused(Access(80), ("host", "localhost:80")) is None
    assert loopback_origins([80]) == ("http://127.0.0.1", "http://localhost")


def test_names_below_localhost_are_the_aws_endpoints_alone() -> None:
    assert refused(FRONT, ("host", "bucket.localhost:3000")) == 421


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://localhost:4566/a", None),
        ("http://evil.example:4566/a", 421),
        ("http://evil.example:4566?http://localhost:4566", 421),
        ("http://localhost:4566@evil.example/", 421),
        ("//evil.example:4566/a", None),
        ("/http://evil.example/", None),
        ("*", None),
    ],
)
def test_host_of_an_absolute_target_counts_too(target: str, status: int | None) -> None:
    assert refused(AWS, ("host", OWN), target=target) == status


def test_refusal_says_which_hosts_are_accepted() -> None:
    assert AWS.refusal("/", [("host", "x")]) == Refusal(
        421,
        "Host must be localhost, 127.0.0.1, [::1], any name below localhost,"
        " 172.17.0.1, each with port 4566",
    )


def test_refusal_says_which_pages_are_let_in_and_how_to_add_one() -> None:
    refusal = AWS.refusal("/", [("host", OWN), ("origin", "https://a.example")])

    assert refusal == Refusal(
        403,
        "Only pages of http://127.0.0.1:3000, http://localhost:5173 may send this;"
        " CORS_ORIGINS=<origin>, given to make, adds others",
    )


# Headers that identify a page, and whether that page may call the AWS endpoint.
CALLERS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"origin": PAGE}, True),
    ({"origin": PAGE.upper()}, True),
    ({"origin": PAGE, "sec-fetch-site": "cross-site"}, True),
    ({"origin": "https://evil.example"}, False),
    ({"origin": "null"}, False),
    ({"origin": ""}, False),
    ({"origin": "http://localhost:5173.evil.example"}, False),
    ({"origin": "https://localhost:5173"}, False),
    ({"origin": "http://localhost:51730"}, False),
    # Not even the endpoint's own: an object in a bucket may be anybody's page.
    ({"origin": f"http://{OWN}"}, False),
    ({"origin": "https://evil.example", "sec-fetch-site": "none"}, False),
    ({"origin": "https://evil.example", "referer": f"{PAGE}/"}, False),
    # A simple GET: it has no Origin.
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "same-origin"}, False),
    ({"sec-fetch-site": "none"}, True),
    ({"sec-fetch-site": "cross-site", "referer": f"{PAGE}/"}, True),
    ({"sec-fetch-site": "same-site", "referer": f"{PAGE}/a?b"}, True),
    ({"sec-fetch-site": "cross-site", "referer": "https://evil.example/"}, False),
    ({"sec-fetch-site": "cross-site", "referer": f"{PAGE}.evil.example/"}, False),
    ({"sec-fetch-site": "cross-site", "referer": f"{PAGE}@evil.example/"}, False),
    # A browser without Sec-Fetch-Site.
    ({"referer": "https://evil.example/"}, False),
    ({"referer": "http://["}, False),
    ({"referer": f"{PAGE}/"}, True),
]


@pytest.mark.parametrize(("headers", "admitted"), CALLERS, ids=str)
def test_pages_let_in_and_programs_call(
    headers: dict[str, str], *, admitted: bool
) -> None:
    status = refused(AWS, ("host", OWN), *headers.items())

    assert status == (None if admitted else 403)


def test_every_origin_counts() -> None:
    evil = ("origin", "https://evil.example")

    assert refused(AWS, ("host", OWN), ("origin", PAGE), evil) == 403


def test_page_of_its_own_may_call_where_that_is_let_in() -> None:
    own = Access(3000, origins=frozenset(loopback_origins([3000])))
    headers = ("host", "localhost:3000"), ("sec-fetch-site", "same-origin")

    assert refused(own, *headers) is None


def test_front_leaves_pages_to_cors() -> None:
    evil = ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")

    assert refused(FRONT, ("host", "localhost:3000"), *evil) is None
