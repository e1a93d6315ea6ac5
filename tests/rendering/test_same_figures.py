"""Every document says the same figure: the one of the findings."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from survey.findings.values import AgencyFindings, AnnualFindings, Measures
from survey.rendering import numbers
from survey.rendering.csv import agency_csv, annual_csv
from survey.rendering.json import agency_json, annual_json
from survey.rendering.pdf import agency_pdf, annual_pdf
from survey.rendering.xlsx import agency_xlsx, annual_xlsx
from tests.rendering.examples import agency_example, annual_example
from tests.rendering.reading import csv_rows, pdf_text, read_json, sheet_rows, squeezed

AGENCIES = {
    "a counter form": agency_example(),
    "several questions an element": agency_example(items_per_element=3),
    "no N": agency_example(population=None),
    "only fives": agency_example(only_fives=True, n=31),
    "too few": agency_example(suppressed=True),
}
YEARS = {"34": annual_example(34), "1": annual_example(1), "released": annual_example(12, is_draft=False)}


def named_measures(findings: AgencyFindings) -> Iterator[tuple[str, str, Measures]]:
    yield "overall", "overall", findings.overall
    assert findings.overall_question
    yield "overall_question", "overall", findings.overall_question.measures
    for element in findings.elements:
        yield "element", element.code, element.measures
        yield from (("item", item.code, item.measures) for item in element.items)
    yield from ((row.dimension, row.member, row.measures) for row in findings.breakdowns)


@pytest.mark.parametrize("findings", AGENCIES.values(), ids=AGENCIES)
def test_the_csv_of_an_agency_has_every_estimate_unrounded(findings: AgencyFindings) -> None:
    rows = {(row["scope"], row["code"], row["statistic"]): row for row in csv_rows(agency_csv(findings))}

    for scope, code, measures in named_measures(findings):
        for statistic in ("share_satisfied", "mean_score"):
            estimate, row = getattr(measures, statistic), rows[scope, code, statistic]
            if estimate is None:
                assert (row["estimate"], row["low"], row["note"]) == ("", "", "không đủ số liệu")
            else:
                found = [float(row[name]) for name in ("estimate", "low", "high")]
                assert found == [estimate.value, estimate.ci.low, estimate.ci.high]
                assert int(row["n"]) == estimate.n


@pytest.mark.parametrize("findings", AGENCIES.values(), ids=AGENCIES)
def test_the_share_of_each_level_has_its_interval_and_n_in_every_document(findings: AgencyFindings) -> None:
    rows = {(row["scope"], row["code"], row["statistic"]): row for row in csv_rows(agency_csv(findings))}
    told = read_json(agency_json(findings))["findings"]
    printed = squeezed(pdf_text(agency_pdf(findings)))
    sheet = {row[0]: row for row in map(list, map(dict.values, sheet_rows(agency_xlsx(findings), "Tỷ lệ năm mức")))}

    for element, as_json in zip(findings.elements, told["elements"], strict=True):
        shares, said = element.measures.level_shares, as_json["measures"]["level_shares"]
        if shares is None:
            assert said is None
            assert sheet[f"{element.name.vi} – không đủ số liệu"][1] == "–"
            continue
        ends = [(share.value, share.ci.low, share.ci.high) for share in shares]
        assert [(one["value"], one["ci"]["low"], one["ci"]["high"]) for one in said] == ends
        assert sheet[element.name.vi][1] == element.measures.n
        assert sheet[element.name.vi][2:] == pytest.approx([end for share in ends for end in share])
        for level, share in enumerate(shares, start=1):
            row = rows["element", element.code, f"ratings_share_{level}"]
            assert [float(row[name]) for name in ("estimate", "low", "high")] == list(ends[level - 1])
            assert int(row["n"]) == share.n == element.measures.n
            assert squeezed(numbers.percent_interval(share.ci, "vi")) in printed


@pytest.mark.parametrize("findings", AGENCIES.values(), ids=AGENCIES)
def test_the_spreadsheet_of_an_agency_has_the_same_numbers_as_the_json(findings: AgencyFindings) -> None:
    told = read_json(agency_json(findings))["findings"]
    rows = sheet_rows(agency_xlsx(findings), "Kết quả")

    expected = [told["overall"], told["overall_question"]["measures"], *(e["measures"] for e in told["elements"])]
    assert len(rows) == len(expected)
    for row, measures in zip(rows, expected, strict=True):
        cells = list(row.values())
        if measures["share_satisfied"] is None:
            assert "không đủ số liệu" in cells
            assert not any(isinstance(cell, int | float) for cell in cells)
        else:
            share, mean = measures["share_satisfied"], measures["mean_score"]
            assert cells[1:] == pytest.approx([measures["n"], *(_three(share)), *(_three(mean))], rel=1e-15)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("findings", AGENCIES.values(), ids=AGENCIES)
def test_the_pdf_of_an_agency_prints_every_figure_with_its_interval(findings: AgencyFindings, language: str) -> None:
    text = squeezed(pdf_text(agency_pdf(findings, language)))

    for _, _, measures in named_measures(findings):
        if share := measures.share_satisfied:
            printed = numbers.percent(share.value, language) + numbers.percent_interval(share.ci, language)
            assert squeezed(printed) in text
        if mean := measures.mean_score:
            printed = numbers.score(mean.value, language) + numbers.score_interval(mean.ci, language)
            assert squeezed(printed) in text
    if findings.points:
        for value in (findings.points.value, findings.points.low, findings.points.high):
            assert numbers.points(value, language) in text


@pytest.mark.parametrize("findings", YEARS.values(), ids=YEARS)
def test_the_csv_of_a_year_has_a_line_an_agency_with_the_same_numbers(findings: AnnualFindings) -> None:
    whole, *rows = csv_rows(annual_csv(findings))

    assert float(whole["share_satisfied"]) == _value(findings.overall)
    assert [row["agency_code"] for row in rows] == [row.agency.code for row in findings.agencies]
    for row, agency in zip(rows, findings.agencies, strict=True):
        assert row["share_satisfied"] == ("" if agency.overall.is_suppressed else repr(_value(agency.overall)))
        assert row["rank"] == ("" if agency.rank is None else str(agency.rank))
        assert row["points"] == ("" if agency.points is None else repr(agency.points.value))
        for at, element in enumerate(agency.elements, start=1):
            assert row[f"element_{at}_share_satisfied"] == ("" if element.is_suppressed else repr(_value(element)))


@pytest.mark.parametrize("findings", YEARS.values(), ids=YEARS)
def test_the_spreadsheet_of_a_year_has_the_same_numbers_as_the_json(findings: AnnualFindings) -> None:
    agencies = read_json(annual_json(findings))["findings"]["agencies"]
    xlsx = annual_xlsx(findings)
    ranking, points = sheet_rows(xlsx, "Xếp hạng"), sheet_rows(xlsx, "Điểm")
    # All together come before the agencies.
    points = points[1:]

    for told, row, points_row in zip(agencies, ranking, points, strict=True):
        assert row["Hạng"] == told["rank"]
        assert row["Tập hạng: đến"] == told["rank_high"]
        assert row["n"] == told["participation"]["respondents"]
        assert row["N"] == told["participation"]["population_size"]
        share = row["Tỷ lệ hài lòng, khoảng tin cậy 95\N{NO-BREAK SPACE}%"]
        if told["overall"]["share_satisfied"]:
            assert share == pytest.approx(told["overall"]["share_satisfied"]["value"], rel=1e-15)
        else:
            assert share == "không đủ số liệu"
        head = "Điểm, hai đầu khoảng tin cậy"
        assert points_row[head] == (told["points"]["value"] if told["points"] else "không đủ số liệu")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pdf_of_a_year_prints_every_agency_with_interval_points_and_elements(language: str) -> None:
    findings = annual_example(34)
    text = squeezed(pdf_text(annual_pdf(findings, language)))

    for row in findings.agencies:
        assert squeezed(row.agency.name.text(language)) in text
        if share := row.overall.share_satisfied:
            printed = numbers.percent(share.value, language) + numbers.percent_interval(share.ci, language)
            assert squeezed(printed) in text
        for element in row.elements:
            if estimate := element.share_satisfied:
                n = numbers.count(estimate.n, language)
                assert squeezed(f"{numbers.percent(estimate.value, language)}({n})") in text
        if row.points:
            ends = f"{numbers.points(row.points.low, language)}–{numbers.points(row.points.high, language)}"
            assert f"{numbers.points(row.points.value, language)}{ends}" in text


def test_what_a_spreadsheet_shows_is_what_the_pdf_prints() -> None:
    # A spreadsheet rounds 0.8125 to 81.3 %, half away from zero; the printed figure must not differ.
    findings = agency_example()
    share = findings.overall.share_satisfied
    assert share
    tie = replace(findings, overall=replace(findings.overall, share_satisfied=replace(share, value=0.8125)))

    assert "81,3%" in squeezed(pdf_text(agency_pdf(tie)))


def _three(estimate: dict[str, Any]) -> list[float]:
    return [estimate["value"], estimate["ci"]["low"], estimate["ci"]["high"]]


def _value(measures: Measures) -> float:
    assert measures.share_satisfied
    return measures.share_satisfied.value
