"""Charts of a round of the index: the ranking with its intervals, both years, and points lost by area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering import numbers
from survey.rendering.blocks import Chart
from survey.rendering.charts import name_rows
from survey.rendering.drawing import BLUE, GREY, INK, ORANGE, Margins, legend_below, new_figure, short, svg_bytes
from survey.rendering.index_words import SCORE_VERDICTS, points
from survey.rendering.kept_charts import kept
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from survey.findings.index_result_values import IndexAgency, IndexFindings

ROWS_A_CHART: Final = 40
_ROW: Final = 0.22
_STYLES: Final = {"rose": (BLUE, ">"), "fell": (ORANGE, "<")}

Line = tuple[str, float, float, float, str]  # name, points, both ends, points as written
Pair = tuple[str, float, float, str]  # name, points before and now, verdict


def index_ranking_charts(findings: IndexFindings, language: str) -> Iterator[Chart]:
    """Draw every ranked agency with its interval, as many a chart as a page holds."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    title = say(f"Điểm của từng cơ quan, {interval}", f"Points of each agency, {interval}")
    rows = findings.ranked
    for number, start in enumerate(range(0, len(rows), ROWS_A_CHART), start=1):
        page = rows[start : start + ROWS_A_CHART]
        lines = tuple(
            (
                f"{row.rank}. {row.agency.name.text(language)}",
                float(row.points),
                float(row.low),
                float(row.high),
                points(row.points, findings, language),
            )
            for row in page
        )
        alternative = "; ".join(f"{name}: {said} ({_ends(row, findings, language)})" for (name, *_, said), row in
                                zip(lines, page, strict=True)) + "."  # fmt: skip
        svg = _draw_ranking(lines, float(findings.mean), None, language)
        numbered = title if len(rows) <= ROWS_A_CHART else f"{title} ({number})"
        yield Chart(f"index-ranking-{number}", numbered, alternative, svg)


def index_movement_chart(findings: IndexFindings, language: str) -> Iterator[Chart]:
    """Draw last year and this year of the agencies that are compared; the largest changes where they are many."""
    say, before = speaker(language), findings.before_year
    rows = [row for row in findings.ranked if row.change.difference is not None]
    if len(rows) > ROWS_A_CHART:
        rows = sorted(rows, key=lambda row: -abs(float(row.change.difference or 0)))[:ROWS_A_CHART]
    if not rows:
        return
    pairs = tuple(
        (row.agency.name.text(language), float(row.change.previous or 0), float(row.points), row.change.verdict)
        for row in rows
    )
    alternative = "; ".join(
        f"{row.agency.name.text(language)}: {points(row.change.previous, findings, language)} → "
        f"{points(row.points, findings, language)}, {SCORE_VERDICTS[row.change.verdict].text(language)}"
        for row in rows
    )
    title = say(f"Điểm năm {before} và năm {findings.year}", f"Points of {before} and {findings.year}")
    svg = _draw_movement(pairs, (str(before), str(findings.year)), language)
    yield Chart("index-movement", title, f"{alternative}.", svg)


def index_areas_chart(findings: IndexFindings, language: str) -> Iterator[Chart]:
    """Draw how much of each area is earned on average, best and last."""
    say = speaker(language)
    areas = [one for one in findings.components if one.level == "area" and one.maximum]
    if not areas:
        return
    lines = tuple(
        (
            f"{one.code}. {one.name.text(language)}",
            float(one.mean / one.maximum * 100),
            float(one.lowest / one.maximum * 100),
            float(one.highest / one.maximum * 100),
            numbers.percent(float(one.mean / one.maximum), language),
        )
        for one in areas
    )
    alternative = "; ".join(
        say(
            f"{name}: bình quân {said}, từ {numbers.percent(low / 100, language)} đến "
            f"{numbers.percent(high / 100, language)}",
            f"{name}: mean {said}, from {numbers.percent(low / 100, language)} to "
            f"{numbers.percent(high / 100, language)}",
        )
        for name, _, low, high, said in lines
    )
    title = say(
        "Phần điểm đạt được theo lĩnh vực: bình quân, thấp nhất và cao nhất (%)",
        "Share of points earned by area: mean, lowest and highest (%)",
    )
    yield Chart("index-areas", title, f"{alternative}.", _draw_ranking(lines, None, 100.0, language))


def _ends(row: IndexAgency, findings: IndexFindings, language: str) -> str:
    return f"{points(row.low, findings, language)}–{points(row.high, findings, language)}"


@kept
def _draw_ranking(lines: Sequence[Line], mean: float | None, maximum: float | None, language: str) -> bytes:
    figure, axes = new_figure(_ROW * len(lines), Margins(right=0.6))
    if mean is not None:
        axes.axvline(mean, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    for row, (_, value, low, high, said) in enumerate(lines):
        axes.plot((low, high), (row, row), color=BLUE, linewidth=2.2, solid_capstyle="butt")
        axes.plot(value, row, marker="o", markersize=4.5, color=INK, markeredgecolor="white", clip_on=False)
        axes.annotate(said, (1.02, row), xycoords=("axes fraction", "data"), va="center", fontsize=7)
    name_rows(axes, [short(name, lines=1) for name, *_ in lines])
    _scale(axes, [line[2] for line in lines], maximum or max(line[3] for line in lines), language)
    return svg_bytes(figure)


@kept
def _draw_movement(pairs: Sequence[Pair], years: tuple[str, str], language: str) -> bytes:
    say = speaker(language)
    figure, axes = new_figure(_ROW * len(pairs), Margins(right=0.35, bottom=0.6))
    for row, (_, before, now, verdict) in enumerate(pairs):
        colour, marker = _STYLES.get(verdict, (GREY, "o"))
        axes.plot((before, now), (row, row), color=colour, linewidth=1.4, zorder=2)
        axes.plot(before, row, marker="o", markersize=4, color="white", markeredgecolor=colour, zorder=3, clip_on=False)
        axes.plot(now, row, marker=marker, markersize=5.5, color=colour, zorder=4, clip_on=False)
    name_rows(axes, [short(name, lines=1) for name, *_ in pairs])
    _scale(axes, [min(before, now) for _, before, now, _ in pairs], max(max(pair[1:3]) for pair in pairs), language)
    marks = [
        (years[0], {"marker": "o", "color": "white", "markeredgecolor": GREY}),
        (say("tăng", "rose"), {"marker": ">", "color": BLUE}),
        (say("giảm", "fell"), {"marker": "<", "color": ORANGE}),
        (say("chưa phân biệt được", "not told apart"), {"marker": "o", "color": GREY}),
    ]
    legend_below(axes, marks)
    return svg_bytes(figure)


def _scale(axes: Axes, lows: Sequence[float], maximum: float, language: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 -- takes more than a second, in jobs only

    room = max((maximum - min(lows)) * 0.06, maximum * 0.01)
    axes.set_xlim(max(0.0, min(lows) - room), maximum + room * 0.2)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: _tick(value, language)))
    axes.grid(axis="x")


def _tick(value: float, language: str) -> str:
    whole = round(value)
    return numbers.decimal(value, 0 if abs(value - whole) < 0.005 else 1, language)  # noqa: PLR2004 -- as printed
