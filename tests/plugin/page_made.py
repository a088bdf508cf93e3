"""Runs for tests of the HTML page, with hostile strings, and a parser of the page."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

from contract.plugin.keys import user_key
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange, Request, Response
from twinproof.run.results import LeftOut, Pair, Result, Run, Verdict
from twinproof.targets.target import Target

HOSTILE = "</script><script>alert(1)</script>'\"&\u202e\u2066\x00\x1b\ud800\u200b\xa0"
ONE, OTHER = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"
TARGETS = (
    Target("python", "http://127.0.0.1:3000", "python", writes="any"),
    Target("typescript", "https://api.example", "typescript", writes="any"),
)
NAMES = ("python", "typescript")


def exchange(record_id: str, body: object, took_us: int = 1_000) -> Exchange:
    return Exchange(
        "createUser",
        Request("POST", "/users", "a=\x00", (("if-match", '"1"'),), b'{"a":1.0}'),
        Response(201, (("etag", '"1"'),), json.dumps(body).encode()),
        1,
        2,
        took_us,
        stored={user_key(record_id): {"userId": record_id, "name": HOSTILE}},
        events=({"event": "request", "status": 201},),
    )


LEFT = exchange(ONE, {"userId": ONE, "name": "Ada", "long": 900 * "x" + "A"})
RIGHT = exchange(OTHER, {"userId": OTHER, "name": "ADA", "long": 900 * "x" + "B"})
DIFFER = (
    Mismatch("body /name", "Ada", "ADA", "must be equal"),
    Mismatch("body /long", 900 * "x" + "A", 900 * "x" + "B", "must be equal"),
)
HEALTH = replace(LEFT, operation="getHealth", response=Response(200, (), b"{}"))
PASSED = tuple(
    Result(f"createUser/passes-{n}", name, Verdict.PASSED, 1, (), (LEFT,))
    for name in NAMES
    for n in range(3)
)
FAILED = Result(
    "createUser/fails",
    "typescript",
    Verdict.FAILED,
    1,
    (Mismatch("body /name", HOSTILE, MISSING, "schema required"),),
    (RIGHT,),
)
UNLIKE = Pair("createUser/fails", NAMES, Verdict.FAILED, 1, DIFFER, (LEFT, RIGHT))
KNOWN = Pair(
    "getUser/known",
    NAMES,
    Verdict.KNOWN,
    1,
    (Mismatch("header date", "a", "b"),),
    (LEFT, RIGHT),
    error="until 2030-01-01: the emulator does it",
)
SILENT = Pair(
    "getUser/silent",
    NAMES,
    Verdict.FAILED,
    1,
    (Mismatch("answer", 201, MISSING),),
    (LEFT, None),
)
RELAY = Result(
    "journeys/life",
    "python then typescript",
    Verdict.ERRORED,
    1,
    (),
    (HEALTH, LEFT),
    step="reads",
    error=f"no tables {HOSTILE}",
    relay=NAMES,
)
RUN = Run(
    "0badcafe",
    1_771_000_000_000,
    4_149,
    NAMES,
    (*PASSED, FAILED, replace(FAILED, target="python", verdict=Verdict.PASSED)),
    (LeftOut("createUser/out", "typescript", "only a gateway answers this"),),
    (UNLIKE, KNOWN, SILENT),
    (RELAY,),
    (f"note {HOSTILE}",),
)
CLEAN = replace(
    RUN, results=PASSED, pairs=(), relays=(), left_out=(), notes=(), targets=NAMES
)
VOID = {"meta", "col"}


class Reader(HTMLParser):
    """Parses a page: checks that elements are nested, and collects their contents."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        """The cells of every table row, as text."""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        """Return the first row that begins with a text."""
        return next(row for row in self.rows if row and row[0] == first)
