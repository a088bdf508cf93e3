"""`make start`: which pages may call, and what it says of an origin that is none."""

from __future__ import annotations

import re

import pytest

from local import start

OWN = [
    "http://127.0.0.1:4300",
    "http://localhost:4300",
    "http://127.0.0.1:4301",
    "http://localhost:4301",
]


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ("", []),
        ("http://localhost:5173", ["http://localhost:5173"]),
        (
            "http://localhost:5173,https://app.example.com",
            ["http://localhost:5173", "https://app.example.com"],
        ),
        (OWN[1], []),
    ],
)
def test_pages_of_the_stack_and_those_given_may_call(
    given: str, more: list[str]
) -> None:
    assert list(start.allowed_origins(4300, given)) == OWN + more


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "localhost:5173",
        "http://localhost:5173/",
        "http://localhost:5173, https://app.example.com",
        "http://localhost:5173,",
        "null",
    ],
)
def test_what_is_no_origin_is_refused_in_one_line(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--port", "4300", "--cloud-port", "4340", "--cors-origins", given]

    assert start.main(options) == 1

    assert re.fullmatch(
        r"start: CORS_ORIGINS must be origins such as http://localhost:5173,"
        rf" separated by commas, not {re.escape(given)}\n",
        capsys.readouterr().err,
    )
