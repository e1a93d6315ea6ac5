"""Further charts of a summary: levels, periods with their breaks, agencies by n, elements of a crowd of agencies."""

from __future__ import annotations

from statistics import quantiles
from typing import TYPE_CHECKING, Final

from analysis.funnel import Funnel, funnel
from survey.rendering import numbers
from survey.rendering.blocks import Chart
from survey.rendering.charts import draw_levels, levels_in_words, name_rows
from survey.rendering.drawing import (
    BLUE,
    GREY,
    GRID,
    INK,
    ORANGE,
    Margins,
    legend_below,
    new_figure,
    percent_axis,
    short,
    svg_bytes,
    vertical_percent_axis,
)
from survey.rendering.kept_charts import kept
from survey.rendering.words import BREAKS, interval_name, speaker, whole_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from analysis.results import Estimate
    from survey.findings.values import AnnualFindings

# Beyond this a name a point would cover the points.
MOST_NAMED: Final = 60
MOST_LABELS: Final = 8
_LABELS_APART: Final = 0.05
# The limits of a funnel plot: two and three standard errors, as on any control chart.
INNER, OUTER = 0.95, 0.998
_STEPS: Final = 60
_FUNNEL_HEIGHT, _SERIES_HEIGHT, _SPREAD_ROW = 3.4, 2.3, 0.42
_CELLS: Final = (46, 12)  # across and up
_POINT, _CROWD_POINT = 4.6, 2.8

Unit = tuple[str, int, float, int]  # name, n, share, side of the outer limits
Ends = tuple[float, float, float]  # share, low, high
Period = tuple[str, Ends, bool, str]  # name, share, whether a line may come from before, why not
Five = tuple[float, float, float, float, float]


def summary_levels_chart(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw the five levels of every element of all agencies together."""
    say = speaker(language)
    shown = tuple(
        (name.text(language), each.level_shares)
        for name, each in zip(findings.element_names, findings.elements, strict=True)
        if each.level_shares is not None
    )
    if shown:
        title = say("Phân bố năm mức đánh giá theo yếu tố", "The five levels of rating by element")
        yield Chart("levels", title, levels_in_words(shown, language), draw_levels(shown, language))


def series_chart(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw the whole over the periods; no line leads over a break, which is marked and named instead."""
    say = speaker(language)
    told = [(each, each.overall.share_satisfied) for each in findings.series]
    periods: list[Period] = []
    follows = False
    for each, share in told:
        if share is None:
            follows = False
            continue
        breaks = "; ".join(BREAKS[code].text(language) for code in each.breaks)
        ends = (share.value, share.ci.low, share.ci.high)
        periods.append((each.name.text(language), ends, follows and not breaks, breaks if periods else ""))
        follows = True
    if len(periods) > 1:
        interval = interval_name(findings.confidence_level, language)
        title = say(f"Tỷ lệ hài lòng qua các kỳ, {interval}", f"Share satisfied over the periods, {interval}")
        shares = [share for _, share in told if share is not None]
        svg = _draw_series(tuple(periods), language)
        yield Chart("series", title, _series_in_words(periods, shares, language), svg)


def funnel_chart(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw the agencies by their number of respondents, with the limits of chance around what all have."""
    say, whole = speaker(language), findings.overall.share_satisfied
    shown = [
        (row.agency.name.text(language), row.overall.share_satisfied)
        for row in findings.agencies
        if row.rank is not None and row.overall.share_satisfied is not None
    ]
    if whole is None or len({share.n for _, share in shown}) <= 1:
        return
    chance = funnel([share for _, share in shown], centre=whole.value)
    units = tuple((name, share.n, share.value, chance.side(share, confidence_level=OUTER)) for name, share in shown)
    title = say(
        "Tỷ lệ hài lòng theo số người trả lời, với giới hạn ngẫu nhiên 95 % và 99,8 % quanh mức chung",
        "Share satisfied by number of respondents, with the limits of chance, 95% and 99.8%, around the whole",
    )
    svg = _draw_funnel(units, chance, language)
    yield Chart("funnel", title, _funnel_in_words(units, whole, language), svg)


def element_spread_chart(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw how the elements spread over a crowd of agencies, whose heat map would fill pages."""
    say = speaker(language)
    rows = [row for row in findings.agencies if row.rank is not None and all(e.share_satisfied for e in row.elements)]
    if len(rows) <= MOST_NAMED:
        return
    columns = [[each.share_satisfied.value for each in column if each.share_satisfied] for column in
               zip(*(row.elements for row in rows), strict=True)]  # fmt: skip
    spreads = tuple(
        (name.text(language), _five(column)) for name, column in zip(findings.element_names, columns, strict=True)
    )
    count = numbers.count(len(rows), language)
    title = say(
        f"Tỷ lệ hài lòng của {count} cơ quan theo yếu tố: giữa 90 %, giữa 50 % và trung vị",
        f"Share satisfied of {count} agencies by element: the middle 90%, the middle 50% and the median",
    )
    yield Chart("element-spread", title, _spread_in_words(spreads, language), _draw_spread(spreads, language))


def _five(values: Sequence[float]) -> Five:
    """Return the 5th, 25th, 50th, 75th and 95th percentile."""
    cuts = quantiles(values, n=20, method="inclusive")
    return cuts[0], cuts[4], cuts[9], cuts[14], cuts[18]


@kept
def _draw_series(periods: Sequence[Period], language: str) -> bytes:
    figure, axes = new_figure(_SERIES_HEIGHT, Margins(left=0.6, right=0.2, top=0.42, bottom=0.5))
    for at, (_, (share, low, high), joined, breaks) in enumerate(periods):
        axes.plot((at, at), (low, high), color=BLUE, linewidth=2, solid_capstyle="butt")
        if joined:
            axes.plot((at - 1, at), (periods[at - 1][1][0], share), color=INK, linewidth=1.2)
        if breaks:
            axes.axvline(at - 0.5, color=ORANGE, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate(short(breaks, 26, lines=3), (at - 0.5, 1.01), xycoords=("data", "axes fraction"),
                          ha="center", va="bottom", fontsize=6.5, color=ORANGE)  # fmt: skip
        axes.plot(at, share, marker="o", markersize=5.5, color=INK, markeredgecolor="white")
        axes.annotate(numbers.percent(share, language), (at, share), xytext=(6, 4), textcoords="offset points",
                      fontsize=7)  # fmt: skip
    width = max(10, 84 // len(periods))
    axes.set_xticks(range(len(periods)), [short(name, width) for name, *_ in periods], fontsize=7)
    axes.set_xlim(-0.5, len(periods) - 0.4)
    vertical_percent_axis(axes, [end for _, ends, *_ in periods for end in ends], language)
    return svg_bytes(figure)


@kept
def _draw_funnel(units: Sequence[Unit], chance: Funnel, language: str) -> bytes:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: PLC0415 -- as in drawing

    say = speaker(language)
    figure, axes = new_figure(_FUNNEL_HEIGHT, Margins(left=0.6, right=0.15, top=0.18, bottom=0.85))
    least, most = min(n for _, n, *_ in units), max(n for _, n, *_ in units)
    axes.set_xscale("log")
    _draw_limits(axes, chance, least, most, language)
    if len(units) > MOST_NAMED:
        _draw_crowd(axes, [(n, share) for _, n, share, side in units if not side])
        outside = [unit for unit in units if unit[3]]
    else:
        outside = list(units)
    # Above a triangle up, below one down, between a dot: to be told apart without colour.
    styles = {1: ("^", BLUE), -1: ("v", ORANGE), 0: ("o", GREY)}
    size = _CROWD_POINT if len(units) > MOST_NAMED else _POINT
    for side, (marker, colour) in styles.items():
        points = [(n, share) for _, n, share, where in outside if where == side]
        if points:
            axes.plot(*zip(*points, strict=True), linestyle="", marker=marker, color=colour, markersize=size,
                      markeredgecolor="white", markeredgewidth=0.4, clip_on=False)  # fmt: skip
    if len(units) <= MOST_NAMED:
        _label_farthest(axes, units, chance)
    axes.set_xlim(least * 0.9, most * 1.12)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _position: numbers.count(round(n), language)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say("Số người trả lời n (thang log)", "Respondents n (log scale)"))
    vertical_percent_axis(axes, [share for _, _, share, _ in units], language)
    marks = [(say("trên giới hạn 99,8 %", "above the 99.8% limit"), {"marker": "^", "color": BLUE}),
             (say("trong giới hạn", "within the limits"), {"marker": "o", "color": GREY}),
             (say("dưới giới hạn 99,8 %", "below the 99.8% limit"), {"marker": "v", "color": ORANGE})]  # fmt: skip
    legend_below(axes, marks)
    return svg_bytes(figure)


def _draw_limits(axes: Axes, chance: Funnel, least: int, most: int, language: str) -> None:
    steps = [least * 0.9 * (most * 1.12 / (least * 0.9)) ** (step / _STEPS) for step in range(_STEPS + 1)]
    axes.axhline(chance.centre, color=INK, linewidth=0.9)
    for level, dashes in ((INNER, (0, (4, 3))), (OUTER, "solid")):
        limits = [chance.limits(max(1, round(n)), confidence_level=level) for n in steps]
        for ends in ([each.low for each in limits], [each.high for each in limits]):
            axes.plot(steps, ends, color=GREY, linewidth=0.9, linestyle=dashes)
        axes.annotate(whole_percent(level, language), (steps[1], limits[1].high), xytext=(0, 1.5),
                      textcoords="offset points", fontsize=6.5, color=INK)  # fmt: skip


def _draw_crowd(axes: Axes, points: Sequence[tuple[int, float]]) -> None:
    """Draw thousands of points as shaded cells: as many points would weigh megabytes and hide one another."""
    if points:
        ns, shares = zip(*points, strict=True)
        axes.hexbin(ns, shares, gridsize=_CELLS, xscale="log", mincnt=1, bins="log", cmap="Greys",
                    vmin=0.6, edgecolors="none", linewidths=0)  # fmt: skip


def _label_farthest(axes: Axes, units: Sequence[Unit], chance: Funnel) -> None:
    """Name the points that stray farthest, in standard errors."""
    outside = [unit for unit in units if unit[3]]
    outside.sort(key=lambda unit: -abs(unit[2] - chance.centre) * unit[1] ** 0.5)
    middle = (min(n for _, n, *_ in units) * max(n for _, n, *_ in units)) ** 0.5
    shares = [share for _, _, share, _ in units]
    apart, labelled = (max(shares) - min(shares)) * _LABELS_APART, list[float]()
    for name, n, share, side in outside:
        if len(labelled) == MOST_LABELS or any(abs(share - other) < apart for other in labelled):
            continue
        labelled.append(share)
        # Names lead away from the nearer edge, so that none is cut.
        away, align = (4, "left") if n < middle else (-4, "right")
        axes.annotate(short(name, 22, lines=1), (n, share), xytext=(away, 2 * side), textcoords="offset points",
                      fontsize=6, ha=align, va="bottom" if side > 0 else "top")  # fmt: skip


@kept
def _draw_spread(spreads: Sequence[tuple[str, Five]], language: str) -> bytes:
    figure, axes = new_figure(_SPREAD_ROW * len(spreads), Margins(right=0.7))
    for row, (_, (low, first, middle, third, high)) in enumerate(spreads):
        axes.plot((low, high), (row, row), color=GREY, linewidth=1.4, solid_capstyle="butt", zorder=1)
        axes.barh(row, third - first, left=first, height=0.46, color=GRID, edgecolor=INK, linewidth=0.8, zorder=2)
        ends = (row - 0.23, row + 0.23)
        axes.plot((middle, middle), ends, color=INK, linewidth=2.4, solid_capstyle="butt", zorder=3)
        axes.annotate(numbers.percent(middle, language), (1.01, row), xycoords=("axes fraction", "data"),
                      va="center", fontsize=7)  # fmt: skip
    name_rows(axes, [short(name) for name, _ in spreads])
    lowest = min(five[0] for _, five in spreads)
    percent_axis(axes, max(0.0, (lowest * 20 - 0.5) // 1 / 20), language)
    return svg_bytes(figure)


def _series_in_words(periods: Sequence[Period], shares: Sequence[Estimate], language: str) -> str:
    say = speaker(language)
    parts = []
    for (name, _, _, breaks), share in zip(periods, shares, strict=True):
        stop = say(f" (không so được với kỳ trước: {breaks})", f" (not comparable with before: {breaks})")
        parts.append(f"{name}: {numbers.percent_estimate(share, language)}{stop if breaks else ''}")
    return "; ".join(parts) + "."


def _funnel_in_words(units: Sequence[Unit], whole: Estimate, language: str) -> str:
    say = speaker(language)
    sides = {side: [name for name, _, _, where in units if where == side] for side in (1, 0, -1)}
    above, within, below = (numbers.count(len(sides[side]), language) for side in (1, 0, -1))
    least, most = (numbers.count(pick(n for _, n, *_ in units), language) for pick in (min, max))
    words = say(
        f"Mỗi điểm một cơ quan, từ {least} đến {most} người trả lời, quanh mức chung "
        f"{numbers.percent_estimate(whole, language)}: {above} ở trên giới hạn ngẫu nhiên 99,8 %, {within} ở trong, "
        f"{below} ở dưới",
        f"A point an agency, from {least} to {most} respondents, around the whole of "
        f"{numbers.percent_estimate(whole, language)}: {above} above the 99.8% limit of chance, {within} within, "
        f"{below} below",
    )
    if len(units) > MOST_NAMED:
        return f"{words}."
    named = ((say("Ở trên", "Above"), sides[1]), (say("Ở dưới", "Below"), sides[-1]))
    return ". ".join([words, *(f"{head}: {', '.join(names)}" for head, names in named if names)]) + "."


def _spread_in_words(spreads: Sequence[tuple[str, Five]], language: str) -> str:
    say = speaker(language)
    parts = []
    for name, five in spreads:
        low, first, middle, third, high = (numbers.percent(each, language) for each in five)
        parts.append(
            say(
                f"{name}: trung vị {middle}, giữa 50 % từ {first} đến {third}, giữa 90 % từ {low} đến {high}",
                f"{name}: median {middle}, middle 50% from {first} to {third}, middle 90% from {low} to {high}",
            )
        )
    return "; ".join(parts) + "."
