"""Charts of the annual summary, for thirty agencies and for three thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from survey.rendering import numbers
from survey.rendering.blocks import Chart
from survey.rendering.charts import draw_shares, name_rows, shares_in_words
from survey.rendering.drawing import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    Margins,
    legend_below,
    new_figure,
    percent_axis,
    shade,
    short,
    svg_bytes,
)
from survey.rendering.kept_charts import kept
from survey.rendering.period_words import period, period_before
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.results import Estimate
    from survey.findings.values import AnnualFindings, RankedAgency

# As many rows as a page holds at a size that can be read.
ROWS_A_CHART: Final = 40
# Beyond this a name a row would fill pages; the chart shows the shape, the table has the names.
MOST_NAMED: Final = 60
_ROW: Final = 0.2
_CONDENSED_HEIGHT: Final = 3.6

Ranked = tuple["RankedAgency", "Estimate"]
Pair = tuple[str, float, float, str]  # name, share before and now, verdict
Row = TypeVar("Row")


def ranking_charts(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw the ranking with intervals: by name up to sixty agencies, as one picture of all beyond."""
    ranked = _ranked(findings)
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    title = say(f"Tỷ lệ hài lòng của từng cơ quan, {interval}", f"Share satisfied of each agency, {interval}")
    mean = findings.overall.share_satisfied.value if findings.overall.share_satisfied else None
    if len(ranked) > MOST_NAMED:
        ends = tuple((share.value, share.ci.low, share.ci.high) for _, share in ranked)
        yield Chart("ranking", title, _condensed_in_words(ranked, language), _draw_condensed(ends, mean, language))
        return
    pages = _pages(ranked)
    for number, page in enumerate(pages, start=1):
        shown = [(f"{row.rank}. {row.agency.name.text(language)}", share) for row, share in page]
        svg = draw_shares(shown, language, mean=mean, row_height=_ROW)
        yield Chart(f"ranking-{number}", _numbered(title, number, len(pages)), shares_in_words(shown, language), svg)


def movement_chart(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw last year and this year of every agency; beyond a page only real changes, the largest first."""
    say = speaker(language)
    pairs = [(row, share) for row, share in _ranked(findings) if row.change.difference and row.change.previous]
    names = period_before(findings, language), period(findings, language)
    title = say(f"Tỷ lệ hài lòng: {names[0]} và {names[1]}", f"Share satisfied: {names[0]} and {names[1]}")
    if len(pairs) > ROWS_A_CHART:
        real = [(row, share) for row, share in pairs if row.change.verdict in {"improved", "declined"}]
        real.sort(key=lambda pair: -abs(pair[0].change.difference.value if pair[0].change.difference else 0))
        pairs = real[:ROWS_A_CHART]
        title += say(
            f": {len(pairs)} thay đổi lớn nhất vượt quá sai số ngẫu nhiên",
            f": the {len(pairs)} largest changes beyond random error",
        )
    if pairs:
        drawn = tuple(
            (row.agency.name.text(language), row.change.previous.value, share.value, row.change.verdict)
            for row, share in pairs
            if row.change.previous
        )
        yield Chart("movement", title, _movement_in_words(pairs, language), _draw_movement(drawn, names, language))


def heat_map(findings: AnnualFindings, language: str) -> Iterator[Chart]:
    """Draw element by agency as shades with figures; beyond sixty agencies the table alone."""
    rows = [row for row, _ in _ranked(findings) if all(each.share_satisfied for each in row.elements)]
    if not rows or len(rows) > MOST_NAMED:
        return
    say = speaker(language)
    heads = tuple(f"{at}. {name.text(language)}" for at, name in enumerate(findings.element_names, start=1))
    names = "; ".join(heads)
    alternative = say(
        f"Bản đồ nhiệt, mỗi dòng một cơ quan, mỗi cột một yếu tố ({names}); số liệu nằm trong bảng theo yếu tố.",
        f"Heat map, a line an agency, a column an element ({names}); the figures stand in the table by element.",
    )
    title = say("Tỷ lệ hài lòng (%) theo yếu tố và cơ quan", "Share satisfied (%) by element and agency")
    pages = _pages(rows)
    for number, page in enumerate(pages, start=1):
        lines = tuple((f"{row.rank}. {row.agency.name.text(language)}", _shares(row)) for row in page)
        svg = _draw_heat_map(lines, _extremes(rows), heads, language)
        yield Chart(f"heat-map-{number}", _numbered(title, number, len(pages)), alternative, svg)


def _pages(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Split rows over as few charts as hold them, each as long as the others."""
    charts = -(-len(rows) // ROWS_A_CHART)
    size = -(-len(rows) // max(1, charts))
    return [rows[start : start + size] for start in range(0, len(rows), size)] if rows else []


def _numbered(title: str, number: int, charts: int) -> str:
    return title if charts == 1 else f"{title} ({number}/{charts})"


def _extremes(rows: Sequence[RankedAgency]) -> tuple[float, float]:
    shares = [share for row in rows for share in _shares(row)]
    return min(shares), max(shares)


def _shares(row: RankedAgency) -> tuple[float, ...]:
    return tuple(each.share_satisfied.value for each in row.elements if each.share_satisfied)


def _ranked(findings: AnnualFindings) -> list[Ranked]:
    return [
        (row, row.overall.share_satisfied)
        for row in findings.agencies
        if row.rank is not None and row.overall.share_satisfied is not None
    ]


@kept
def _draw_condensed(shares: Sequence[tuple[float, float, float]], mean: float | None, language: str) -> bytes:
    from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 -- takes more than a second, drawn in jobs only

    say = speaker(language)
    figure, axes = new_figure(_CONDENSED_HEIGHT, Margins(left=0.6, right=0.1, bottom=0.45))
    places = range(1, len(shares) + 1)
    values, lows, highs = zip(*shares, strict=True)
    # One picture instead of a line an agency: three thousand lines would weigh megabytes and show no more.
    axes.fill_between(places, lows, highs, color=BLUE, alpha=0.25, linewidth=0, step="mid")
    axes.plot(places, values, color=INK, linewidth=1.4)
    if mean is not None:
        axes.axhline(mean, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    sign = numbers.percent_sign(language)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{share * 100:.0f}{sign}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda place, _position: numbers.count(int(place), language)))
    axes.set_xlim(1, len(shares))
    axes.set_ylim(top=1.0)
    axes.set_xlabel(say("Hạng", "Rank"))
    axes.grid(axis="y")
    return svg_bytes(figure)


@kept
def _draw_movement(pairs: Sequence[Pair], names: tuple[str, str], language: str) -> bytes:
    say = speaker(language)
    figure, axes = new_figure(_ROW * len(pairs), Margins(right=0.35, bottom=0.6))
    styles = {"improved": (BLUE, ">"), "declined": (ORANGE, "<")}
    for row, (_, before, now, verdict) in enumerate(pairs):
        colour, marker = styles.get(verdict, (GREY, "o"))
        axes.plot((before, now), (row, row), color=colour, linewidth=1.4, zorder=2)
        axes.plot(before, row, marker="o", markersize=4, color="white", markeredgecolor=colour, zorder=3, clip_on=False)
        axes.plot(now, row, marker=marker, markersize=5.5, color=colour, zorder=4, clip_on=False)
    name_rows(axes, [short(name, lines=1) for name, *_ in pairs])
    lowest = min(min(before, now) for _, before, now, _ in pairs)
    percent_axis(axes, max(0.0, (lowest * 20 - 0.5) // 1 / 20), language)
    marks = [
        (short(names[0], 30, lines=1), {"marker": "o", "color": "white", "markeredgecolor": GREY}),
        (say("cải thiện", "improved"), {"marker": ">", "color": BLUE}),
        (say("giảm sút", "declined"), {"marker": "<", "color": ORANGE}),
        (say("chưa đủ căn cứ", "no evidence of change"), {"marker": "o", "color": GREY}),
    ]
    legend_below(axes, marks)
    return svg_bytes(figure)


@kept
def _draw_heat_map(
    rows: Sequence[tuple[str, tuple[float, ...]]], extremes: tuple[float, float], heads: Sequence[str], language: str
) -> bytes:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 -- as above

    figure, axes = new_figure(_ROW * len(rows), Margins(right=0.05, top=0.55, bottom=0.06))
    shares = [line for _, line in rows]
    low, high = extremes
    # Cells as shapes, not as a picture: they stay sharp at any size.
    for at, line in enumerate(shares):
        for column, share in enumerate(line):
            colour = shade((share - low) / max(high - low, 0.01))
            axes.add_patch(Rectangle((column - 0.5, at - 0.5), 1, 1, facecolor=colour, edgecolor="white"))
            figure_text = numbers.decimal(share * 100, numbers.PERCENT_DECIMALS, language)
            axes.text(column, at, figure_text, ha="center", va="center", fontsize=7, color=INK)
    axes.set_xlim(-0.5, len(shares[0]) - 0.5)
    name_rows(axes, [short(name, lines=1) for name, _ in rows])
    axes.set_xticks(range(len(heads)), [short(head, 17, lines=3) for head in heads], fontsize=6.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return svg_bytes(figure)


def _condensed_in_words(ranked: Sequence[Ranked], language: str) -> str:
    say = speaker(language)
    middle = ranked[len(ranked) // 2][1]
    number = numbers.count(len(ranked), language)
    first, centre, last = (numbers.percent_estimate(share, language) for share in (ranked[0][1], middle, ranked[-1][1]))
    return say(
        f"Đường giảm dần của {number} cơ quan theo hạng, với dải khoảng tin cậy: cao nhất {first}, ở giữa {centre}, "
        f"thấp nhất {last}; từng cơ quan có trong bảng xếp hạng.",
        f"Falling line of {number} agencies by rank with the band of their intervals: highest {first}, middle "
        f"{centre}, lowest {last}; every agency stands in the ranking table.",
    )


def _movement_in_words(pairs: Sequence[Ranked], language: str) -> str:
    say = speaker(language)
    words = {"improved": say("cải thiện", "improved"), "declined": say("giảm sút", "declined")}
    sentences = []
    for row, share in pairs:
        before = numbers.percent(row.change.previous.value if row.change.previous else None, language)
        verdict = words.get(row.change.verdict, say("chưa đủ căn cứ", "no evidence of change"))
        name, now = row.agency.name.text(language), numbers.percent(share.value, language)
        sentences.append(f"{name}: {before} → {now}, {verdict}")
    return "; ".join(sentences) + "."
