"""Histograms of the duration of calls, by operation and target, on one scale."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import htpy as h

WIDTH, HEIGHT = 480, 44
BINS_A_DECADE = 12
Timings = Mapping[str, Mapping[str, Sequence[int]]]
"""By operation, then by target: microseconds of each call."""


@dataclass(frozen=True)
class Scale:
    """The one logarithmic axis of all histograms of a page."""

    first: int
    """The exponent of its first decade: 10 to the power of it microseconds."""
    last: int

    @classmethod
    def of(cls, timings: Timings) -> Scale:
        """Return a scale that spans every call."""
        every = [
            us for each in timings.values() for part in each.values() for us in part
        ]
        most = max(every, default=1)
        first = math.floor(math.log10(max(1, min(every, default=1))))
        return cls(first, max(first + 1, math.ceil(math.log10(max(1, most + 1)))))

    @property
    def bins(self) -> int:
        """Return how many bins there are."""
        return (self.last - self.first) * BINS_A_DECADE

    def bin(self, us: float) -> int:
        """Return the number of the bin of a time."""
        return min(self.bins - 1, int(self.at(us) * self.bins))

    def at(self, us: float) -> float:
        """Return the position of a time on the axis: 0 to 1."""
        along = (math.log10(max(1, us)) - self.first) / (self.last - self.first)
        return min(1.0, max(0.0, along))

    def x(self, us: float) -> str:
        """Return the x coordinate of a time."""
        return f"{self.at(us) * WIDTH:.1f}"

    @property
    def decades(self) -> list[int]:
        """Return the powers of ten on the axis, in microseconds."""
        return [10**power for power in range(self.first, self.last + 1)]


def percentile(times: Sequence[int], share: float) -> int:
    """Return the time that a share of the calls did not exceed (nearest rank)."""
    ranked = sorted(times)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def duration(us: float) -> str:
    """Return a time in a suitable unit: `850 µs`, `3.1 ms`, `1.2 s`."""
    if us < 1_000:
        return f"{us:.0f} µs"
    if us < 1_000_000:
        return f"{us / 1_000:.3g} ms" if us < 999_500 else "1 s"
    return f"{us / 1_000_000:.3g} s"


def latencies(timings: Timings) -> h.Element:
    """Return the table of all histograms, the targets of an operation together."""
    scale = Scale.of(timings)
    numbers = (_head(name, "number") for name in ("calls", "p50", "p99", "slowest"))
    axis = h.th(scope="col")["calls by duration", _axis(scale)]
    head = h.tr[_head("operation"), _head("target"), axis, numbers]
    bodies = (
        h.tbody[_rows(operation, targets, scale)]
        for operation, targets in timings.items()
    )
    caption = h.caption["latency as the client of twinproof measured it"]
    return h.div(".wide")[h.table(".latency")[caption, h.thead[head], bodies]]


def _head(name: str, kind: str = "") -> h.Element:
    return h.th(scope="col", class_=kind)[name]


def _rows(
    operation: str, targets: Mapping[str, Sequence[int]], scale: Scale
) -> list[h.Element]:
    rows = []
    for number, (target, times) in enumerate(targets.items()):
        first: h.Node = None
        if number == 0:
            first = h.th(scope="rowgroup", rowspan=len(targets))[operation]
        figures = [percentile(times, share) for share in (0.5, 0.99, 1)]
        texts = [f"{len(times):,}", *map(duration, figures)]
        label = (
            f"{operation} on {target}: {texts[0]} calls, p50 {texts[1]}, p99 {texts[2]}"
        )
        drawn = h.td[_histogram(times, scale, label, number)]
        numbers = (h.td(".number")[text] for text in texts)
        rows.append(h.tr[first, h.th(scope="row")[target], drawn, numbers])
    return rows


def _histogram(
    times: Sequence[int], scale: Scale, label: str, number: int
) -> h.Element:
    counts = Counter(scale.bin(us) for us in times)
    most, width = max(counts.values()), WIDTH / scale.bins
    bars = [
        h.rect(
            x=f"{each * width + 0.5:.1f}",
            y=f"{HEIGHT - _tall(count, most):.1f}",
            width=f"{width - 1:.1f}",
            height=f"{_tall(count, most):.1f}",
        )
        for each, count in sorted(counts.items())
    ]
    middle, slow = (scale.x(percentile(times, share)) for share in (0.5, 0.99))
    return _svg(
        label,
        HEIGHT,
        [_line(scale.x(us), "grid") for us in scale.decades],
        h.g(class_=f"series-{number % 4}")[bars],
        _line(middle, "p50"),
        _line(slow, "p99"),
    )


def _tall(count: int, most: int) -> float:
    # A single call among thousands stays visible.
    return max(1.5, count / most * (HEIGHT - 4))


def _line(x: str, kind: str) -> h.Element:
    return h.line(x1=x, x2=x, y1=0, y2=HEIGHT, class_=kind)


def _axis(scale: Scale) -> h.Element:
    last = len(scale.decades) - 1
    labels = [
        h.text(
            x=scale.x(us),
            y=11,
            text_anchor={0: "start", last: "end"}.get(number, "middle"),
        )[duration(us)]
        for number, us in enumerate(scale.decades)
    ]
    return _svg("", 14, labels)


def _svg(label: str, height: int, *children: h.Element | list[h.Element]) -> h.Element:
    return h.svg(
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img" if label else None,
        aria_hidden=None if label else "true",
    )[label and h.title[label], *children]
