"""Charts: the right number of them, text that stands for them, and the same bytes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from survey.findings.values import AnnualFindings, PeriodFigures, Wording
from survey.rendering import kept_charts
from survey.rendering.annual_charts import heat_map, movement_chart, ranking_charts
from survey.rendering.blocks import Chart
from survey.rendering.charts import elements_chart, levels_chart
from survey.rendering.drawing import INK, shade, short
from survey.rendering.kept_charts import charts_kept_in, kept
from survey.rendering.summary_charts import element_spread_chart, funnel_chart, series_chart, summary_levels_chart
from tests.rendering.examples import LONG_NAME, agency_example, annual_example, measures


def charts_of(findings: AnnualFindings, language: str = "vi") -> list[Chart]:
    makers = (
        ranking_charts,
        funnel_chart,
        movement_chart,
        heat_map,
        element_spread_chart,
        summary_levels_chart,
        series_chart,
    )
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


def codes(charts: Sequence[Chart]) -> list[str]:
    return [chart.code for chart in charts]


@pytest.mark.parametrize(
    ("agencies", "expected"),
    [
        (34, ["ranking-1", "funnel", "movement", "heat-map-1", "levels"]),
        (55, ["ranking-1", "ranking-2", "funnel", "movement", "heat-map-1", "heat-map-2", "levels"]),
        (400, ["ranking", "funnel", "movement", "element-spread", "levels"]),
    ],
)
def test_charts_fit_the_number_of_agencies(agencies: int, expected: list[str]) -> None:
    assert codes(charts_of(annual_example(agencies))) == expected


def test_every_chart_is_a_picture_with_title_and_text() -> None:
    agency = agency_example()
    for chart in [*elements_chart(agency, "vi"), *levels_chart(agency, "vi"), *charts_of(annual_example(34))]:
        assert ET.fromstring(chart.svg).tag.endswith("svg")  # noqa: S314 -- our own picture
        assert chart.title
        assert chart.alternative.endswith(".")


def test_the_text_of_the_ranking_names_every_agency_with_interval_and_n() -> None:
    findings = annual_example(12)
    (chart,) = ranking_charts(findings, "vi")

    for row in findings.agencies:
        assert (row.agency.name.vi in chart.alternative) == (row.rank is not None)
    assert chart.alternative.count("n\N{NO-BREAK SPACE}=") == sum(row.rank is not None for row in findings.agencies)


def test_nothing_is_drawn_of_suppressed_figures() -> None:
    suppressed = agency_example(suppressed=True)

    assert [*elements_chart(suppressed, "vi"), *levels_chart(suppressed, "vi")] == []
    nothing = measures(None)
    empty = replace(annual_example(1), agencies=(), overall=nothing, elements=(nothing,) * 5)
    assert charts_of(with_series(empty, {})) == []


def test_the_language_of_the_labels_changes_the_picture() -> None:
    (vi,), (en,) = levels_chart(agency_example(), "vi"), levels_chart(agency_example(), "en")

    assert vi.svg != en.svg
    assert "very satisfied 29.4%" in en.alternative
    assert "rất hài lòng 29,4\N{NO-BREAK SPACE}%" in vi.alternative


def test_dollar_signs_in_a_name_are_drawn_and_not_typeset_as_formulas() -> None:
    findings = annual_example(2)
    first = findings.agencies[0]
    odd = replace(first, agency=replace(first.agency, name=Wording("$\\frac{$ & <b>", "x")))

    (chart,) = ranking_charts(replace(findings, agencies=(odd, *findings.agencies[1:])), "vi")

    assert ET.fromstring(chart.svg) is not None  # noqa: S314 -- our own picture


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_same_findings_are_the_same_bytes(language: str) -> None:
    assert [chart.svg for chart in charts_of(annual_example(34), language)] == [
        chart.svg for chart in charts_of(annual_example(34), language)
    ]


def test_a_picture_carries_no_date() -> None:
    assert all(b"<dc:date>" not in chart.svg for chart in charts_of(annual_example(3)))


def test_a_name_too_long_for_its_row_is_cut_and_says_so() -> None:
    name = "Trung tâm Phục vụ hành chính công xã Thượng Phước và các xã lân cận"

    assert short(name, 20, lines=1) == "Trung tâm…lân cận"
    assert short(name, 20, lines=2) == "Trung tâm Phục vụ\nhành chính…lân cận"
    assert short("Xã" + "a" * 198, 20, lines=1) == "Xãaaaaaaaaa…aaaaaaaa"


def test_a_name_that_fits_is_not_cut() -> None:
    assert short("Xã Mây Trắng", lines=1) == "Xã Mây Trắng"


def test_a_break_stands_where_two_periods_cannot_be_compared_and_says_why() -> None:
    (whole,) = series_chart(with_series(annual_example(3), {}), "vi")
    (broken,) = series_chart(with_series(annual_example(3), {2024: ("questionnaire", "unit")}), "vi")

    assert whole.svg != broken.svg
    assert "không so được" not in whole.alternative
    assert broken.alternative.count("không so được với kỳ trước: phiếu hỏi khác; đơn vị sáp nhập") == 1
    assert broken.alternative.index("không so được") > broken.alternative.index("Năm 2024")
    assert [*series_chart(replace(annual_example(3), series=()), "vi")] == []


def test_the_funnel_names_who_strays_further_than_chance_and_counts_a_crowd() -> None:
    findings = annual_example(34)
    (few,), (many,) = funnel_chart(findings, "vi"), funnel_chart(annual_example(400), "en")
    best, worst = (next(row for row in order if row.rank) for order in (findings.agencies, findings.agencies[::-1]))

    assert f"Ở trên: {best.agency.name.vi}" in few.alternative
    assert worst.agency.name.vi in few.alternative.split("Ở dưới: ")[1]
    assert "Above" not in many.alternative
    assert "above the 99.8% limit of chance" in many.alternative
    # Thousands of points would weigh megabytes.
    assert len(many.svg) < 300_000


def test_names_of_two_hundred_letters_change_no_size_of_a_chart() -> None:
    findings = annual_example(12)
    agencies = tuple(
        replace(row, agency=replace(row.agency, name=Wording(LONG_NAME * 2, LONG_NAME * 2)))
        for row in findings.agencies
    )

    for usual, long in zip(charts_of(findings), charts_of(replace(findings, agencies=agencies)), strict=True):
        assert ET.fromstring(usual.svg).get("viewBox") == ET.fromstring(long.svg).get("viewBox")  # noqa: S314 -- ours


def test_ink_is_readable_on_every_shade() -> None:
    def luminance(colour: Sequence[float]) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    ink = luminance([int(INK[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    lights = [luminance(shade(share / 10)) for share in range(11)]

    # WCAG 2.2, 1.4.3.
    assert min((light + 0.05) / (ink + 0.05) for light in lights) > 4.5
    assert lights == sorted(lights, reverse=True)


def test_the_same_data_are_drawn_once_and_kept_in_the_folder(tmp_path: Path) -> None:
    drawn: list[int] = []

    @kept
    def draw(number: int) -> bytes:
        drawn.append(number)
        return b"<svg/>"

    folder = tmp_path / "charts"
    with charts_kept_in(folder):
        assert draw(1) == draw(1) == b"<svg/>"
        draw(2)
        kept_charts._remembered.clear()  # as a new process would begin
        draw(1)
    assert drawn == [1, 2]
    assert len(list(folder.iterdir())) == 2
    with charts_kept_in(folder / next(folder.iterdir()).name):
        # Nothing can be written there; the chart comes all the same.
        assert draw(3) == b"<svg/>"
