"""Where the marks of a trend lie: across in per cent of the drawing's width, down in pixels.

So the drawing is as wide as the page, and its words stay as large as all others, on a telephone too.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from survey.findings.trend_values import AgencyTrend
from survey.rendering.words import whole_percent

HEIGHT: Final = 220.0
TOP: Final = 12.0
BOTTOM: Final = 184.0
LEFT: Final = 14.0
RIGHT: Final = 95.0
SMALLEST_SPAN: Final = 0.1
STEPS: Final = (0.02, 0.05, 0.1, 0.2, 0.25)
MOST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """One wave: its number, its place, and its interval; ``y`` is None where there is no figure."""

    number: int
    x: float
    y: float | None
    high: float
    low: float
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line between two places."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class GridLine:
    """A share that is marked on the axis."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Everything that is drawn; ``breaks`` are where a vertical line says that nothing runs on."""

    marks: tuple[Mark, ...]
    joins: tuple[Line, ...]
    breaks: tuple[float, ...]
    grid: tuple[GridLine, ...]


def draw_trend(trend: AgencyTrend, language: str) -> TrendChart | None:
    """Lay out a trend; None where no wave of it has a figure."""
    ends = [end for point in trend.points if point.index for end in (point.index.ci.low, point.index.ci.high)]
    if not ends:
        return None
    low, high, step = _axis(min(ends), max(ends))

    def down(share: float) -> float:
        return BOTTOM - (share - low) / (high - low) * (BOTTOM - TOP)

    width = (RIGHT - LEFT) / len(trend.points)
    marks = tuple(
        Mark(
            number=number,
            x=LEFT + width * (number - 0.5),
            y=down(point.index.value) if point.index else None,
            high=down(point.index.ci.high) if point.index else 0.0,
            low=down(point.index.ci.low) if point.index else 0.0,
            is_closed=point.is_closed,
        )
        for number, point in enumerate(trend.points, start=1)
    )
    joins = [
        Line(before.x, before.y, mark.x, mark.y)
        for before, mark, point in zip(marks, marks[1:], trend.points[1:], strict=False)
        if point.joined and before.y is not None and mark.y is not None
    ]
    return TrendChart(
        marks=marks,
        joins=tuple(joins),
        breaks=tuple(mark.x - width / 2 for mark, point in zip(marks, trend.points, strict=True) if point.breaks),
        grid=tuple(
            GridLine(down(low + step * number), whole_percent(low + step * number, language))
            for number in range(round((high - low) / step) + 1)
        ),
    )


def _axis(lowest: float, highest: float) -> tuple[float, float, float]:
    """Return where the axis begins and ends, and the step of its lines: round numbers, never beyond 0 and 1."""
    spare = max(0.0, SMALLEST_SPAN - (highest - lowest)) / 2
    lowest, highest = max(0.0, lowest - spare), min(1.0, highest + spare)
    step = next((one for one in STEPS if (highest - lowest) / one <= MOST_LINES), STEPS[-1])
    return floor(round(lowest / step, 9)) * step, ceil(round(highest / step, 9)) * step, step
