"""Indicators from a file: every line tried, every bad one named, nothing kept while one is bad; then into a round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_sources import IndexIndicator
from survey.models.rubric_content import LeafContent
from survey.services.audit import record
from survey.services.errors import RoundError, ServiceError
from survey.services.import_lines import BadCell, Complaints
from survey.services.index_ledger import Entry, Place, content_of, points_of, write_score
from survey.services.index_numbers import Figure, read_figure
from survey.services.index_rounds import list_participants, refuse_decided
from survey.services.lookups import require_agency
from survey.services.table_file import Table
from survey.services.table_headings import Column, HeadedTable, headed
from survey.services.table_values import Row

COLUMNS: Final = (
    Column("agency_code", "Mã cơ quan", "Agency code", ("Mã", "Mã đơn vị"), is_needed=True),
    Column("indicator", "Chỉ tiêu", "Indicator", ("Mã chỉ tiêu",), is_needed=True),
    Column("value", "Giá trị", "Value", ("Số liệu", "Tỷ lệ"), is_needed=True),
    Column("source", "Nguồn", "Source", ("Nguồn số liệu",)),
)
LONGEST_SOURCE: Final = 200


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """What a line would set; ``before`` is the text of what is known, None where nothing is."""

    line: int
    agency: Agency
    indicator: str
    figure: Figure
    source: str
    before: str | None


@dataclass(slots=True)
class IndicatorPlan:
    """What a file would do; nothing can be kept while a line is bad."""

    year: int
    values: list[PlannedIndicator] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    session: Session
    year: int
    may_set: Callable[[str], bool]
    known: frozenset[str]
    complaints: Complaints
    first_lines: dict[tuple[UUID, str], int] = field(default_factory=dict)


def plan_indicators(
    session: Session, table: Table, *, year: int, known: frozenset[str], may_set: Callable[[str], bool]
) -> IndicatorPlan:
    """Read a file of a year; ``known`` are the indicators that rubrics count, ``may_set`` is asked of agencies' paths.

    Raises:
        ImportRefusedError: The file has not the columns.

    """
    sheet, plan = headed(table, COLUMNS), IndicatorPlan(year)
    work = _Work(session, year, may_set, known, Complaints(plan.bad.append))
    for row in sheet.rows:
        if (planned := _read_line(work, sheet, row)) is not None:
            plan.values.append(planned)
    return plan


def store_indicators(session: Session, plan: IndicatorPlan, *, root: Agency, by: UUID | None, today: date) -> int:
    """Keep what was planned; return how many were new or changed.

    Raises:
        RoundError: A line is bad.

    """
    if plan.bad:
        raise RoundError(
            vi=f"Còn {len(plan.bad)} ô lỗi trong tệp; hãy sửa hết rồi gửi lại, chưa số nào được ghi.",
            en=f"{len(plan.bad)} cells of the file are wrong; mend all and send it again, nothing was kept.",
        )
    changed = 0
    for one in plan.values:
        figure = one.figure
        if one.before == exact_text(figure.value):
            continue
        row = _find(session, one.agency.id, plan.year, one.indicator)
        if row is None:
            row = IndexIndicator(agency_id=one.agency.id, year=plan.year, indicator=one.indicator)
            session.add(row)
        row.value, row.numerator, row.denominator = figure.value, figure.numerator, figure.denominator
        row.source, row.imported_by, row.imported_on = one.source, by, today
        changed += 1
    session.flush()
    details = {"changed": changed, "lines": len(plan.values)}
    record(session, "index.indicators_imported", subject=f"{root.code}/{plan.year}", agency_id=root.id, details=details)
    return changed


def take_indicators(session: Session, round_: IndexRound, *, by: UUID | None, today: date) -> int:
    """Let the year's indicators flow into a round; return how many scores were written.

    Raises:
        RoundError: The round is decided, or an indicator does not fit its formula; the sentence names both.

    """
    refuse_decided(round_)
    leaves = [leaf for leaf in content_of(round_).leaves.values() if leaf.source == "indicator"]
    participants = list_participants(session, round_)
    agencies = [participant.agency_id for participant in participants]
    names = {leaf.indicator for leaf in leaves}
    wanted = select(IndexIndicator).where(
        IndexIndicator.agency_id.in_(agencies), IndexIndicator.year == round_.year, IndexIndicator.indicator.in_(names)
    )
    found = {(row.agency_id, row.indicator): row for row in session.scalars(wanted)}
    taken = 0
    for participant in participants:
        agency_id = participant.agency_id
        for leaf in leaves:
            row = found.get((agency_id, leaf.indicator))
            if row is None:
                continue
            _refuse_misfit(participant, leaf, row)
            basis = {"indicator": row.indicator, "source": row.source, "imported_on": row.imported_on.isoformat()}
            entry = Entry(row.value, "indicator", row.source, by, today, basis=basis)
            write_score(session, Place(round_, agency_id, leaf), entry)
            taken += 1
    details = {"count": taken}
    record(session, "index.indicators_taken", subject=round_.code, agency_id=round_.agency_id, details=details)
    return taken


def _refuse_misfit(participant: IndexParticipant, leaf: LeafContent, row: IndexIndicator) -> None:
    """Name whose figure a formula does not take: 97 where 97 % was meant."""
    try:
        points_of(leaf, row.value)
    except RoundError as error:
        name = participant.agency.name
        raise RoundError(
            vi=f"{name}, chỉ tiêu {row.indicator}: {error.vi} Hãy nhập lại chỉ tiêu này.",
            en=f"{name}, indicator {row.indicator}: {error.en} Import this indicator again.",
        ) from error


def _read_line(work: _Work, sheet: HeadedTable, row: Row) -> PlannedIndicator | None:
    complaints = work.complaints
    complaints.turn_to(row.line)
    cells = {column.name: sheet.cell(row, column.name).strip() for column in COLUMNS}
    called = {column.name: sheet.headings.get(column.name, column.name) for column in COLUMNS}
    for name, position in sheet.positions.items():
        if fault := sheet.table.faults.get((row.line, position)):
            complaints.add(called[name], row.cell(position), vi=fault.vi, en=fault.en)
    agency = figure = None
    try:
        agency = _agency(work, cells["agency_code"])
    except ServiceError as error:
        complaints.add(called["agency_code"], cells["agency_code"], vi=error.vi, en=error.en)
    try:
        figure = read_figure(cells["value"])
    except ServiceError as error:
        complaints.add(called["value"], cells["value"], vi=error.vi, en=error.en)
    if cells["indicator"] not in work.known:
        names = ", ".join(sorted(work.known))
        vi, en = f"không có chỉ tiêu này; chỉ có: {names}", f"is no indicator of a rubric; there are {names}"
        complaints.add(called["indicator"], cells["indicator"], vi=vi, en=en)
    if complaints.in_line or agency is None or figure is None:
        return None
    first = work.first_lines.setdefault((agency.id, cells["indicator"]), row.line)
    if first != row.line:
        vi, en = f"đã có ở dòng {first}; hãy bỏ một dòng", f"stands in line {first} already; drop one of them"
        complaints.add(called["agency_code"], agency.code, vi=vi, en=en)
        return None
    before = _find(work.session, agency.id, work.year, cells["indicator"])
    known = exact_text(before.value) if before else None
    return PlannedIndicator(row.line, agency, cells["indicator"], figure, cells["source"][:LONGEST_SOURCE], known)


def _agency(work: _Work, code: str) -> Agency:
    agency = require_agency(work.session, code, on=date(work.year, 12, 31))
    if not work.may_set(agency.path):
        raise RoundError(
            vi="không thuộc các cơ quan mà bạn được ghi số liệu; số liệu do cấp trên ghi",
            en="is none of the agencies whose figures are yours to set; they are set from above",
        )
    return agency


def _find(session: Session, agency_id: UUID, year: int, indicator: str) -> IndexIndicator | None:
    return session.scalar(
        select(IndexIndicator).where(
            IndexIndicator.agency_id == agency_id, IndexIndicator.year == year, IndexIndicator.indicator == indicator
        )
    )
