"""Indexes of others, brought in year by year from a file, each with its source; never counted into ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from analysis.outside_series import SeriesYear
from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_sources import ExternalSeries, ExternalValue, ExternalYear
from survey.services.audit import Detail, record
from survey.services.errors import RoundError, ServiceError
from survey.services.import_lines import BadCell, Complaints
from survey.services.index_numbers import YEARS, read_between, read_decimal
from survey.services.names import checked_code, checked_name, checked_translation
from survey.services.table_file import Table
from survey.services.table_headings import Column, HeadedTable, headed
from survey.services.table_values import Row

COLUMNS: Final = (
    Column("year", "Năm", "Year", is_needed=True),
    Column("unit", "Mã đơn vị", "Unit code", ("Mã", "province_code"), is_needed=True),
    Column("unit_name", "Tên đơn vị", "Unit", ("Tên", "province", "Tỉnh"), is_needed=True),
    Column("total", "Tổng điểm", "Total", ("total_derived", "Điểm", "Giá trị")),
    Column("rank", "Hạng công bố", "Published rank", ("rank_derived", "Hạng")),
)
_SERIES: Final = ("chuỗi số liệu", "series")
_UNIT: Final = ("đơn vị", "unit")
RANKS: Final = (1, 100_000)
_LONGEST_SOURCE: Final = 300
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """What a series is called, who publishes it, its unit, and which way it is better."""

    code: str
    name: str
    name_en: str | None
    publisher: str
    unit: str
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A unit in a year; ``total`` is the one of the file, or the sum of the dimensions where the file has none."""

    year: int
    unit: str
    unit_name: str
    total: Fraction | None
    rank: int | None
    dimensions: Mapping[str, Fraction | None]


@dataclass(slots=True)
class SeriesPlan:
    """What a file holds; nothing can be kept while a line is bad.  ``codes`` are its dimensions by year."""

    lines: list[SeriesLine] = field(default_factory=list)
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    sha256: str = ""


def add_series(session: Session, root: Agency | None, wish: SeriesWish) -> ExternalSeries:
    """Make a series; one that has the code already stays as it is.

    Raises:
        RoundError: As ``save_series``, or the code is taken.

    """
    code = checked_code(wish.code, of=_SERIES, error=RoundError)
    if held := find_series(session, code, root_id=root.id if root else None):
        raise RoundError(
            vi=f"Mã “{code}” đã dùng cho “{held.name}”; hãy mở chỉ số đó để đổi tên, hoặc đặt mã khác.",
            en=f"The code “{code}” is that of “{held.name}”; open that index to rename it, or choose another code.",
        )
    return save_series(session, root, wish)


def save_series(session: Session, root: Agency | None, wish: SeriesWish) -> ExternalSeries:
    """Make a series, or change what it is called; its years stay.

    Raises:
        RoundError: A code or a name is empty or too long, or nobody is named as publisher.

    """
    code = checked_code(wish.code, of=_SERIES, error=RoundError)
    owner = root.id if root else None
    series = find_series(session, code, root_id=owner)
    if series is None:
        series = ExternalSeries(code=code, agency_id=owner)
        session.add(series)
    series.name = checked_name(wish.name, of=_SERIES, error=RoundError)
    series.name_en = checked_translation(wish.name_en, of=_SERIES, error=RoundError)
    series.publisher = checked_name(wish.publisher, of=("nơi công bố", "publisher"), error=RoundError)
    series.unit, series.higher_is_better = wish.unit.strip(), wish.higher_is_better
    session.flush()
    record(session, "external.series_saved", subject=code, agency_id=owner, details={"name": series.name})
    return series


def plan_series(table: Table, *, dimensions: Sequence[str] = ()) -> SeriesPlan:
    """Read a file; ``dimensions`` are the headings of the columns that totals are made of.

    A year has those dimensions in which any of its units has a figure.  A unit without a total was left out that year.

    Raises:
        ImportRefusedError: The file has not the columns, or lacks a dimension.

    """
    columns = (*COLUMNS, *(Column(name, name, name, is_needed=True) for name in dimensions))
    sheet, plan = headed(table, columns), SeriesPlan(sha256=table.sha256)
    complaints = Complaints(plan.bad.append)
    first: dict[tuple[int, str], int] = {}
    for row in sheet.rows:
        complaints.turn_to(row.line)
        line = _read_line(sheet, row, dimensions, complaints)
        if line is None:
            continue
        before = first.setdefault((line.year, line.unit), row.line)
        if before != row.line:
            vi, en = f"đã có ở dòng {before}; hãy bỏ một dòng", f"stands in line {before} already; drop one of them"
            complaints.add(sheet.headings["unit"], line.unit, vi=vi, en=en)
            continue
        plan.lines.append(line)
    for year in sorted({line.year for line in plan.lines}):
        own = [line for line in plan.lines if line.year == year]
        plan.codes[year] = tuple(code for code in dimensions if any(line.dimensions[code] is not None for line in own))
    return plan


def store_series(
    session: Session,
    series: ExternalSeries,
    plan: SeriesPlan,
    *,
    unit_set: str,
    source: str,
    by: UUID | None,
    today: date,
) -> int:
    """Keep the years of a file; a year that is there already is replaced as a whole.  Return how many units.

    Raises:
        RoundError: A line is bad, or the source is not named.

    """
    if plan.bad or not plan.lines:
        raise RoundError(
            vi=f"Tệp còn {len(plan.bad)} ô lỗi hoặc không có dòng nào; hãy sửa rồi gửi lại, chưa số nào được ghi.",
            en=f"The file has {len(plan.bad)} wrong cells, or no lines; mend it and send it again, nothing was kept.",
        )
    said = source.strip()
    if not said or len(said) > _LONGEST_SOURCE:
        raise RoundError(
            vi="Hãy ghi nguồn số liệu (nơi công bố, ngày, địa chỉ), tối đa 300 ký tự.",
            en="Say where the figures are from (who published them, when, where), in at most 300 characters.",
        )
    for year, codes in plan.codes.items():
        here = (ExternalYear.series_id == series.id, ExternalYear.year == year)
        session.execute(delete(ExternalValue).where(ExternalValue.series_id == series.id, ExternalValue.year == year))
        session.execute(delete(ExternalYear).where(*here))
        session.add(
            ExternalYear(
                series_id=series.id,
                year=year,
                components=list(codes),
                unit_set=unit_set.strip(),
                source=said,
                sha256=plan.sha256,
                imported_by=by,
                imported_on=today,
            )
        )
    session.add_all(_row(series, line, plan.codes[line.year]) for line in plan.lines)
    session.flush()
    details: dict[str, Detail] = {"changed": len(plan.lines), "sha256": plan.sha256}
    record(session, "external.imported", subject=series.code, agency_id=series.agency_id, details=details)
    return len(plan.lines)


def find_series(session: Session, code: str, *, root_id: UUID | None) -> ExternalSeries | None:
    """Return a series of a root, or of everybody where ``root_id`` is None."""
    owner = ExternalSeries.agency_id.is_(None) if root_id is None else ExternalSeries.agency_id == root_id
    return session.scalar(select(ExternalSeries).where(ExternalSeries.code == code, owner))


def series_years(session: Session, series: ExternalSeries) -> list[SeriesYear]:
    """Return the years of a series as ``analysis.outside_series`` reads them, oldest first."""
    years = session.scalars(select(ExternalYear).where(ExternalYear.series_id == series.id).order_by(ExternalYear.year))
    values: dict[int, list[ExternalValue]] = {}
    for value in session.scalars(
        select(ExternalValue).where(ExternalValue.series_id == series.id).order_by(ExternalValue.unit)
    ):
        values.setdefault(value.year, []).append(value)
    return [
        SeriesYear(
            year=one.year,
            totals={value.unit: value.total for value in values.get(one.year, [])},
            dimensions={
                value.unit: {code: Fraction(part) if part else None for code, part in value.components.items()}
                for value in values.get(one.year, [])
            },
            codes=tuple(one.components),
            unit_set=one.unit_set,
            higher_is_better=series.higher_is_better,
        )
        for one in years
    ]


def _row(series: ExternalSeries, line: SeriesLine, codes: Sequence[str]) -> ExternalValue:
    parts = {code: line.dimensions[code] for code in codes}
    total = line.total
    known = [part for part in parts.values() if part is not None]
    if total is None and codes and len(known) == len(codes):
        total = sum(known, Fraction(0))
    return ExternalValue(
        series_id=series.id,
        year=line.year,
        unit=line.unit,
        unit_name=line.unit_name,
        total=total,
        published_rank=line.rank,
        components={code: None if part is None else exact_text(part) for code, part in parts.items()},
    )


def _read_line(sheet: HeadedTable, row: Row, dimensions: Sequence[str], complaints: Complaints) -> SeriesLine | None:
    for column, position in sheet.positions.items():
        if fault := sheet.table.faults.get((row.line, position)):
            complaints.add(sheet.headings[column], row.cell(position), vi=fault.vi, en=fault.en)

    def tried(column: str, read: Callable[[str], T]) -> T | None:
        text = sheet.cell(row, column).strip()
        try:
            return read(text)
        except ServiceError as error:
            complaints.add(sheet.headings.get(column, column), text, vi=error.vi, en=error.en)
            return None

    def number(column: str) -> Fraction | None:
        return tried(column, lambda text: _number(text) if text else None)

    unit = tried("unit", lambda text: checked_code(text, of=_UNIT, error=RoundError))
    name = tried("unit_name", lambda text: checked_name(text, of=_UNIT, error=RoundError))
    year = tried("year", lambda text: read_between(text, *YEARS, of=("năm", "year")))
    rank = tried("rank", lambda text: read_between(text, *RANKS, of=("thứ hạng", "rank")) if text else None)
    parts, total = {code: number(code) for code in dimensions}, number("total")
    if complaints.in_line or unit is None or name is None or year is None:
        return None
    return SeriesLine(year, unit, name, total, rank, parts)


def _number(text: str) -> Fraction:
    try:
        return read_decimal(text)
    except ServiceError as error:
        raise RoundError(
            vi="không phải số; hãy ghi con số đã công bố như 43,12, không kèm đơn vị; chưa có số thì để trống",
            en="is no number; write the figure as published, like 43.12, without its unit; leave it empty if unknown",
        ) from error
