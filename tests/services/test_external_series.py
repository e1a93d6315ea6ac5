"""Indexes of others: brought in by file with their source, replaced by year, and never without a year or a unit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from analysis.outside_series import series_movement
from survey.services.errors import RoundError
from survey.services.external_series import (
    SeriesPlan,
    SeriesWish,
    find_series,
    plan_series,
    save_series,
    series_years,
    store_series,
)
from survey.services.table_file import read_table

PAPI = Path(__file__).parents[3] / "shared" / "data" / "papi_dimension_totals_rank_derived.csv"
DAY = date(2026, 11, 22)
WISH = SeriesWish("papi", "PAPI", "PAPI", "CECODES, VFF-CRT, UNDP", "điểm")
DIMENSIONS = tuple(f"dim{at}" for at in range(1, 9))


def plan(lines: str, *dimensions: str) -> SeriesPlan:
    head = ";".join(("Năm", "Mã đơn vị", "Tên đơn vị", "Tổng điểm", "Hạng công bố", *dimensions))
    return plan_series(read_table(f"{head}\n{lines}".encode(), name="a.csv"), dimensions=dimensions)


def test_a_year_is_replaced_as_a_whole_and_totals_come_from_dimensions_where_the_file_has_none(
    session: Session,
) -> None:
    series = save_series(session, None, WISH)
    first = plan("2023;01;Hà Nội;;2;5,5;6\n2023;04;Cao Bằng;;;;\n2024;01;Hà Nội;13.5;1;6;7\n", "d1", "d2")
    assert store_series(session, series, first, unit_set="63", source="UNDP, 4/2024", by=None, today=DAY) == 3
    again = plan("2023;01;Hà Nội;12;1\n")
    assert store_series(session, series, again, unit_set="34", source="UNDP, đính chính", by=None, today=DAY) == 1
    session.commit()

    assert find_series(session, "papi", root_id=None) is save_series(session, None, WISH)
    old, new = series_years(session, series)
    assert (old.totals, old.codes, old.unit_set) == ({"01": Fraction(12)}, (), "34")
    assert (new.totals, new.codes, new.unit_set) == ({"01": Fraction("13.5")}, ("d1", "d2"), "63")
    assert series_movement(old, new).breaks == ("dimensions", "units")


def test_bad_lines_are_named_and_nothing_is_kept(session: Session) -> None:
    series = save_series(session, None, WISH)
    bad = plan("2023;01;Hà Nội;x\n;01;Hà Nội;1\n2023;;Hà Nội;1\n2023;01;Hà Nội;1\n2023;01;Hà Nội;2\n")

    assert [(one.line, one.column) for one in bad.bad] == [
        (2, "Tổng điểm"), (3, "Năm"), (4, "Mã đơn vị"), (6, "Mã đơn vị")
    ]  # fmt: skip
    with pytest.raises(RoundError, match="4 wrong cells"):
        store_series(session, series, bad, unit_set="63", source="x", by=None, today=DAY)
    with pytest.raises(RoundError, match="Say where the figures are from"):
        store_series(session, series, plan("2023;01;Hà Nội;1\n"), unit_set="63", source=" ", by=None, today=DAY)
    assert series_years(session, series) == []


def test_papi_2011_to_2024_is_kept_whole(session: Session) -> None:
    if not PAPI.exists():
        pytest.skip("PAPI is not here (../shared/data); a real series is not imported")
    series = save_series(session, None, WISH)
    found = plan_series(read_table(PAPI.read_bytes(), name=PAPI.name), dimensions=DIMENSIONS)

    assert found.bad == []
    assert store_series(session, series, found, unit_set="63", source="PAPI", by=None, today=DAY) == 882
    years = {year.year: year for year in series_years(session, series)}
    assert sorted(years) == list(range(2011, 2025))
    assert {len(year.codes) for number, year in years.items() if number < 2018} == {6}
    assert {len(year.codes) for number, year in years.items() if number > 2017} == {8}
    assert years[2023].missing() == ("P14", "P47")
    assert years[2018].ranks()["P13"] == 1
    assert years[2018].totals["P13"] == Fraction("47.0533")
