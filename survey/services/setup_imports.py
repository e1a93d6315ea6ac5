"""Agencies, counters and N from CSV files: every line is tried, every bad one named, and all are kept or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServiceField, ServicePoint
from survey.services.agencies import add_agency, add_service_point, move_agency, rename_agency
from survey.services.agency_ties import check_place_is_free
from survey.services.audit import Act
from survey.services.errors import AgencyError, ServiceError
from survey.services.import_file import guess_delimiter, open_csv
from survey.services.import_lines import BadCell, Complaints
from survey.services.import_values import normal
from survey.services.lookups import require_agency, require_wave
from survey.services.recorded_changes import RecordedChanges
from survey.services.waves import PopulationNotice, set_population_size

AGENCY_COLUMNS: Final = ("code", "kind", "name", "name_en", "parent_code", "valid_from")
COUNTER_COLUMNS: Final = ("agency_code", "name", "name_en", "serves_code")
MOST_TOLD: Final = 20
POPULATION_COLUMNS: Final = ("wave_code", "agency_code", "month", "transactions")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class SetupFile:
    """A CSV file to set something up from, and who hears of its bad lines."""

    path: Path
    on_bad_cell: Callable[[BadCell], None]
    encoding: str = "utf-8"


@dataclass(slots=True)
class SetupReport:
    """What a file did.  With a single bad line all was taken back, and the counts say what would have been done.

    ``kept`` are names that a recorded change gave since the file was written, each with the old one.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad_cells: int = 0
    too_small: list[tuple[str, str, PopulationNotice]] = field(default_factory=list)
    told: dict[UUID, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def tell(self, agency_id: UUID, what: str) -> None:
        """Note what was done at an agency, for who audits it."""
        self.told.setdefault(agency_id, []).append(what)

    def acts(self, subject: str) -> Iterator[Act]:
        """Tell of the whole file, and to each agency of what concerns it."""
        yield Act("import.done", subject, None, {"added": self.added, "changed": self.changed})
        for agency_id, told in self.told.items():
            more = "; …" if len(told) > MOST_TOLD else ""
            yield Act("import.done", subject, agency_id, {"what": "; ".join(told[:MOST_TOLD]) + more})


def import_agencies(session: Session, file: SetupFile) -> SetupReport:
    """Add the agencies of a file, or rename and move those that are there; parents may stand below their children."""
    complaints, report = Complaints(file.on_bad_cell), SetupReport()
    with _all_or_nothing(session, complaints, report):
        rows, recorded = list(_rows(file, AGENCY_COLUMNS, complaints)), RecordedChanges(session)
        for line, row in parents_first(rows, complaints):
            complaints.turn_to(line)
            with _complaining(complaints, "code", row["code"]):
                _set_up_agency(session, row, report, recorded)
    return report


def import_counters(session: Session, file: SetupFile, *, today: date) -> SetupReport:
    """Add the counters of a file, each with its first code; those that are there stay as they are."""
    complaints, report = Complaints(file.on_bad_cell), SetupReport()
    with _all_or_nothing(session, complaints, report):
        for _, row in _rows(file, COUNTER_COLUMNS, complaints):
            with _complaining(complaints, "name", row["name"]):
                _set_up_counter(session, row, report, today)
    return report


def import_population(session: Session, file: SetupFile) -> SetupReport:
    """Set N from a file, with a column ``field_code`` also by field; ``too_small`` tells where n is above N."""
    complaints, report = Complaints(file.on_bad_cell), SetupReport()
    with _all_or_nothing(session, complaints, report):
        for _, row in _rows(file, POPULATION_COLUMNS, complaints):
            with _complaining(complaints, "transactions", row["transactions"]):
                _set_population(session, row, report)
    return report


@contextmanager
def _all_or_nothing(session: Session, complaints: Complaints, report: SetupReport) -> Iterator[None]:
    attempt = session.begin_nested()
    yield
    report.bad_cells = complaints.in_file
    if complaints.in_file:
        attempt.rollback()
    else:
        attempt.commit()


@contextmanager
def _complaining(complaints: Complaints, column: str, value: str) -> Iterator[None]:
    try:
        yield
    except ServiceError as error:
        complaints.add(column, value, vi=error.vi, en=error.en)


def _rows(file: SetupFile, columns: tuple[str, ...], complaints: Complaints) -> Iterator[tuple[int, Row]]:
    delimiter = guess_delimiter(file.path, encoding=file.encoding, columns=columns)
    opened = open_csv(
        file.path, encoding=file.encoding, delimiter=delimiter, columns=dict.fromkeys(columns, "import --help")
    )
    width = len(opened.header)
    for line, row in opened.rows():
        complaints.turn_to(line)
        if len(row) == width:
            yield line, dict(zip(opened.header, map(normal, row), strict=True))
        else:
            vi = f"có {len(row)} cột, dòng tiêu đề có {width}; hãy kiểm tra dấu phân cách"
            en = f"has {len(row)} columns, the header {width}; check the delimiters"
            complaints.add("", delimiter.join(row), vi=vi, en=en)


def parents_first(rows: Iterable[tuple[int, Row]], complaints: Complaints) -> Iterator[tuple[int, Row]]:
    """Yield lines so that a parent of the same file comes before its children; circles are complained about."""
    rows = list(_once_each(rows, complaints))
    waiting: dict[str, list[tuple[int, Row]]] = {}
    codes = {row["code"] for _, row in rows}
    ready = [entry for entry in rows if entry[1]["parent_code"] not in codes]
    for entry in rows:
        if entry[1]["parent_code"] in codes:
            waiting.setdefault(entry[1]["parent_code"], []).append(entry)
    for line, row in ready:
        yield line, row
        # The list grows while it is walked through: what waited for this agency follows.
        ready.extend(waiting.pop(row["code"], ()))
    for line, row in sorted((entry for entries in waiting.values() for entry in entries), key=lambda entry: entry[0]):
        complaints.turn_to(line)
        complaints.add(
            "parent_code",
            row["parent_code"],
            vi="nằm trong một vòng tròn cấp trên – cấp dưới; hãy sửa mã cấp trên",
            en="lies in a circle of parents; correct the parent's code",
        )


def _once_each(rows: Iterable[tuple[int, Row]], complaints: Complaints) -> Iterator[tuple[int, Row]]:
    first: dict[tuple[str, str], int] = {}
    for line, row in rows:
        seen = first.setdefault((row["code"], row["valid_from"]), line)
        if seen == line:
            yield line, row
        else:
            complaints.turn_to(line)
            vi = f"đã có ở dòng {seen}; mỗi mã chỉ một dòng"
            complaints.add("code", row["code"], vi=vi, en=f"stands in line {seen} already; one line a code")


def _set_up_agency(session: Session, row: Row, report: SetupReport, recorded: RecordedChanges) -> None:
    valid_from = _date(row["valid_from"])
    parent = require_agency(session, row["parent_code"], on=valid_from) if row["parent_code"] else None
    name_en = row["name_en"] or None
    there = session.scalar(select(Agency).where(Agency.code == row["code"], Agency.valid_from == valid_from))
    if there is None:
        added = add_agency(
            session,
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            name_en=name_en,
            parent=parent,
            valid_from=valid_from,
        )
        report.added += 1
        report.tell(added.id, added.name)
        return
    if there.kind != row["kind"]:
        raise AgencyError(
            vi=f"là “{there.name}”, loại {there.kind}; không đổi loại được, hãy dùng mã khác",
            en=f"is “{there.name}”, a {there.kind}; the kind cannot change, use another code",
        )
    has_changed = False
    if parent is not None and there.parent_id != parent.id:
        check_place_is_free(session, there)
        if there.parent_id is not None:
            report.tell(there.parent_id, f"{there.name} → {parent.code}")
        report.tell(there.id, f"→ {parent.code} {parent.name}")
        move_agency(session, there, parent=parent)
        has_changed = True
    if (there.name, there.name_en) != (row["name"], name_en):
        part = recorded.rename_of(there, row["name"], name_en or "")
        if part is not None:
            report.kept.append(f"{there.code}: “{row['name']}” → “{there.name}” ({'; '.join(part.said)})")
        else:
            report.tell(there.id, f"{there.name} → {row['name']}")
            rename_agency(session, there, name=row["name"], name_en=name_en)
            has_changed = True
    report.changed += has_changed
    report.unchanged += not has_changed


def _set_up_counter(session: Session, row: Row, report: SetupReport, today: date) -> None:
    owner = require_agency(session, row["agency_code"], on=today)
    serves = require_agency(session, row["serves_code"], on=today) if row["serves_code"] else owner
    there = session.scalar(
        select(ServicePoint).where(
            ServicePoint.agency_id == owner.id, ServicePoint.name == row["name"], ServicePoint.retired_on.is_(None)
        )
    )
    if there is None:
        add_service_point(
            session,
            agency=owner,
            name=row["name"],
            name_en=row["name_en"] or None,
            serves_agency=serves,
            today=today,
        )
        report.added += 1
        report.tell(owner.id, row["name"])
    elif there.serves_agency_id == serves.id:
        report.unchanged += 1
    else:
        raise AgencyError(
            vi=f"đã có và nhận hồ sơ cho “{there.serves_agency.name}”; hãy ngừng quầy cũ hoặc đặt tên khác",
            en=f"is there and takes in cases of “{there.serves_agency.name}”; retire it or choose another name",
        )


def _set_population(session: Session, row: Row, report: SetupReport) -> None:
    wave = require_wave(session, row["wave_code"])
    agency = require_agency(session, row["agency_code"], on=wave.opens_on)
    service_field = None
    if code := row.get("field_code"):
        service_field = session.scalar(select(ServiceField).where(ServiceField.code == code))
        if service_field is None:
            raise AgencyError(vi=f"Không có lĩnh vực {code}", en=f"There is no field of service {code}")
    if not row["transactions"].isdecimal():
        raise AgencyError(vi="không phải số nguyên dương, không dấu chấm", en="is no whole number without separators")
    notice = set_population_size(
        session,
        wave=wave,
        agency=agency,
        month=row["month"],
        transactions=int(row["transactions"]),
        service_field=service_field,
    )
    report.added += 1
    report.tell(agency.id, f"{wave.code} {row['month']} {row.get('field_code', '')} → {notice.transactions}")
    if notice.is_too_small:
        report.too_small.append((agency.code, row["month"], notice))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise AgencyError(vi=f"Ngày “{text}” phải viết như 2025-07-01", en=f"Write “{text}” like 2025-07-01") from error
