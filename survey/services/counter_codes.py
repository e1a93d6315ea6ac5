"""The codes of counters over the years: given anew, retired, and which posters on the walls are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.services.agencies import issue_code, retire_code
from survey.services.audit import Detail, record
from survey.services.errors import AgencyError

_DAYS_A_YEAR: Final = 365.25
_CODES_A_STATEMENT: Final = 500


@dataclass(frozen=True, slots=True)
class HangingPoster:
    """A code in use whose poster is due; ``since`` is when it was last printed, or else given out."""

    code: ServicePointCode
    counter: ServicePoint
    agency: Agency
    since: date


def rotate_code(session: Session, counter: ServicePoint, *, today: date) -> ServicePointCode:
    """Give a counter a new code; the posters with the old one go on working until that is retired."""
    before = [code.code for code in counter.codes if code.retired_on is None]
    issued = issue_code(session, counter, today=today)
    details: dict[str, Detail] = {"code": issued.code, "still_working": before}
    record(session, "counter.code_issued", subject=counter.name, agency_id=counter.agency_id, details=details)
    return issued


def retire_old_code(session: Session, code: ServicePointCode, *, today: date) -> None:
    """Retire a code that a newer one has replaced.

    Raises:
        AgencyError: where the counter would be left without a code, or the code is retired already.

    """
    counter = code.service_point
    if code.retired_on is None and code.replaced_on is None:
        raise AgencyError(
            vi=f"{code.code} là mã đang dùng của quầy “{counter.name}”; hãy cấp mã mới và treo áp phích mới trước.",
            en=f"{code.code} is the code in use of “{counter.name}”; give the counter a new code and poster first.",
        )
    retire_code(session, code, today=today)
    record(
        session,
        "counter.code_retired",
        subject=counter.name,
        agency_id=counter.agency_id,
        details={"code": code.code, "issued_on": code.issued_on.isoformat()},
    )


def newest_code(counter: ServicePoint) -> ServicePointCode | None:
    """Return the code that a new poster carries, None where the counter has none."""
    return next((code for code in counter.codes if code.retired_on is None), None)


def mark_printed(session: Session, codes: Iterable[str], *, today: date) -> None:
    """Keep that posters with these codes were made today."""
    wanted = sorted(codes)
    for start in range(0, len(wanted), _CODES_A_STATEMENT):
        some = ServicePointCode.code.in_(wanted[start : start + _CODES_A_STATEMENT])
        session.execute(update(ServicePointCode).where(some).values(printed_on=today))


def list_hanging_posters(session: Session, *, path: str, months: int, today: date) -> Sequence[HangingPoster]:
    """List the codes in use at and below an agency that a newer one has replaced, or printed ``months`` ago or more.

    Which of two codes a citizen came by is kept nowhere, so that a replaced code is told of until it is retired.
    """
    since = func.coalesce(ServicePointCode.printed_on, ServicePointCode.issued_on)
    statement = (
        select(ServicePointCode)
        .join(ServicePointCode.service_point)
        .join(ServicePoint.agency)
        .options(contains_eager(ServicePointCode.service_point).contains_eager(ServicePoint.agency))
        .where(*_hanging(path, months=months, today=today))
        .order_by(since, Agency.sort_key, ServicePoint.sort_key, ServicePointCode.code)
    )
    return [
        HangingPoster(code, code.service_point, code.service_point.agency, code.printed_on or code.issued_on)
        for code in session.scalars(statement)
    ]


def find_counter_of(session: Session, agency: Agency, counter_id: UUID) -> ServicePoint | None:
    """Return a counter in use at or below an agency, or None."""
    counter = session.get(ServicePoint, counter_id)
    if counter is None or counter.retired_on is not None or not counter.agency.path.startswith(agency.path):
        return None
    return counter


def count_hanging_posters(session: Session, *, path: str, months: int, today: date) -> int:
    """Count the posters that ``list_hanging_posters`` lists."""
    statement = (
        select(func.count())
        .select_from(ServicePointCode)
        .join(ServicePointCode.service_point)
        .join(ServicePoint.agency)
        .where(*_hanging(path, months=months, today=today))
    )
    return session.scalars(statement).one()


def _hanging(path: str, *, months: int, today: date) -> tuple[ColumnElement[bool], ...]:
    since = func.coalesce(ServicePointCode.printed_on, ServicePointCode.issued_on)
    oldest = today - timedelta(days=round(months * _DAYS_A_YEAR / 12))
    return (
        Agency.path.startswith(path, autoescape=True),
        ServicePoint.retired_on.is_(None),
        ServicePointCode.retired_on.is_(None),
        or_(ServicePointCode.replaced_on.is_not(None), since <= oldest),
    )
