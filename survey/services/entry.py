"""Answers that an official enters for somebody: from a sheet of paper, or while he speaks with him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS, days_after
from survey.queries.counters import Counter, CounterWave
from survey.queries.tallies import list_marks
from survey.services.answer_checks import Filled
from survey.services.errors import ServiceError
from survey.services.fold_marks import lock_mark
from survey.services.responses import NewResponse, Outcome, store_response

PAPER: Final = "paper"
ASSISTED: Final = "assisted"


class EntryError(ServiceError):
    """An answer cannot be entered as asked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it is entered, at one counter in one wave.

    ``filled_on`` is the day on which the citizen gave it.  ``key_hash`` makes it count once.  ``candidate_agency_ids``
    are all agencies that the same sheet or talk could have rated.
    """

    counter: Counter
    wave: CounterWave
    filled: Filled
    channel: str
    language: str
    filled_on: date
    key_hash: str
    candidate_agency_ids: tuple[UUID, ...]


def enter_answer(session: Session, entry: Entry, *, today: date) -> Outcome:
    """Store an entered answer once; a sheet that was entered before changes nothing.

    Raises:
        EntryError: where the wave takes no answer of that day, or not in this way.

    """
    check_day(entry.wave, channel=entry.channel, filled_on=entry.filled_on, today=today)
    counter, filled = entry.counter, entry.filled
    service = next((service for service in counter.services if service.key == filled.service), None)
    agency_id = service.agency_id if service else counter.serves_agency_id
    new = NewResponse(
        agency_id=agency_id,
        candidate_agency_ids=entry.candidate_agency_ids,
        wave_id=entry.wave.id,
        questionnaire_edition_id=entry.wave.edition_id,
        received_by_agency_id=counter.agency_id,
        service_point_id=counter.service_point_id,
        service_id=service.id if service else None,
        answered_on=_day_that_counts(session, agency_id, entry),
        entered_on=today,
        channel=entry.channel,
        language=entry.language,
        answers=filled.answers,
        comment=filled.comment,
        key_hash=entry.key_hash,
    )
    return store_response(session, new)


def check_day(wave: CounterWave, *, channel: str, filled_on: date, today: date) -> None:
    """Refuse an answer that the wave could not have had.

    Raises:
        EntryError: a day to come, a day outside the wave, or an entry after the time for late answers.

    """
    if filled_on > today:
        raise EntryError(
            vi="Ngày ghi phiếu còn ở tương lai; hãy ghi ngày người dân ghi phiếu, muộn nhất là hôm nay, "
            f"{today:%d/%m/%Y}.",
            en="The day of the sheet is still to come; write the day on which the citizen filled it in, today "
            f"({today:%d/%m/%Y}) at the latest.",
        )
    last = wave.closed_on or today
    if not wave.opens_on <= filled_on <= last:
        raise EntryError(
            vi=f"Ngày ghi phiếu phải trong đợt, từ {wave.opens_on:%d/%m/%Y} đến {last:%d/%m/%Y}; hãy xem lại.",
            en=f"The day of the sheet must lie in the wave, from {wave.opens_on} to {last}; look again.",
        )
    if channel == ASSISTED and wave.state != "open":
        raise EntryError(
            vi="Đợt này đang không mở nên không hỏi thêm ai; phiếu giấy đã ghi trước đó vẫn nhập được.",
            en="This wave is not open, so nobody more is asked; sheets filled in before can still be entered.",
        )
    if wave.closed_on and today > days_after(wave.closed_on, DAYS_FOR_LATE_ANSWERS):
        raise EntryError(
            vi=f"Đã quá {DAYS_FOR_LATE_ANSWERS} ngày từ khi đợt đóng nên không nhập thêm được.",
            en=f"More than {DAYS_FOR_LATE_ANSWERS} days have passed since the wave closed; no more can be entered.",
        )


def _day_that_counts(session: Session, agency_id: UUID, entry: Entry) -> date:
    """Return the day of the sheet, or the first day that is not folded yet where that is later.

    What lies before a mark is what the tallies hold: only so can a withdrawal tell whether they hold this answer.
    """
    lock_mark(session, agency_id=agency_id, wave_id=entry.wave.id)
    marks = list_marks(session, wave_ids=[entry.wave.id], agency_ids=[agency_id], own=True)
    return max([entry.filled_on, *(mark.folded_until + timedelta(days=1) for mark in marks)])
