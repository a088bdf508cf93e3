"""Renders one exchange, or two side by side with the differences marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

import htpy as h

from twinproof.exchange.model import Exchange
from twinproof.report.html.diff import Row, rows_of, split
from twinproof.report.html.lines import Line
from twinproof.report.html.markup import counted
from twinproof.report.html.parts import Marks, Part, parts_of, shared_keys

MOST_CHARACTERS = 800
"""Characters of one line; around a difference fewer are shown."""
AROUND = 80
MOST_ALIKE = 30
"""Consecutive rows without a difference; the middle of more is folded."""
KEPT = 5
MOST_ROWS = 200
"""Rows of one part; in a longer one, allowed differences are folded too."""

HARD, OWN, SOFT = "hard", "own", "soft"
SIGNS = {
    HARD: ("≠", "differs"),
    OWN: ("✗", "breaks the contract"),
    SOFT: ("≈", "may differ"),
    "": ("", ""),
}


@dataclass(frozen=True)
class Sheet:
    """The exchanges of one target, or of two, and what to mark in them."""

    names: tuple[str, ...]
    exchanges: tuple[Exchange | None, ...]
    both: Marks
    """Where the two differ."""
    own: tuple[Marks, ...]
    """By target, where it breaks the contract."""


def sheet_tables(sheet: Sheet) -> h.Node:
    """Return a sheet as one table, or as a table for each target."""
    if None in sheet.exchanges or len(sheet.names) == 1:
        return list(_single(sheet))
    left, right = (each for each in sheet.exchanges if each)
    keys = shared_keys(left, right)
    pairs = _paired(parts_of(left, keys[0]), parts_of(right, keys[1]))
    return _table(sheet, [_group(sheet, *pair) for pair in pairs])


def _paired(left: list[Part], right: list[Part]) -> Iterator[tuple[Part, Part]]:
    # Only the number of log events can differ.
    blank = Part("", "log", note="none")
    yield from zip_longest(left, right, fillvalue=blank)


def _single(sheet: Sheet) -> Iterator[h.Element]:
    """Yield a table for each exchange, because there is no second one to compare."""
    for name, exchange, own in zip(
        sheet.names, sheet.exchanges, sheet.own, strict=True
    ):
        if exchange is None:
            yield h.p(".error")[f"{name} sent no response"]
            continue
        one = Sheet((name,), (exchange,), Marks(), (own,))
        parts = parts_of(exchange, shared_keys(exchange, None)[0])
        yield _table(one, [_group(one, part, None) for part in parts])


def _table(sheet: Sheet, groups: list[h.Element]) -> h.Element:
    heads = [h.th(scope="col")[name] for name in sheet.names]
    sign = h.th(".sign", scope="col")[h.span(".quiet")["marks"]]
    heads.insert(1 if len(heads) > 1 else 0, sign)
    what = " and ".join(sheet.names)
    table = h.table(class_=f"sheet of-{len(sheet.names)}")[
        h.caption[f"the exchange of {what}"], h.thead[h.tr[heads]], groups
    ]
    return h.div(".wide", tabindex=0, role="region", aria_label=what)[table]


def _group(sheet: Sheet, left: Part, right: Part | None) -> h.Element:
    """Return one part as a group of rows; `right` is None if there is one target."""
    rows = [(row, _mark(sheet, row, left, right)) for row in _rows(left, right)]
    span = 2 if right is None else 3
    head = h.th(colspan=span, scope="rowgroup")[_title(left, right)]
    body: list[h.Node] = [h.tr(".part")[head]]
    folded = list(_folded(rows, span))
    body += folded[:MOST_ROWS]
    if len(folded) > MOST_ROWS:
        body.append(_note(f"… {counted(len(folded) - MOST_ROWS, 'more line')}", span))
    if not rows:
        body.append(_empty(left, right))
    return h.tbody[body]


def _rows(left: Part, right: Part | None) -> list[Row]:
    if right is None:
        return [Row(line, None) for line in left.lines]
    return rows_of(left.lines, right.lines)


def _title(left: Part, right: Part | None) -> h.Node:
    sizes = [part.size for part in (left, right) if part and part.size]
    title = left.title or (right.title if right else "")
    return [title, h.small[f" {' | '.join(dict.fromkeys(sizes))}"]]


def _empty(left: Part, right: Part | None) -> h.Element:
    if right is None:
        return h.tr[h.td(".sign"), h.td(".quiet")[left.note]]
    notes = [h.td(".quiet")[part.note] for part in (left, right)]
    return h.tr[notes[0], h.td(".sign"), notes[1]]


def _mark(sheet: Sheet, row: Row, left: Part, right: Part | None) -> str:
    both = [(row.left, left)]
    if right is not None:
        both.append((row.right, right))
    lines = [(line, part.kind) for line, part in both if line is not None]
    differs = right is not None and not row.same
    if differs and any(sheet.both.cover(kind, line.pointer) for line, kind in lines):
        return HARD
    own = zip(sheet.own, both, strict=True)
    if any(line and m.cover(part.kind, line.pointer) for m, (line, part) in own):
        return OWN
    return SOFT if differs else ""


def _folded(rows: list[tuple[Row, str]], span: int) -> Iterator[h.Element]:
    """Yield rows; of many rows without a mark only the first and the last."""
    folds = ("", SOFT) if len(rows) > MOST_ROWS else ("",)
    for plain, group in groupby(rows, lambda each: each[1] in folds):
        run = list(group)
        if not plain or len(run) <= MOST_ALIKE:
            yield from _shown(run, span)
            continue
        yield from _shown(run[:KEPT], span)
        yield _note(f"… {counted(len(run) - 2 * KEPT, 'line')} without a failure", span)
        yield from _shown(run[-KEPT:], span)


def _shown(rows: Iterable[tuple[Row, str]], span: int) -> Iterator[h.Element]:
    for row, mark in rows:
        sign, meaning = SIGNS[mark]
        middle = h.td(".sign", title=meaning or None)[sign]
        one, other = _cells(row)
        cells = [middle, one] if span == 2 else [one, middle, other]
        yield h.tr(class_=mark)[cells]


def _note(text: str, span: int) -> h.Element:
    return h.tr[h.td(".quiet", colspan=span)[text]]


def _cells(row: Row) -> tuple[h.Element, h.Element]:
    one, other = row.left, row.right
    if one is None or other is None or row.same:
        return _whole(one), _whole(other)
    return (
        _cell(compared(one.text, other.text), one.end),
        _cell(compared(other.text, one.text), other.end),
    )


def _whole(line: Line | None) -> h.Element:
    if line is None:
        return h.td(".none")
    return _cell(cut(line.text), line.end)


def _cell(shown: h.Node, end: str) -> h.Element:
    return h.td[h.code[shown, end]]


def compared(text: str, other: str) -> h.Node:
    """Return a text with the difference to another marked, and a little around it."""
    parts = split(text, other)
    return [
        _shortened(parts.head, 0 if len(parts.head) < 2 * AROUND else AROUND // 2),
        parts.middle and h.mark[cut(parts.middle)],
        cut(parts.tail, 2 * AROUND),
    ]


def cut(text: str, most: int = MOST_CHARACTERS) -> h.Node:
    """Return a text; a long one is cut, with the number of characters left out."""
    if len(text) <= most:
        return text
    return [text[:most], _left_out(len(text) - most)]


def _shortened(text: str, begin: int) -> h.Node:
    """Return the text before a difference; a long one without its middle."""
    if not begin:
        return text
    out = len(text) - begin - AROUND
    return [text[:begin], _left_out(out), text[-AROUND:]]


def _left_out(number: int) -> h.Element:
    return h.span(".unseen")[f"… {counted(number, 'character')} …"]
