"""Indexes of others: brought in by file with their source, replaced by year, and never without a year or a unit."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from analysis.merged_baseline import BaselinePart, merged_baseline
from analysis.outside_series import breaks_between, series_movement
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
# Provinces that PAPI names otherwise, by their code.
OTHERWISE = {"46": "thuathienhue", "79": "hochiminhcity"}
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


@pytest.mark.parametrize(
    ("line", "column", "remedy"),
    [
        ("2024.9;01;Hà Nội;1;1", "Năm", "“2024.9” is no year; write a whole number from 1990 to 2100."),
        ("99999999999;01;Hà Nội;1;1", "Năm", "from 1990 to 2100"),
        ("-3;01;Hà Nội;1;1", "Năm", "from 1990 to 2100"),
        ("٢٠٢٤;01;Hà Nội;1;1", "Năm", "from 1990 to 2100"),
        ("2024;01;Hà Nội;1;1,9", "Hạng công bố", "“1,9” is no rank; write a whole number from 1 to 100000."),
        ("2024;01;Hà Nội;1;99999999999", "Hạng công bố", "from 1 to 100000"),
        ("2024;01;Hà Nội;1;0", "Hạng công bố", "from 1 to 100000"),
        ("2024;01;Hà Nội;1;-5", "Hạng công bố", "from 1 to 100000"),
        (f"2024;{'x' * 61};Hà Nội;1;1", "Mã đơn vị", "60 at most"),
        (f"2024;01;{'y' * 201};1;1", "Tên đơn vị", "200 at most"),
        ("2024;01;Hà Nội;٣;1", "Tổng điểm", "is no number"),
    ],
)
def test_a_figure_that_no_year_rank_or_unit_has_is_named_with_its_line(line: str, column: str, remedy: str) -> None:
    (found,) = plan(f"2024.0;02;Hà Giang;1;2\n{line}\n").bad

    assert (found.line, found.column) == (3, column)
    assert remedy in found.en
    assert found.vi != found.en


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


def test_the_provinces_of_2025_have_a_baseline_from_their_parts_and_no_movement(session: Session) -> None:
    merged = PAPI.with_name("vn63_to_vn34.csv")
    if not merged.exists():
        pytest.skip("PAPI and the mergers are not here (../shared/data); a real baseline is not counted")
    series = save_series(session, None, WISH)
    whole = plan_series(read_table(PAPI.read_bytes(), name=PAPI.name), dimensions=DIMENSIONS)
    store_series(session, series, whole, unit_set="63", source="PAPI", by=None, today=DAY)
    before = next(year for year in series_years(session, series) if year.year == 2022)
    named = {letters(line.unit_name): line.unit for line in whole.lines if line.year == 2022}
    with merged.open(encoding="utf-8", newline="") as lines:
        rows = [
            (row["new_code"], named[OTHERWISE.get(row["old_code"], letters(row["old_name"]))])
            for row in csv.DictReader(lines)
        ]
    baselines = {}
    for new in dict(rows):
        totals = {old: before.totals[old] for code, old in rows if code == new}
        # A part that was not surveyed leaves the unit without a baseline.
        known = [BaselinePart(old, total, Fraction(1)) for old, total in totals.items() if total is not None]
        baselines[new] = merged_baseline(known) if len(known) == len(totals) else None
    assert len(baselines) == 34
    # Phú Thọ of 2025: Hòa Bình, Phú Thọ and Vĩnh Phúc, a third each.
    own = [before.totals[named[name]] for name in ("hoabinh", "phutho", "vinhphuc")]
    assert baselines["25"] is not None
    assert baselines["25"].value == sum(total for total in own if total) / 3

    # The next year ranks 34: neither ranks nor scores are taken from those of 63.
    told = "".join(f"2025;{code};{code};{float(one.value):.4f}\n" for code, one in baselines.items() if one)
    store_series(session, series, plan(told), unit_set="34", source="invented", by=None, today=DAY)
    *_, last, new = series_years(session, series)
    assert (last.unit_set, new.unit_set) == ("63", "34")
    assert "units" in breaks_between(last, new)


def letters(name: str) -> str:
    """Return a name as files without diacritics and spaces would have it."""
    bare = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(sign for sign in bare if sign.isalpha() and sign.isascii()).lower()
