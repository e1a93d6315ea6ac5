"""Paper forms: numbered, printed in series, and what came back of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import Wave
from survey.models.identifiers import CODE_SYMBOLS
from survey.models.paper import InvalidSheet, PaperSeries
from survey.queries.counters_elsewhere import has_counters
from survey.services.answer_checks import clean_text
from survey.services.audit import record
from survey.services.errors import ServiceError

MOST_SHEETS: Final = 5_000
LARGEST_NUMBER: Final = 9_999_999
_DIGITS: Final = 5
# A prime below the number of symbols: every wrong digit and every two neighbours that changed places are noticed.
_MODULUS: Final = 31
_NUMBER: Final = re.compile(r"(?:(?P<wave>.+?)[-\s]+)?0*(?P<number>\d{1,7})[-\s]*(?P<check>[0-9A-Z])", re.DOTALL)


class PaperError(ServiceError):
    """A sheet or a series of sheets cannot be as asked."""


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """Sheets to be printed: of which edition and language, for one counter or any of the agency (None)."""

    wave: Wave
    agency: Agency
    service_point: ServicePoint | None
    edition_id: UUID
    language: str
    sheets: int


def sheet_number(wave_code: str, number: int) -> str:
    """Return the number of a sheet as it is printed: code of the wave, running number, check symbol."""
    return f"{wave_code}-{number:0{_DIGITS}d}-{_check_symbol(wave_code, number)}"


def read_sheet_number(text: str, *, wave_code: str) -> int:
    """Return the running number of a sheet, typed whole or without the code of the wave.

    Raises:
        PaperError: where it was mistyped, or is a sheet of another wave.

    """
    typed = clean_text(text).strip()
    if not typed:
        raise PaperError(
            vi="Chưa ghi số tờ; hãy gõ số in ở đầu tờ, hoặc quét mã ở đó.",
            en="The number of the sheet is missing; type the one at its top, or scan the code there.",
        )
    found = _NUMBER.fullmatch(typed.upper())
    number = int(found["number"]) if found else 0
    is_ours = found is not None and (found["wave"] is None or found["wave"] == wave_code.upper())
    if found is None or not is_ours or found["check"] != _check_symbol(wave_code, number):
        raise PaperError(
            vi=f"Số tờ “{typed[:40]}” không đúng của đợt {wave_code}: có thể gõ nhầm một ký tự, hoặc tờ của đợt khác. "
            "Hãy xem lại số in ở đầu tờ.",
            en=f"“{typed[:40]}” is no sheet number of the wave {wave_code}: a symbol was mistyped, or the sheet is of "
            "another wave. Look at the number at the top of the sheet.",
        )
    return number


def print_series(
    session: Session,
    *,
    order: PaperOrder,
    by: UUID | None,
    today: date,
) -> PaperSeries:
    """Give out the next numbers of a wave for the sheets of an order.

    Raises:
        PaperError: too few or too many sheets, a wave that no longer takes answers, or no counter to hand them out.

    """
    wave, sheets = order.wave, order.sheets
    if not 1 <= sheets <= MOST_SHEETS:
        raise PaperError(
            vi=f"Số tờ phải từ 1 đến {MOST_SHEETS}; hãy ghi lại.",
            en=f"Between 1 and {MOST_SHEETS} sheets can be printed at once; write another number.",
        )
    if wave.state == "closed" or today > wave.closes_on:
        raise PaperError(
            vi=f"Đợt {wave.code} đã kết thúc nên không in thêm phiếu; hãy chọn đợt khác.",
            en=f"The wave {wave.code} is over and takes no more forms; choose another wave.",
        )
    if not has_counters(session, order.agency):
        raise PaperError(
            vi=f"{order.agency.name} không có quầy nào nên phiếu in ra không nhập được; hãy in ở cơ quan có quầy "
            "nhận hồ sơ.",
            en=f"{order.agency.name_en or order.agency.name} has no counter, so its sheets could not be entered; print "
            "them for the agency whose counter takes in the cases.",
        )
    # Two officials who print at once must not be given the same numbers.
    session.execute(select(Wave.id).where(Wave.id == wave.id).with_for_update())
    last = session.scalar(select(func.max(PaperSeries.last_number)).where(PaperSeries.wave_id == wave.id)) or 0
    series = PaperSeries(
        wave_id=wave.id,
        agency_id=order.agency.id,
        service_point_id=order.service_point.id if order.service_point else None,
        questionnaire_edition_id=order.edition_id,
        language=order.language,
        first_number=last + 1,
        last_number=last + sheets,
        printed_on=today,
        printed_by=by,
    )
    session.add(series)
    session.flush()
    first, final = (sheet_number(wave.code, number) for number in (series.first_number, series.last_number))
    record(session, "paper.printed", subject=wave.code, agency_id=order.agency.id, details={"from": first, "to": final})
    return series


def require_series(session: Session, *, wave: Wave, number: int) -> PaperSeries:
    """Return the series to which a sheet belongs.

    Raises:
        PaperError: where no sheet of that number was ever printed.

    """
    series = session.scalar(
        select(PaperSeries).where(
            PaperSeries.wave_id == wave.id, PaperSeries.first_number <= number, PaperSeries.last_number >= number
        )
    )
    if series is None:
        raise PaperError(
            vi=f"Tờ {sheet_number(wave.code, number)} chưa từng được in; hãy xem lại số in ở đầu tờ.",
            en=f"The sheet {sheet_number(wave.code, number)} was never printed; look at the number at its top.",
        )
    return series


def mark_invalid(session: Session, series: PaperSeries, *, number: int, today: date) -> bool:
    """Note that a sheet came back blank or unreadable; return False where that was known."""
    statement = insert_on_conflict(session.get_bind().dialect.name, InvalidSheet).values(
        agency_id=series.agency_id, wave_id=series.wave_id, number=number, returned_on=today
    )
    return session.execute(statement.on_conflict_do_nothing().returning(InvalidSheet.number)).first() is not None


def unmark_invalid(session: Session, series: PaperSeries, *, number: int) -> None:
    """Forget that a sheet came back unusable: it was read after all."""
    session.execute(
        delete(InvalidSheet).where(
            InvalidSheet.agency_id == series.agency_id,
            InvalidSheet.wave_id == series.wave_id,
            InvalidSheet.number == number,
        )
    )


def _check_symbol(wave_code: str, number: int) -> str:
    # The wave takes part, so that a sheet of another wave is noticed too.
    digest = hashlib.sha256(wave_code.upper().encode()).digest()
    return CODE_SYMBOLS[(number + int.from_bytes(digest[:8], "big")) % _MODULUS]
