"""Which pages may call a local stack, and the error for an invalid origin."""

from __future__ import annotations

import pytest

from local.commands import sam_local, start
from local.commands.origins import allowed_origins

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
    assert list(allowed_origins([4300, 4301], given)) == OWN + more


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
    assert start.main(["--cors-origins", given]) == 2
    assert sam_local.main(["serve", "--cors-origins", given]) == 2

    line = (
        "CORS_ORIGINS must be origins such as http://localhost:5173, separated by"
        f" commas, not {given}\n"
    )
    assert capsys.readouterr().err == f"start: {line}sam-local: {line}"
