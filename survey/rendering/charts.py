"""Charts of findings: colour-blind safe, readable in black and white, each with the text that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering import numbers
from survey.rendering.blocks import Chart
from survey.rendering.drawing import BLUE, GREY, INK, Margins, new_figure, percent_axis, short, svg_bytes
from survey.rendering.kept_charts import kept
from survey.rendering.level_tables import unweighted_note
from survey.rendering.words import LEVELS, interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from analysis.results import Estimate
    from survey.findings.values import AgencyFindings

# Satisfied levels are plain and blue, dissatisfied ones hatched and brown: the two sides differ without colour too.
_LEVEL_STYLES: Final = (
    ("#8c3b00", "////"),
    ("#e08a3c", "////"),
    ("#e4e4e4", ""),
    ("#8fb4dc", ""),
    ("#1f4e8c", ""),
)
_DARK_LEVELS: Final = (1, 5)
_SMALLEST_LABELLED: Final = 0.045
_ROW, _THICK_ROW = 0.34, 0.42

NamedShare = tuple[str, "Estimate"]
NamedLevels = tuple[str, tuple["Estimate", ...]]


def elements_chart(findings: AgencyFindings, language: str) -> Iterator[Chart]:
    """Draw the whole and the elements with their intervals; nothing where nothing may be shown."""
    say = speaker(language)
    whole = say("Chung", "Overall")
    named = [(whole, findings.overall), *((each.name.text(language), each.measures) for each in findings.elements)]
    shown = [(name, each.share_satisfied) for name, each in named if each.share_satisfied is not None]
    if shown:
        interval = interval_name(findings.confidence_level, language)
        yield Chart(
            code="elements",
            title=say(f"Tỷ lệ hài lòng theo yếu tố, {interval}", f"Share satisfied by element, {interval}"),
            alternative=shares_in_words(shown, language),
            svg=draw_shares(shown, language),
        )


def levels_chart(findings: AgencyFindings, language: str) -> Iterator[Chart]:
    """Draw the five levels of every element as parts of the whole; nothing where nothing may be shown."""
    say = speaker(language)
    named = [(each.name.text(language), each.measures) for each in findings.elements]
    shown = tuple((name, each.level_shares) for name, each in named if each.level_shares is not None)
    if shown:
        title = say("Phân bố năm mức đánh giá theo yếu tố", "The five levels of rating by element")
        # A survey with a design has its shares weighted; only its counts are not.
        note = "" if findings.weighting == "design" else unweighted_note(findings, language)
        yield Chart(
            code="levels",
            title=f"{title}. {note}" if note else title,
            alternative=levels_in_words(shown, language),
            svg=draw_levels(shown, language),
        )


def shares_in_words(shown: Sequence[NamedShare], language: str) -> str:
    """Say every figure of a chart of shares."""
    return "; ".join(f"{name}: {numbers.percent_estimate(share, language)}" for name, share in shown) + "."


@kept
def draw_shares(
    shown: Sequence[NamedShare], language: str, *, mean: float | None = None, row_height: float = _ROW
) -> bytes:
    """Draw named shares from top to bottom as points with intervals; ``mean`` is a line across all."""
    figure, axes = new_figure(row_height * len(shown), Margins())
    rows = range(len(shown))
    lowest = min(share.ci.low for _, share in shown)
    low = max(0.0, (lowest * 20 - 0.5) // 1 / 20)
    if mean is not None:
        axes.axvline(mean, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    for row, (_, share) in zip(rows, shown, strict=True):
        axes.plot((share.ci.low, share.ci.high), (row, row), color=BLUE, linewidth=2.2, solid_capstyle="butt")
        axes.plot(share.value, row, marker="o", markersize=5, color=INK, markeredgecolor="white", clip_on=False)
    # Narrow rows have room for one line of a name.
    lines = 2 if row_height >= _ROW else 1
    name_rows(axes, [short(name, lines=lines) for name, _ in shown])
    percent_axis(axes, low, language)
    figures = [f"{numbers.percent(share.value, language)}  n={numbers.count(share.n, language)}" for _, share in shown]
    _figures_right(axes, figures)
    return svg_bytes(figure)


@kept
def draw_levels(shown: Sequence[NamedLevels], language: str) -> bytes:
    """Draw named shares of the five levels from top to bottom, each as parts of its whole."""
    figure, axes = new_figure(_THICK_ROW * len(shown), Margins(right=0.35, bottom=0.62))
    for row, (_, shares) in enumerate(shown):
        left = 0.0
        for level, (share, (colour, hatch)) in enumerate(zip(shares, _LEVEL_STYLES, strict=True), start=1):
            part = share.value
            axes.barh(row, part, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=0.8)
            if part >= _SMALLEST_LABELLED:
                colours = ("white", colour) if level in _DARK_LEVELS else (INK, colour)
                _label_part(axes, left + part / 2, row, f"{part * 100:.0f}", colours)
            left += part
    name_rows(axes, [short(name) for name, _ in shown])
    percent_axis(axes, 0.0, language)
    _level_legend(axes, language)
    return svg_bytes(figure)


def _label_part(axes: Axes, x: float, row: int, label: str, colours: tuple[str, str]) -> None:
    text, background = colours
    box = {"boxstyle": "square,pad=0.12", "facecolor": background, "edgecolor": "none"}
    axes.text(x, row, label, ha="center", va="center", color=text, fontsize=7.5, bbox=box)


def _level_legend(axes: Axes, language: str) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415 -- takes more than a second, drawn in jobs only

    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=f"{level} {name.text(language)}")
        for level, (name, (colour, hatch)) in enumerate(zip(LEVELS, _LEVEL_STYLES, strict=True), start=1)
    ]
    axes.figure.legend(handles=handles, loc="lower center", ncols=5, frameon=False, fontsize=7,
                       handlelength=1.4, columnspacing=1.0)  # fmt: skip


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a plot from top to bottom."""
    axes.set_yticks(range(len(names)), names, fontsize=7.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)


def _figures_right(axes: Axes, figures: Sequence[str]) -> None:
    # A second axis, so that the layout keeps room for the figures outside the plot.
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(figures)), figures, fontsize=7)
    right.tick_params(length=0, pad=7)
    right.spines["right"].set_visible(False)


def levels_in_words(shown: Sequence[NamedLevels], language: str) -> str:
    """Say every part of a chart of levels."""
    heads = [level.text(language).lower() for level in LEVELS]
    sentences = []
    for name, shares in shown:
        parts = ", ".join(
            f"{head} {numbers.percent_estimate(share, language)}" for head, share in zip(heads, shares, strict=True)
        )
        sentences.append(f"{name}: {parts}")
    return "; ".join(sentences) + "."
