"""N from a file: every line tried, every bad one named, what would change shown before anything is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServiceField
from survey.models.fieldwork import PopulationSize, Wave
from survey.queries.gauge import count_folded_by_field, count_folded_by_month
from survey.services.audit import Act, Detail, record_all
from survey.services.errors import AgencyError, ServiceError, WaveError
from survey.services.import_lines import BadCell, Complaints
from survey.services.lookups import require_agency
from survey.services.table_file import Table
from survey.services.table_headings import Column, HeadedTable, headed, heading_line
from survey.services.table_values import Row
from survey.services.wave_checks import check_population_size, refuse_released

COLUMNS: Final = (
    Column("agency_code", "Mã cơ quan", "Agency code", ("Mã", "Mã đơn vị"), is_needed=True),
    Column("month", "Tháng", "Month", is_needed=True),
    Column("transactions", "Số hồ sơ", "Transactions", ("N", "Số hồ sơ đã giải quyết"), is_needed=True),
    Column("field_code", "Mã lĩnh vực", "Field code", ("Lĩnh vực",)),
    Column("wave_code", "Mã đợt", "Wave code"),
)
MOST_LINES: Final = 5_000
_MOST_DIGITS: Final = 12
_COUNT: Final = re.compile(r"\d{1,3}([.,\s])\d{3}(?:\1\d{3})*|\d+")
_MONTHS: Final = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.]0?1)?"),
    re.compile(r"(?:tháng\s*)?(?:0?1[-/.])?(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})", re.IGNORECASE),
)

_Key = tuple[UUID, str, UUID | None]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class PlannedSize:
    """What a line would set; ``before`` is None where N was not known.

    ``respondents`` are the folded answers of the agency, month and field, which N should not fall below.
    """

    line: int
    agency: Agency
    service_field: ServiceField | None
    month: str
    transactions: int
    before: int | None
    respondents: int

    @property
    def is_too_small(self) -> bool:
        """Return whether more people answered than had a transaction."""
        return self.transactions < self.respondents


@dataclass(slots=True)
class PopulationPlan:
    """What a file would do; nothing can be kept while a line is bad.

    ``heading_line`` is the line that was taken for the headings.
    """

    sizes: list[PlannedSize] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    heading_line: int = 0

    @property
    def added(self) -> list[PlannedSize]:
        """Return the lines that set what was unknown."""
        return [size for size in self.sizes if size.before is None]

    @property
    def changed(self) -> list[PlannedSize]:
        """Return the lines that change what was known."""
        return [size for size in self.sizes if size.before not in {None, size.transactions}]

    @property
    def too_small(self) -> list[PlannedSize]:
        """Return the lines whose N is below the answers."""
        return [size for size in self.sizes if size.is_too_small]

    @property
    def digest(self) -> str:
        """Return what changes with everything that the plan would do."""
        told = [(f"{s.agency.id}", s.month, f"{s.service_field and s.service_field.id}", s.transactions, s.before)
                for s in self.sizes]  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def as_csv(self) -> str:
        """Return the lines as a file of the same shape, to be sent once more by whoever agrees."""
        lines = [
            f"{s.agency.code},{s.month},{s.transactions},{s.service_field.code if s.service_field else ''}"
            for s in self.sizes
        ]
        return "\n".join(["agency_code,month,transactions,field_code", *lines])


@dataclass(slots=True)
class _Work:
    session: Session
    wave: Wave
    may_set: Callable[[str], bool]
    complaints: Complaints
    fields: dict[str, ServiceField]
    agencies: dict[str, Agency] = field(default_factory=dict)
    first_lines: dict[_Key, int] = field(default_factory=dict)
    found: list[tuple[int, Agency, ServiceField | None, str, int]] = field(default_factory=list)


def plan_population(session: Session, wave: Wave, table: Table, *, may_set: Callable[[str], bool]) -> PopulationPlan:
    """Read a file against a wave; ``may_set`` says of an agency's path whether its N is the sender's to set.

    Raises:
        ImportRefusedError: where the file has not the columns.
        WaveError: where the wave is released, or the file has too many lines.

    """
    refuse_released(session, wave)
    sheet = headed(table, COLUMNS)
    plan = PopulationPlan(heading_line=heading_line(table, COLUMNS))
    if len(sheet.rows) > MOST_LINES:
        raise WaveError(
            vi=f"Tệp {table.name} có {len(sheet.rows)} dòng, tối đa {MOST_LINES}; hãy chia thành nhiều tệp.",
            en=f"The file {table.name} has {len(sheet.rows)} lines, {MOST_LINES} at most; split it into several files.",
        )
    fields = {each.code: each for each in session.scalars(select(ServiceField))}
    work = _Work(session, wave, may_set, Complaints(plan.bad.append), fields)
    for row in sheet.rows:
        _read_line(work, sheet, row)
    plan.sizes = _compared(work)
    return plan


def store_population(session: Session, wave: Wave, plan: PopulationPlan, *, today: date, name: str) -> int:
    """Keep what was planned and record it once, with every changed figure; return how many were new or changed."""
    known = _known(session, wave, {size.agency.id for size in plan.sizes})
    for size in (*plan.added, *plan.changed):
        key = (size.agency.id, size.month, size.service_field.id if size.service_field else None)
        row = known.get(key)
        if row is None:
            row = PopulationSize(wave_id=wave.id, agency_id=key[0], month=key[1], service_field_id=key[2])
            session.add(row)
        row.transactions, row.set_on = size.transactions, today
    number = len(plan.added) + len(plan.changed)
    if number:
        details: dict[str, Detail] = {"file": name, "added": len(plan.added), "changed": len(plan.changed)}
        sizes = (*plan.added, *plan.changed)
        whole = Act("population.imported", wave.code, wave.agency_id, {**details, "sizes": [*map(_told, sizes)]})
        record_all(session, [whole, *_acts_below(wave, sizes, name)])
    return number


def _acts_below(wave: Wave, sizes: Iterable[PlannedSize], name: str) -> Iterator[Act]:
    """Tell each agency below the wave's of its own figures."""
    told: dict[UUID, list[str]] = {}
    for size in sizes:
        if size.agency.id != wave.agency_id:
            told.setdefault(size.agency.id, []).append(_told(size))
    for agency_id, own in told.items():
        yield Act("population.imported", wave.code, agency_id, {"file": name, "sizes": own})


def read_month(text: str) -> str:
    """Return a month as in "2026-11" from the ways people write it: 2026-11, 11/2026, tháng 11/2026, 2026-11-01."""
    for pattern in _MONTHS:
        if found := pattern.fullmatch(text.strip()):
            return f"{found['year']}-{int(found['month']):02d}"
    raise WaveError(
        vi="không phải tháng; hãy ghi như 2026-11 hoặc 11/2026", en="is no month; write it like 2026-11 or 11/2026"
    )


def read_count(text: str) -> int:
    """Return a whole number from 1234, 1.234 or 1 234."""
    if not _COUNT.fullmatch(text.strip()):
        raise WaveError(vi="không phải số nguyên dương; hãy ghi như 1234", en="is no whole number; write it like 1234")
    digits = re.sub(r"\D", "", text)
    if len(digits) > _MOST_DIGITS:
        raise WaveError(vi="là số quá lớn; hãy kiểm tra lại", en="is too large a number; check it")
    return int(digits)


def _read_line(work: _Work, sheet: HeadedTable, row: Row) -> None:
    work.complaints.turn_to(row.line)
    cells = {column.name: sheet.cell(row, column.name) for column in COLUMNS}
    called = {column.name: sheet.headings.get(column.name, column.name) for column in COLUMNS}
    for position in sorted(sheet.positions.values()):
        if fault := sheet.table.faults.get((row.line, position)):
            work.complaints.add(f"{position + 1}", row.cell(position), vi=fault.vi, en=fault.en)
    agency = _try(work, called["agency_code"], cells["agency_code"], lambda text: _agency(work, text))
    month = _try(work, called["month"], cells["month"], read_month)
    count = _try(work, called["transactions"], cells["transactions"], read_count)
    service_field = _try(work, called["field_code"], cells["field_code"], lambda text: _field(work, text))
    _try(work, called["wave_code"], cells["wave_code"], lambda text: _same_wave(work, text))
    if work.complaints.in_line or agency is None or month is None or count is None:
        return
    key = (agency.id, month, service_field.id if service_field else None)
    first = work.first_lines.setdefault(key, row.line)
    if first != row.line:
        vi, en = f"đã có ở dòng {first}; hãy bỏ một dòng", f"stands in line {first} already; drop one of them"
        work.complaints.add(called["agency_code"], agency.code, vi=vi, en=en)
        return
    try:
        check_population_size(work.session, work.wave, agency, month, count)
    except WaveError as error:
        work.complaints.add(called["month"], f"{month}: {count}", vi=error.vi, en=error.en)
        return
    work.found.append((row.line, agency, service_field, month, count))


def _try(work: _Work, column: str, text: str, reading: Callable[[str], Read]) -> Read | None:
    try:
        return reading(text)
    except ServiceError as error:
        work.complaints.add(column, text, vi=error.vi, en=error.en)
        return None


def _agency(work: _Work, code: str) -> Agency:
    agency = work.agencies.get(code)
    if agency is None:
        agency = work.agencies[code] = require_agency(work.session, code, on=work.wave.opens_on)
    if not work.may_set(agency.path):
        # One outside the subtree and one's own body read the same: neither is one's to set.
        raise AgencyError(
            vi="không thuộc các cơ quan mà bạn được ghi N; N do cấp trên của cơ quan ghi",
            en="is none of the agencies whose N is yours to set; N is set from above the agency",
        )
    return agency


def _field(work: _Work, code: str) -> ServiceField | None:
    if code and code not in work.fields:
        raise AgencyError(vi=f"Không có lĩnh vực {code}", en=f"There is no field of service {code}")
    return work.fields.get(code)


def _same_wave(work: _Work, code: str) -> None:
    if code and code != work.wave.code:
        raise WaveError(
            vi=f"là đợt khác; trang này ghi N của đợt {work.wave.code}",
            en=f"is another wave; this page sets N of {work.wave.code}",
        )


def _compared(work: _Work) -> list[PlannedSize]:
    ids = {agency.id for _, agency, *_ in work.found}
    known = _known(work.session, work.wave, ids)
    whole = count_folded_by_month(work.session, wave_id=work.wave.id, agency_ids=list(ids))
    parts = count_folded_by_field(work.session, wave_id=work.wave.id, agency_ids=list(ids))
    sizes = []
    for line, agency, service_field, month, count in work.found:
        before = known.get((agency.id, month, service_field.id if service_field else None))
        if service_field is None:
            respondents = whole.get((agency.id, month), 0)
        else:
            respondents = parts.get((agency.id, month, str(service_field.id)), 0)
        sizes.append(
            PlannedSize(line, agency, service_field, month, count, before.transactions if before else None, respondents)
        )
    return sizes


def _known(session: Session, wave: Wave, agency_ids: set[UUID]) -> dict[_Key, PopulationSize]:
    rows = session.scalars(
        select(PopulationSize).where(PopulationSize.wave_id == wave.id, PopulationSize.agency_id.in_(list(agency_ids)))
    )
    return {(row.agency_id, row.month, row.service_field_id): row for row in rows}


def _told(size: PlannedSize) -> str:
    where = f"{size.agency.code} {size.month}" + (f" {size.service_field.code}" if size.service_field else "")
    return f"{where}: {size.before if size.before is not None else '-'} → {size.transactions}"
