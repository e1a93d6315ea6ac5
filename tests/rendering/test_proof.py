"""One world with coded answers: every document tells those with a code from those without, by the same figures."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.values import AgencyFindings, AnnualFindings
from survey.rendering import numbers
from survey.rendering.csv import agency_csv, annual_csv
from survey.rendering.json import agency_json, annual_json
from survey.rendering.pdf import agency_pdf, annual_pdf
from survey.rendering.xlsx import agency_xlsx, annual_xlsx
from survey.services.fold import fold
from tests.rendering.reading import csv_rows, pdf_text, read_json, sheet_rows, squeezed

DAY, TODAY = date(2026, 2, 2), date(2026, 11, 21)
# Satisfied of those with a code 9 of 12, of those without 7 of 21.
WITH_CODE, WITHOUT = (9, 12), (7, 21)


@pytest.fixture
def world(session: Session) -> World:
    """Give a department that was rated by 12 citizens with a code and 21 without."""
    world = small_world(session)
    for verified, (satisfied, n) in ((True, WITH_CODE), (False, WITHOUT)):
        channel = "transaction" if verified else "qr"
        world.answer("A", [5, 5, 5, 5], times=satisfied, verified=verified, channel=channel)
        world.answer("A", [1, 1, 1, 1], times=n - satisfied, verified=verified, channel=channel)
    fold(session, until=DAY)
    return world


@pytest.fixture
def agency(world: World) -> AgencyFindings:
    ids = {"agency_id": world.agencies["A"].id, "wave_id": world.waves["W"].id}
    return agency_findings(world.session, today=TODAY, **ids)


@pytest.fixture
def year(world: World) -> AnnualFindings:
    world.waves["W"].state = "closed"
    world.session.flush()
    return annual_findings(world.session, root_id=world.agencies["P"].id, year=2026, today=TODAY)


def shares() -> list[float]:
    return [satisfied / n for satisfied, n in (WITH_CODE, WITHOUT)]


def test_every_document_of_an_agency_tells_them_apart(agency: AgencyFindings) -> None:
    in_csv = [
        (int(row["n"]), float(row["estimate"]))
        for row in csv_rows(agency_csv(agency))
        if (row["scope"], row["statistic"]) == ("verified", "share_satisfied")
    ]
    told = [row for row in read_json(agency_json(agency))["findings"]["breakdowns"] if row["dimension"] == "verified"]
    in_json = [(row["measures"]["share_satisfied"]["n"], row["measures"]["share_satisfied"]["value"]) for row in told]
    assert in_csv == in_json == [(12, 9 / 12), (21, 7 / 21)]
    text = squeezed(pdf_text(agency_pdf(agency, "vi")))
    assert all(squeezed(numbers.percent(share, "vi")) in text for share in shares())
    assert read_json(agency_json(agency))["findings"]["verified"] == 12
    sheets = openpyxl.load_workbook(io.BytesIO(agency_xlsx(agency)))
    in_xlsx = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    for (satisfied, n), name in ((WITH_CODE, "Có mã"), (WITHOUT, "Không có mã")):
        assert [row for row in in_xlsx if name in str(row) and n in row and pytest.approx(satisfied / n) in row], name


def test_every_document_of_a_year_tells_them_apart(year: AnnualFindings) -> None:
    (row,) = [row for row in csv_rows(annual_csv(year)) if row["agency_code"] == "A"]
    in_csv = [float(row["with_code_share_satisfied"]), float(row["without_code_share_satisfied"])]
    (told,) = [row for row in read_json(annual_json(year))["findings"]["agencies"] if row["agency"]["code"] == "A"]
    in_json = [told["proof"][name]["share_satisfied"]["value"] for name in ("with_code", "without_code")]
    lines = sheet_rows(annual_xlsx(year), "Có và không có mã")
    in_xlsx = [cell for line in lines if "Đơn vị A" in line.values() for cell in line.values()]
    assert in_csv == in_json == pytest.approx(shares())
    assert all(any(cell == pytest.approx(share) for cell in in_xlsx) for share in shares())
    text = squeezed(pdf_text(annual_pdf(year, "vi")))
    assert all(squeezed(numbers.percent(share, "vi")) in text for share in shares())
