"""Charts: the right number of them, text that stands for them, and the same bytes."""

from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from survey.findings.values import AnnualFindings, Wording
from survey.rendering.annual_charts import heat_map, movement_chart, ranking_charts
from survey.rendering.blocks import Chart
from survey.rendering.charts import elements_chart, levels_chart
from survey.rendering.drawing import short
from tests.rendering.examples import agency_example, annual_example


def charts_of(findings: AnnualFindings, language: str = "vi") -> list[Chart]:
    return [*ranking_charts(findings, language), *movement_chart(findings, language), *heat_map(findings, language)]


def codes(charts: Sequence[Chart]) -> list[str]:
    return [chart.code for chart in charts]


@pytest.mark.parametrize(
    ("agencies", "expected"),
    [
        (34, ["ranking-1", "movement", "heat-map-1"]),
        (55, ["ranking-1", "ranking-2", "movement", "heat-map-1", "heat-map-2"]),
        (400, ["ranking", "movement"]),
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
    assert charts_of(replace(annual_example(1), agencies=())) == []


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

    assert short(name, 20, lines=1) == "Trung tâm Phục vụ h…"
    assert short(name, 20, lines=2) == "Trung tâm Phục vụ\nhành chính công xã…"


def test_a_name_that_fits_is_not_cut() -> None:
    assert short("Xã Mây Trắng", lines=1) == "Xã Mây Trắng"
