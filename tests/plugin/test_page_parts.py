from __future__ import annotations

import json
from dataclasses import replace

import htpy as h
import pytest

from contract.plugin.keys import guard_key, user_key
from tests.plugin.page_made import LEFT, ONE, OTHER, RIGHT, Reader
from twinproof.cases.matching import MISSING, Mismatch
from twinproof.exchange.model import Exchange, Key, Request, Response
from twinproof.report.html.diff import Split, rows_of, split
from twinproof.report.html.latency import Scale, duration, latencies, percentile
from twinproof.report.html.lines import Line, text_lines
from twinproof.report.html.markup import visible
from twinproof.report.html.parts import Marks, Part, parts_of, shared_keys
from twinproof.report.html.sheet import MOST_ROWS, Sheet, sheet_tables


def indented(text: str) -> str:
    return "\n".join(line.text + line.end for line in text_lines(text))


def test_json_is_indented_and_every_literal_kept() -> None:
    text = '{"a":1.0,"a":1e400,"b":[ ],"\\u0041":{"x":[-0,"]{,:\\""]}}'

    assert indented(text) == (
        '{\n  "a": 1.0,\n  "a": 1e400,\n  "b": [],\n  "\\u0041": {\n'
        '    "x": [\n      -0,\n      "]{,:\\""\n    ]\n  }\n}'
    )


@pytest.mark.parametrize(
    "value", [None, "", [], {}, [[]], {"": {"": ""}}, [1, [2, {"a": [3, {}]}], "x"]]
)
def test_indented_json_has_the_same_value(value: object) -> None:
    assert json.loads(indented(json.dumps(value))) == value


def test_each_line_has_the_pointer_of_its_value() -> None:
    lines = text_lines('{"a/b":[1,{"~":2}],"c":3}')

    assert [line.pointer for line in lines] == [
        "",
        "/a~1b",
        "/a~1b/0",
        "/a~1b/1",
        "/a~1b/1/~0",
        "/a~1b/1",
        "/a~1b",
        "/c",
        "",
    ]


@pytest.mark.parametrize("text", ['{"a":', "a\nb", "[" * 100_000, "1" * 5_000])
def test_text_that_is_not_json_is_unchanged(text: str) -> None:
    assert indented(text) == text


def test_comma_that_follows_makes_no_difference() -> None:
    [first, *_] = rows_of(text_lines("[1,2]")[1:], text_lines("[1]")[1:])

    assert first.same


def test_lines_of_one_field_are_in_one_row() -> None:
    rows = rows_of(text_lines('{"a":1,"c":3}'), text_lines('{"b":2,"c":4}'))

    shown = [(r.left and r.left.text, r.right and r.right.text) for r in rows]
    assert ('  "c": 3', '  "c": 4') in shown
    assert [row.same for row in rows] == [True, False, False, True]


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        ("abc", "axc", Split("a", "b", "c")),
        ("aa", "a", Split("a", "a", "")),
        ("", "a", Split("", "", "")),
        ("abc", "abc", Split("abc", "", "")),
        ("xaby", "xay", Split("xa", "b", "y")),
    ],
)
def test_text_is_split_by_what_differs(one: str, other: str, parts: Split) -> None:
    assert split(one, other) == parts


@pytest.mark.parametrize(
    ("where", "kind", "pointer", "covered"),
    [
        ("body /a", "body", "/a/0", True),
        ("body /a", "body", "/ab", False),
        ("body", "body", "/a", True),
        ("header ETag", "header", "/etag", True),
        ("user <step 2 body /userId> /name", "user", "/name", True),
        ("guard a@b /owner", "user", "/owner", False),
        ("log /1/status", "log", "/1/status", True),
        ("log 1 /status", "log", "/1/status", True),
        ("log 1 /status", "log", "/0/status", False),
        ("log request /status", "log", "/0/status", True),
        ("log request /status", "log", "/0/x", False),
        ("status", "status", "", True),
        ("status", "", "", False),
    ],
)
def test_mismatch_marks_what_it_speaks_of(
    where: str, kind: str, pointer: str, covered: bool
) -> None:
    marks = Marks.of([Mismatch(where, 1, 2)])

    assert marks.cover(kind, pointer) is covered


def test_stored_things_of_one_kind_are_side_by_side() -> None:
    guard = guard_key("a")
    one = replace(LEFT, stored={guard: {}, user_key(ONE): {}})
    other = replace(LEFT, stored={user_key(OTHER): {}})

    keys = shared_keys(one, other)

    assert keys == ([guard, user_key(ONE)], [None, user_key(OTHER)])


def test_parts_show_all_of_an_exchange() -> None:
    parts = {part.title: part for part in parts_of(LEFT, shared_keys(LEFT, None)[0])}

    assert list(parts) == [
        "request",
        "request headers",
        "request body",
        "status",
        "response headers",
        "response body",
        "stored user",
        "log: request",
    ]
    assert parts["request"].lines[0].text == "POST /users?a=\x00"
    assert parts["request body"].size == "9 bytes"
    assert parts["log: request"].lines[2].pointer == "/0/status"


def test_item_that_is_not_stored_differs_from_one_that_was_not_read() -> None:
    key = user_key(ONE)
    gone = replace(LEFT, stored={key: None})
    kept = replace(LEFT, before=LEFT.stored)

    assert [line.text for line in stored_part(gone, key).lines] == [ONE, "nothing"]
    assert stored_part(gone, None).note == "not read"
    assert stored_part(kept, key).title == "stored user, as before"


def stored_part(one: Exchange, key: Key | None) -> Part:
    return parts_of(one, [key])[6]


def test_bytes_that_are_not_text_are_escaped() -> None:
    bare = Exchange("x", Request("GET", "/"), Response(200, (), b"\xff"), 1, 2, 3)

    parts = parts_of(bare, [])

    assert parts[5].lines == [Line("\\xff", "", "\\xff")]
    assert parts[2].note == "none"


def long_exchange(last: int) -> Exchange:
    body = json.dumps([*range(2_000), last]).encode()
    return replace(LEFT, response=Response(200, (), body))


def test_divergence_at_the_end_of_a_long_body_is_not_cut_off() -> None:
    exchanges = (long_exchange(1), long_exchange(2))
    marks = Marks.of([Mismatch("body /2000", 1, 2)])

    rows = rows_shown(Sheet(("a", "b"), exchanges, marks, (Marks(), Marks())))

    assert ["  1", "≠", "  2"] in rows
    assert len(rows) < MOST_ROWS


def test_own_fault_is_marked_though_both_targets_have_it() -> None:
    own = Marks.of([Mismatch("header etag", MISSING, '"1"')])

    rows = rows_shown(Sheet(("a", "b"), (LEFT, RIGHT), Marks(), (own, own)))

    assert ['etag: "1"', "✗", 'etag: "1"'] in rows


def rows_shown(sheet: Sheet) -> list[list[str]]:
    return Reader(str(h.fragment[sheet_tables(sheet)])).rows


def test_only_what_cannot_be_seen_is_named() -> None:
    link = h.a(href='"><b>\x00 é', title="\t\ufdd0")["a\tb <é> 漢 🙂\u202e"]

    assert visible(str(link)) == (
        '<a href="&#34;&gt;&lt;b&gt;[U+0000] é" title="\t[U+FDD0]">'
        'a\tb &lt;é&gt; 漢 🙂<span class="unseen">U+202E</span></a>'
    )


@pytest.mark.parametrize(
    ("share", "time"), [(0.5, 50), (0.99, 99), (1, 100), (0, 1), (0.001, 1)]
)
def test_percentile_is_the_nearest_rank(share: float, time: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == time


@pytest.mark.parametrize(
    ("us", "text"),
    [(0, "0 µs"), (850, "850 µs"), (3_140, "3.14 ms"), (1_200_000, "1.2 s")],
)
def test_duration_has_the_unit_that_suits_it(us: int, text: str) -> None:
    assert duration(us) == text


def test_scale_spans_every_call_in_decades() -> None:
    scale = Scale.of({"a": {"x": [150, 99_000]}, "b": {"y": [1_000]}})

    assert scale.decades == [100, 1_000, 10_000, 100_000]
    assert (scale.at(100), scale.at(100_000)) == (0, 1)
    assert scale.bin(10**9) == scale.bins - 1
    assert Scale.of({}).bins > 0


def test_histogram_has_a_bar_for_each_bin_and_a_label() -> None:
    table = latencies({"getUser": {"python": [1_000] * 99 + [90_000], "ts": [2_000]}})

    page = str(table)
    reader = Reader(page)
    assert reader.tags.count("rect") == 3
    label = "getUser on python: 100 calls, p50 1 ms, p99 1 ms"
    assert label in page
    assert reader.row("getUser")[-4:] == ["100", "1 ms", "1 ms", "90 ms"]
    assert reader.row("ts")[-4:] == ["1", "2 ms", "2 ms", "2 ms"]
