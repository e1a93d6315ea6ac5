"""Retention: what is kept no longer is erased, and only the counts that figures need stay behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey.db import Base
from survey.models.accounts import SignInAttempt
from survey.models.agencies import ServicePointCode
from survey.models.identifiers import LOCAL_TIME
from survey.models.jobs import Job
from survey.models.responses import Comment, Exclusion, ExclusionCount, IntakeAlert, IntakeMeter, Response
from survey.models.slips import TransactionBatch, TransactionCode
from survey.models.tallies import FoldMark
from survey.queries.agencies import list_agencies
from survey.queries.responses import has_design
from survey.queries.waves import WaveRow, list_all_waves
from survey.services.audit import Detail, record
from survey.services.slips import forget_seeds


class Keep(Protocol):
    """How long things are kept; the settings of the installation have it all."""

    keep_responses_months: int
    keep_comments_months: int
    keep_meters_days: int
    keep_codes_days: int
    keep_logs_days: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of one kind were erased.

    ``kind`` is responses, comments, meters, alerts, codes, transaction_codes, transaction_batches, slips (their
    documents), jobs or sign_in_attempts.
    """

    kind: str
    count: int


def erase_due(session: Session, *, keep: Keep, today: date, now: datetime, dry_run: bool = False) -> list[Erased]:
    """Erase what is due, or with ``dry_run`` only count it.

    The answers of a wave are erased together, once its last day is as many months ago as answers are kept: their
    tallies, the counts of withdrawals and the counts of exclusions by rule stay, so that published figures do too.
    Surveys with strata, clusters or weights are left: their figures come from the answers, not from tallies.
    """
    responses = sum(_erase_wave(session, wave, today, dry_run=dry_run) for wave in _due_waves(session, keep, today))
    month = f"{_months_before(today, keep.keep_comments_months):%Y-%m}"
    codes = and_(
        ServicePointCode.retired_on.is_not(None),
        ServicePointCode.retired_on < today - timedelta(days=keep.keep_codes_days),
    )
    old = now - timedelta(days=keep.keep_logs_days)
    midnight = datetime.combine(today, time.min, LOCAL_TIME).astimezone(UTC)
    due: Sequence[tuple[str, type[Base], ColumnElement[bool]]] = (
        ("comments", Comment, Comment.month < month),
        ("meters", IntakeMeter, IntakeMeter.day < today - timedelta(days=keep.keep_meters_days)),
        ("alerts", IntakeAlert, IntakeAlert.day < today - timedelta(days=keep.keep_meters_days)),
        ("codes", ServicePointCode, codes),
        ("transaction_codes", TransactionCode, TransactionCode.expires_on < today),
        (
            "transaction_batches",
            TransactionBatch,
            TransactionBatch.expires_on < today - timedelta(days=keep.keep_codes_days),
        ),
        # They hold the codes themselves: the night after they go, however late in the day they were made.
        ("slips", Job, and_(Job.kind == "slips", Job.finished_at.is_not(None), Job.created_at < midnight)),
        ("jobs", Job, and_(Job.finished_at.is_not(None), Job.finished_at < old)),
        ("sign_in_attempts", SignInAttempt, SignInAttempt.failed_at < old),
    )
    if not dry_run:
        forget_seeds(session, today=today)
    others = [Erased(kind, _erase(session, table, condition, dry_run=dry_run)) for kind, table, condition in due]
    erased = [Erased("responses", responses), *others]
    counts: dict[str, Detail] = {one.kind: one.count for one in erased if one.count}
    if counts and not dry_run:
        record(session, "retention.done", details=counts)
    return erased


def _due_waves(session: Session, keep: Keep, today: date) -> list[WaveRow]:
    limit = _months_before(today, keep.keep_responses_months)
    return [
        wave
        for wave in list_all_waves(session)
        if wave.state == "closed" and max(wave.closed_on or wave.closes_on, wave.closes_on) < limit
    ]


def _erase_wave(session: Session, wave: WaveRow, today: date, *, dry_run: bool) -> int:
    agency_ids = [agency.id for agency in list_agencies(session, paths=[wave.root_path])]
    if wave.sample_kind != "self_selected" and has_design(session, wave_ids=[wave.id], agency_ids=agency_ids):
        return 0
    of_wave = and_(Response.agency_id.in_(agency_ids), Response.wave_id == wave.id)
    count = session.scalars(select(func.count()).select_from(Response).where(of_wave)).one()
    if dry_run or not count:
        return count
    _keep_exclusion_counts(session, wave.id, agency_ids)
    excluded = select(Response.id).where(of_wave)
    _delete(session, delete(Exclusion).where(Exclusion.agency_id.in_(agency_ids), Exclusion.response_id.in_(excluded)))
    _delete(session, delete(Response).where(of_wave))
    session.execute(
        update(FoldMark)
        .where(FoldMark.agency_id.in_(agency_ids), FoldMark.wave_id == wave.id)
        .values(erased_on=today)
        .execution_options(synchronize_session=False)
    )
    return count


def _keep_exclusion_counts(session: Session, wave_id: UUID, agency_ids: Sequence[UUID]) -> None:
    counts = session.execute(
        select(Exclusion.agency_id, Exclusion.rule, func.count())
        .join(Response, and_(Response.agency_id == Exclusion.agency_id, Response.id == Exclusion.response_id))
        .where(Exclusion.agency_id.in_(agency_ids), Response.agency_id.in_(agency_ids), Response.wave_id == wave_id)
        .group_by(Exclusion.agency_id, Exclusion.rule)
    )
    rows = [
        {"agency_id": agency_id, "wave_id": wave_id, "rule": rule, "count": count} for agency_id, rule, count in counts
    ]
    if rows:
        session.execute(insert(ExclusionCount), rows)


def _erase(session: Session, table: type[Base], condition: ColumnElement[bool], *, dry_run: bool) -> int:
    # What is due is due everywhere: these statements mean all agencies.
    if dry_run:
        counted = select(func.count()).select_from(table).where(condition)
        return session.scalars(counted, execution_options={"all_agencies": True}).one()
    return _delete(session, delete(table).where(condition))


def _delete(session: Session, statement: Delete) -> int:
    options = {"all_agencies": True, "synchronize_session": False, "preserve_rowcount": True}
    result = session.execute(statement, execution_options=options)
    return result.rowcount  # type: ignore[attr-defined,no-any-return]  # a DELETE has it


def _months_before(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months before."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
