"""Charts of crowded and of odd cases, one below the other on a sheet, in shades of grey as a copier prints them.

python -m tests.rendering.chart_sheets    writes the reference sheets anew; look at them before they are kept.
"""

import io
from collections.abc import Iterable
from dataclasses import replace

from PIL import Image

from survey.findings.values import AnnualFindings, PeriodFigures, RankedAgency, Wording
from survey.rendering.annual_charts import heat_map, movement_chart, ranking_charts
from survey.rendering.blocks import Chart
from survey.rendering.charts import elements_chart, levels_chart
from survey.rendering.summary_charts import element_spread_chart, funnel_chart, series_chart, summary_levels_chart
from survey.rendering.typesetting import pictures_png
from tests.rendering.examples import LONG_NAME, agency_example, annual_example
from tests.rendering.pictures import REFERENCES

DOTS_AN_INCH = 55
COUNTRY = 3_321
TWO_HUNDRED = (LONG_NAME * 2)[:200]


def charts_of(findings: AnnualFindings, language: str = "vi") -> list[Chart]:
    summary = (element_spread_chart, summary_levels_chart, series_chart)
    makers = (ranking_charts, funnel_chart, movement_chart, heat_map, *summary)
    return [chart for make in makers for chart in make(findings, language)]


def with_series(findings: AnnualFindings, breaks: dict[int, tuple[str, ...]]) -> AnnualFindings:
    periods = tuple(
        PeriodFigures(
            Wording(f"Năm {year}", str(year)), year, findings.n, None, findings.overall, findings.elements,
            findings.channels, breaks.get(year, ()), False, findings.overall_change,  # noqa: FBT003 -- all fields
        )
        for year in range(2022, 2027)
    )  # fmt: skip
    return replace(findings, series=periods)


def with_long_names(findings: AnnualFindings) -> AnnualFindings:
    rows = (
        replace(row, agency=replace(row.agency, name=Wording(TWO_HUNDRED, TWO_HUNDRED))) for row in findings.agencies
    )
    return replace(findings, agencies=tuple(rows))


def country() -> AnnualFindings:
    """As many agencies as the country has communes: those of a smaller crowd, again and again."""
    few = annual_example(160)
    ranked = [row for row in few.agencies if row.rank is not None]
    rows: list[RankedAgency] = []
    for at in range(COUNTRY):
        row = ranked[at * len(ranked) // COUNTRY]
        rows.append(replace(row, rank=at + 1, rank_low=max(1, at - 300), rank_high=min(COUNTRY, at + 300)))
    return replace(few, agencies=tuple(rows))


def sheets() -> dict[str, list[Chart]]:
    """Return the charts of every case by its name."""
    broken = with_series(annual_example(34), {2024: ("questionnaire", "unit")})
    fives, alone = agency_example(only_fives=True, n=30), with_long_names(annual_example(1))
    return {
        "charts-34": charts_of(broken),
        "charts-3321": charts_of(country()),
        "charts-long-names": charts_of(with_long_names(annual_example(12)), "en"),
        "charts-odd": [*elements_chart(fives, "vi"), *levels_chart(fives, "vi"), *charts_of(alone)],
    }


def drawn(charts: Iterable[Chart]) -> Image.Image:
    """Draw charts one below the other, in shades of grey."""
    pictures = [Image.open(io.BytesIO(png)).convert("L") for png in _png(charts)]
    sheet = Image.new("L", (max(one.width for one in pictures), sum(one.height for one in pictures)), 255)
    below = 0
    for one in pictures:
        sheet.paste(one, (0, below))
        below += one.height
    return sheet


def _png(charts: Iterable[Chart]) -> list[bytes]:
    return pictures_png([chart.svg for chart in charts], dots_an_inch=DOTS_AN_INCH)


def write_references() -> None:
    REFERENCES.mkdir(exist_ok=True)
    for name, charts in sheets().items():
        drawn(charts).quantize(16).save(REFERENCES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    write_references()
