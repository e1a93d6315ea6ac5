"""Waves of fieldwork: planned, opened at counters, paused and closed.  Their release is in ``services.releases``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service, ServiceField, ServicePoint
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.identifiers import new_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Response
from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS, DAYS_UNTIL_FOLDED, days_after, has_impossible_days
from survey.queries.responses import counted
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.names import checked_code, checked_name, checked_translation
from survey.services.wave_checks import (
    check_counters,
    check_length,
    check_plan,
    check_population_size,
    check_published,
    check_state,
    check_today,
    code_taken,
)

_WAVE: Final = ("đợt khảo sát", "wave")


@dataclass(frozen=True, slots=True)
class WavePlan:
    """What a wave is: its names, its sample kind, the year whose index it feeds, and its days, both included."""

    code: str
    name: str
    sample_kind: str
    index_year: int
    opens_on: date
    closes_on: date
    name_en: str | None = None


@dataclass(frozen=True, slots=True)
class PopulationNotice:
    """What was set, against what is there: ``respondents`` of that agency, month and field so far."""

    transactions: int
    respondents: int

    @property
    def is_too_small(self) -> bool:
        """Return whether more people answered than had a transaction: answers given twice, or a wrong N."""
        return self.transactions < self.respondents


def plan_wave(
    session: Session,
    plan: WavePlan,
    *,
    agency: Agency,
    questionnaire_edition: QuestionnaireEdition,
    method_edition: MethodEdition,
) -> Wave:
    """Plan a wave for ``agency`` and everything below it.

    Raises:
        WaveError: where its code is taken, its days are in the wrong order, or its edition is still a draft.

    """
    wave = Wave(
        id=new_id(),
        code=checked_code(plan.code, of=_WAVE, error=WaveError),
        name=checked_name(plan.name, of=_WAVE, error=WaveError),
        name_en=checked_translation(plan.name_en, of=_WAVE, error=WaveError),
        agency_id=agency.id,
        questionnaire_edition_id=questionnaire_edition.id,
        method_edition_id=method_edition.id,
        sample_kind=plan.sample_kind,
        index_year=plan.index_year,
        state="planned",
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
    )
    check_plan(wave)
    if session.scalar(select(Wave.id).where(Wave.code == wave.code)):
        raise code_taken(wave.code)
    check_published(questionnaire_edition)
    try:
        with session.begin_nested():
            session.add(wave)
    except IntegrityError as error:
        raise code_taken(wave.code) from error
    _record(session, wave, "wave.planned", opens_on=f"{wave.opens_on}", closes_on=f"{wave.closes_on}")
    return wave


def open_wave(
    session: Session, wave: Wave, *, today: date, service_points: Collection[ServicePoint] | None = None
) -> None:
    """Open a planned wave at counters: those given, those chosen before, or every one in use below its agency.

    Raises:
        WaveError: outside the wave's days, or where a counter is retired, of another tree, or in another open wave.

    """
    check_state(wave, "planned", to_do=("mở", "opened"))
    check_today(wave, today)
    counters = counters_to_open(session, wave) if service_points is None else service_points
    give_counters(session, wave, counters)
    wave.state = "open"
    _record(session, wave, "wave.opened", counters=len(counters))


def add_counter_to_wave(session: Session, wave: Wave, service_point: ServicePoint) -> None:
    """Let a counter join a wave that is open or paused."""
    check_state(wave, "open", "paused", to_do=("thêm quầy", "given a counter"))
    give_counters(session, wave, [service_point])


def pause_wave(session: Session, wave: Wave) -> None:
    """Stop handing out forms for a while; the counters stay with the wave."""
    check_state(wave, "open", to_do=("tạm dừng", "paused"))
    wave.state = "paused"
    _record(session, wave, "wave.paused")


def resume_wave(session: Session, wave: Wave, *, today: date) -> None:
    """Hand out forms again."""
    check_state(wave, "paused", to_do=("mở lại", "resumed"))
    check_today(wave, today)
    wave.state = "open"
    _record(session, wave, "wave.resumed")


def extend_wave(session: Session, wave: Wave, *, closes_on: date, today: date) -> None:
    """Move the last day on which forms are handed out to a later day, which is not over yet.

    A last day that lies beyond all reason may be moved nearer.
    """
    check_state(wave, "planned", "open", "paused", to_do=("gia hạn", "extended"))
    if closes_on < today:
        raise WaveError(
            vi=f"Ngày {closes_on:%d/%m/%Y} đã qua; hãy gia hạn đợt {wave.code} đến hôm nay ({today:%d/%m/%Y}) trở đi.",
            en=f"{closes_on:%d/%m/%Y} is over; extend the wave {wave.code} to today ({today:%d/%m/%Y}) or later.",
        )
    # A last day that no wave may have is a slip of the hand: it may be moved nearer.
    if closes_on <= wave.closes_on and not has_impossible_days(wave):
        raise WaveError(
            vi=f"Đợt {wave.code} đã kéo dài đến {wave.closes_on:%d/%m/%Y}; hãy chọn ngày muộn hơn.",
            en=f"The wave {wave.code} already lasts until {wave.closes_on:%d/%m/%Y}; choose a later day.",
        )
    check_length(wave, closes_on)
    before, wave.closes_on = wave.closes_on, closes_on
    _record(session, wave, "wave.extended", closes_on=[f"{before}", f"{closes_on}"])


def close_wave(session: Session, wave: Wave, *, today: date) -> None:
    """Close a wave for good and free its counters; forms handed out before still count for seven days."""
    check_state(wave, "open", "paused", to_do=("đóng", "closed"))
    wave.state = "closed"
    wave.closed_on = today
    session.execute(update(WaveServicePoint).where(WaveServicePoint.wave_id == wave.id).values(is_open=False))
    _record(session, wave, "wave.closed")


def set_population_size(
    session: Session,
    *,
    wave: Wave,
    agency: Agency,
    month: str,
    transactions: int,
    service_field: ServiceField | None = None,
    today: date | None = None,
) -> PopulationNotice:
    """Set N: the finished transactions of an agency in a month (``"2026-11"``) of a wave, in one field or in all.

    The notice tells whether more people answered than N; whoever calls shows that loudly.

    Raises:
        WaveError: where N is not positive, the month is not one of the wave's, or the wave is released.

    """
    check_population_size(session, wave, agency, month, transactions)
    field_id = service_field.id if service_field else None
    row = session.scalar(
        select(PopulationSize).where(
            PopulationSize.wave_id == wave.id,
            PopulationSize.agency_id == agency.id,
            PopulationSize.month == month,
            PopulationSize.service_field_id.is_not_distinct_from(field_id),
        )
    )
    if row is None:
        row = PopulationSize(wave_id=wave.id, agency_id=agency.id, month=month, service_field_id=field_id)
        session.add(row)
    if row.transactions != transactions:
        row.transactions, row.set_on = transactions, today
    session.flush()
    return PopulationNotice(transactions, _respondents(session, wave, agency, month, service_field))


def first_release_day(wave: Wave) -> date:
    """Return the first day on which a closed wave may be released: no figure of it can move any more."""
    return first_release_day_of(wave.closed_on or wave.closes_on)


def first_release_day_of(closed_on: date) -> date:
    """Return the first day on which a wave may be released that is closed on a day."""
    return days_after(closed_on, DAYS_FOR_LATE_ANSWERS + DAYS_UNTIL_FOLDED)


def _record(session: Session, wave: Wave, verb: str, **details: Detail) -> None:
    record(session, verb, subject=wave.code, agency_id=wave.agency_id, details=details)


def counters_to_open(session: Session, wave: Wave) -> list[ServicePoint]:
    """Return the counters in use that were chosen for a wave; where none were, all at or below its agency."""
    used = (
        select(ServicePoint)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(Agency.path.startswith(wave.agency.path, autoescape=True), ServicePoint.retired_on.is_(None))
        .order_by(ServicePoint.id)
    )
    chosen = select(WaveServicePoint.service_point_id).where(WaveServicePoint.wave_id == wave.id)
    if session.scalar(chosen.limit(1)) is not None:
        used = used.where(ServicePoint.id.in_(chosen))
    return list(session.scalars(used))


def give_counters(session: Session, wave: Wave, counters: Collection[ServicePoint]) -> None:
    """Let counters hand out a wave's forms, all or none; the wave's state is not asked here."""
    check_counters(session, wave, counters)
    known = select(WaveServicePoint).where(WaveServicePoint.wave_id == wave.id)
    rows = {row.service_point_id: row for row in session.scalars(known)}
    try:
        with session.begin_nested():
            for counter in counters:
                if counter.id in rows:
                    rows[counter.id].is_open = True
                else:
                    session.add(WaveServicePoint(wave_id=wave.id, service_point_id=counter.id, is_open=True))
    except IntegrityError as error:
        # Somebody opened another wave at one of these counters since they were checked.
        raise WaveError(
            vi=f"Một quầy vừa được mở trong đợt khác; hãy thử lại với đợt {wave.code}.",
            en=f"Another wave has just been opened at one of the counters; try again with {wave.code}.",
        ) from error


def _respondents(session: Session, wave: Wave, agency: Agency, month: str, field: ServiceField | None) -> int:
    start = date.fromisoformat(f"{month}-01")
    end = days_after(start, 31).replace(day=1)
    answers = select(func.count()).where(
        Response.agency_id == agency.id,
        Response.wave_id == wave.id,
        Response.answered_on >= start,
        Response.answered_on < end,
        counted(),
    )
    if field is not None:
        services = select(Service.id).where(Service.service_field_id == field.id)
        answers = answers.where(Response.service_id.in_(services))
    return session.execute(answers).scalar_one()
