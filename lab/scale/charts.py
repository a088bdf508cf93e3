"""Plots as self-contained SVG, one for light pages and one for dark.

Written here and not by a library: four kinds of marks, and the same octets from every
version of everything, so that a plot which no longer fits its data is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 148, 44, 48
ROW = 22
LABELS = 150


@dataclass(frozen=True)
class Theme:
    """Colours of a page, and of series in their order."""

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
    """A scale: what it says, its ends, the marks, how a mark is written."""

    title: str
    least: float
    most: float
    marks: Sequence[float]
    written: Callable[[float], str] = "{:g}".format
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return where a value stands: 0 to 1; what is outside stands at an end."""
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
        drawn = [_text(16, 24, self.title, theme.ink, "start", bold=True)]
        drawn += [self._x_mark(mark, theme) for mark in self.x.marks]
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

    def _x_mark(self, mark: float, theme: Theme) -> str:
        x = self._px(mark)
        line = _line(x, TOP + 8, x, HEIGHT - BOTTOM, theme.line)
        label = _text(x, HEIGHT - BOTTOM + 16, self.x.written(mark), theme.quiet)
        return line + label

    def _y_mark(self, mark: float, theme: Theme) -> str:
        y = self._py(mark)
        line = _line(LEFT, y, WIDTH - RIGHT, y, theme.line)
        label = _text(LEFT - 6, y + 4, self.y.written(mark), theme.quiet, "end")
        return line + label

    def _line(
        self, number: int, points: Sequence[tuple[float, float]], theme: Theme
    ) -> str:
        places = [(self._px(x), self._py(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        colour = theme.series[number]
        dots = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'
            for x, y in places
        )
        style = f'fill="none" stroke="{colour}" stroke-width="2"'
        return f'<polyline points="{path}" {style}/>{dots}'

    def _names(self, theme: Theme) -> list[str]:
        """Write each series' name at the end of its line, none over another."""
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
    """Stacked bars, a row each: by its name, the values of the parts."""

    title: str
    axis: Axis
    parts: Sequence[str]
    rows: Mapping[str, Sequence[float]]

    def svg(self, theme: Theme) -> str:
        """Return the plot."""
        bottom = TOP + 24 + ROW * len(self.rows)
        drawn = [_text(16, 24, self.title, theme.ink, "start", bold=True)]
        drawn += self._legend(theme)
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
    ) -> list[str]:
        drawn = [_text(LABELS, y + 12, name, theme.ink, "end")]
        reached = 0.0
        for number, value in enumerate(values):
            x, end = self._px(reached), self._px(reached + value)
            drawn.append(
                f'<rect x="{x:.1f}" y="{y}" width="{end - x:.1f}" height="15" '
                f'fill="{theme.series[number]}"/>'
            )
            reached += value
        written = self.axis.written(reached)
        return [
            *drawn,
            _text(self._px(reached) + 5, y + 12, written, theme.quiet, "start"),
        ]

    def _legend(self, theme: Theme) -> list[str]:
        drawn, x = [], 16.0
        for number, part in enumerate(self.parts):
            colour = theme.series[number]
            drawn.append(
                f'<rect x="{x:.0f}" y="{TOP - 8}" width="10" height="10" '
                f'fill="{colour}"/>'
            )
            drawn.append(_text(x + 15, TOP + 1, part, theme.quiet, "start"))
            x += 34 + 7 * len(part)
        return drawn


Plot = Lines | Bars


def _svg(title: str, height: float, theme: Theme, drawn: Sequence[str]) -> str:
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" fill="{theme.paper}"/>\n{body}\n</svg>\n'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}"/>'
    )


def _text(  # noqa: PLR0913 # what a text element has
    x: float,
    y: float,
    text: str,
    colour: str,
    anchor: str = "middle",
    *,
    bold: bool = False,
) -> str:
    weight = ' font-weight="600" font-size="14"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )
