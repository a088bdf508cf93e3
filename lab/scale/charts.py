"""Plots as self-contained SVG, one for light pages and one for dark ones.

No plotting library is used, so the same data makes the same file with every version of
every package. A test can thus find a plot that does not match its data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import htpy as h

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 148, 44, 48
ROW = 22
LABELS = 150


@dataclass(frozen=True)
class Theme:
    """The colours of a page, and of series in their order."""

    name: str
    paper: str
    ink: str
    quiet: str
    line: str
    series: Sequence[str]


THEMES = (
    Theme(
        "light",
        "#ffffff",
        "#1b1f27",
        "#596273",
        "#d8dce3",
        ("#2a62c9", "#c05a00", "#0d7d74", "#8a3fb0", "#735400", "#a8141d"),
    ),
    Theme(
        "dark",
        "#0d1117",
        "#e4e7ec",
        "#a0a9b8",
        "#363d49",
        ("#7ea9f5", "#f0a050", "#4fc3b8", "#cf98ea", "#e5c86a", "#ff9c9c"),
    ),
)


@dataclass(frozen=True)
class Axis:
    """An axis: its title, its ends, its marks and how a mark is written."""

    title: str
    least: float
    most: float
    marks: Sequence[float]
    written: Callable[[float], str] = "{:g}".format
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return the position of a value from 0 to 1; a value outside is at an end."""
        least, most, here = self.least, self.most, value
        if self.logarithmic:
            here = max(value, least)
            least, most, here = math.log(least), math.log(most), math.log(here)
        return min(1.0, max(0.0, (here - least) / (most - least)))


@dataclass(frozen=True)
class Lines:
    """A plot of lines: points by the name of their series."""

    title: str
    x: Axis
    y: Axis
    series: Mapping[str, Sequence[tuple[float, float]]]

    def svg(self, theme: Theme) -> str:
        """Return the plot."""
        drawn = [self._x_mark(mark, theme) for mark in self.x.marks]
        drawn += [self._y_mark(mark, theme) for mark in self.y.marks]
        middle = (LEFT + WIDTH - RIGHT) / 2
        drawn.append(_text(middle, HEIGHT - 10, self.x.title, theme.quiet))
        drawn.append(_text(16, TOP - 2, self.y.title, theme.quiet, "start"))
        drawn += [
            self._line(number, points, theme)
            for number, points in enumerate(self.series.values())
        ]
        drawn += self._names(theme)
        return _svg(self.title, HEIGHT, theme, drawn)

    def _px(self, value: float) -> float:
        return LEFT + self.x.at(value) * (WIDTH - LEFT - RIGHT)

    def _py(self, value: float) -> float:
        return HEIGHT - BOTTOM - self.y.at(value) * (HEIGHT - TOP - BOTTOM - 8)

    def _x_mark(self, mark: float, theme: Theme) -> h.Node:
        x = self._px(mark)
        line = _line(x, TOP + 8, x, HEIGHT - BOTTOM, theme.line)
        label = _text(x, HEIGHT - BOTTOM + 16, self.x.written(mark), theme.quiet)
        return [line, label]

    def _y_mark(self, mark: float, theme: Theme) -> h.Node:
        y = self._py(mark)
        line = _line(LEFT, y, WIDTH - RIGHT, y, theme.line)
        label = _text(LEFT - 6, y + 4, self.y.written(mark), theme.quiet, "end")
        return [line, label]

    def _line(
        self, number: int, points: Sequence[tuple[float, float]], theme: Theme
    ) -> h.Node:
        dots = [(f"{self._px(x):.1f}", f"{self._py(y):.1f}") for x, y in points]
        path, colour = " ".join(map(",".join, dots)), theme.series[number]
        line = h.polyline(points=path, fill="none", stroke=colour, stroke_width=2)
        return [line, [h.circle(cx=x, cy=y, r="2.5", fill=colour) for x, y in dots]]

    def _names(self, theme: Theme) -> list[h.Element]:
        """Write each series' name at the end of its line, without overlaps."""
        ends = sorted(
            (self._py(points[-1][1]), number, name)
            for number, (name, points) in enumerate(self.series.items())
        )
        drawn, last = [], 0.0
        for end, number, name in ends:
            last = max(end + 4, last + 16)
            x = WIDTH - RIGHT + 8
            drawn.append(_text(x, last, name, theme.series[number], "start"))
        return drawn


@dataclass(frozen=True)
class Bars:
    """Stacked bars: a row for each name, with the values of its parts."""

    title: str
    axis: Axis
    parts: Sequence[str]
    rows: Mapping[str, Sequence[float]]

    def svg(self, theme: Theme) -> str:
        """Return the plot."""
        bottom = TOP + 24 + ROW * len(self.rows)
        drawn = self._legend(theme)
        for mark in self.axis.marks:
            x = self._px(mark)
            drawn.append(_line(x, TOP + 16, x, bottom, theme.line))
            drawn.append(_text(x, bottom + 16, self.axis.written(mark), theme.quiet))
        drawn.append(
            _text(self._px(0), bottom + 34, self.axis.title, theme.quiet, "start")
        )
        for number, (name, values) in enumerate(self.rows.items()):
            drawn += self._row(TOP + 22 + number * ROW, name, values, theme)
        return _svg(self.title, bottom + 46, theme, drawn)

    def _px(self, value: float) -> float:
        return LABELS + 8 + self.axis.at(value) * (WIDTH - LABELS - 80)

    def _row(
        self, y: float, name: str, values: Sequence[float], theme: Theme
    ) -> list[h.Element]:
        drawn = [_text(LABELS, y + 12, name, theme.ink, "end")]
        reached = 0.0
        for number, value in enumerate(values):
            x, end = self._px(reached), self._px(reached + value)
            drawn.append(_bar(x, y, end - x, 15, theme.series[number]))
            reached += value
        written = self.axis.written(reached)
        return [
            *drawn,
            _text(self._px(reached) + 5, y + 12, written, theme.quiet, "start"),
        ]

    def _legend(self, theme: Theme) -> list[h.Element]:
        drawn, x = [], 16.0
        for number, part in enumerate(self.parts):
            drawn.append(_bar(x, TOP - 8, 10, 10, theme.series[number]))
            drawn.append(_text(x + 15, TOP + 1, part, theme.quiet, "start"))
            x += 34 + 7 * len(part)
        return drawn


Plot = Lines | Bars


def _svg(title: str, height: float, theme: Theme, drawn: Sequence[h.Node]) -> str:
    plot = h.svg(
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        width=WIDTH,
        height=f"{height:.0f}",
        role="img",
        font_family="system-ui, sans-serif",
        font_size=12,
    )
    parts = [
        h.title[title],
        h.rect(width="100%", height="100%", fill=theme.paper),
        h.text(x=16, y=24, fill=theme.ink, font_weight=600, font_size=14)[title],
        *drawn,
    ]
    # One element a line, so that two versions of a plot can be compared.
    return str(plot["\n", ([part, "\n"] for part in parts)]) + "\n"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> h.Element:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return h.line({name: f"{at:.1f}" for name, at in ends.items()}, stroke=colour)


def _bar(x: float, y: float, width: float, height: int, colour: str) -> h.Element:
    box = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}"}
    return h.rect(box, height=height, fill=colour)


def _text(
    x: float, y: float, text: str, colour: str, anchor: str = "middle"
) -> h.Element:
    position = {"x": f"{x:.1f}", "y": f"{y:.1f}"}
    return h.text(position, fill=colour, text_anchor=anchor)[text]
