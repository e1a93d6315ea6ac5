"""The fold: closed days become tallies, ten answers at a time.

An answered questionnaire is one inserted row and nothing else; this job, run every night, counts the days whose time
to withdraw has passed.  See ``fold_plan`` for what moves, and docs/adr for why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.models.editions import Questionnaire
from survey.models.responses import Exclusion, Response
from survey.models.tallies import SMALLEST_MOVE
from survey.queries.agencies import list_agencies
from survey.queries.responses import (
    BEFORE_EVERYTHING,
    Intake,
    count_by_agency,
    count_by_day,
    count_patterns,
    read_intake,
)
from survey.queries.tallies import Mark, Scope, list_marks
from survey.queries.waves import WaveRow, get_editions, list_all_waves
from survey.services.fold_marks import lock_mark
from survey.services.fold_plan import Move, count_pending, plan_moves
from survey.services.tallies import fill_totals
from survey.services.tally_rows import write_moves
from survey.services.tallying import Tallies, tally

# A citizen may withdraw until the end of the next day, so today and yesterday are still open.
OPEN_DAYS: Final = 2
ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class FoldReport:
    """What a fold did.

    ``moved`` counts the agencies whose figures moved (once a wave), and ``answers`` by how many answers they grew;
    ``waiting`` agencies hold ``waiting_answers`` that are still too few to move them.
    """

    until: date
    moved: int = 0
    answers: int = 0
    waiting: int = 0
    waiting_answers: int = 0


@dataclass(frozen=True, slots=True)
class _Task:
    """One agency in one wave."""

    agency_id: UUID
    wave_id: UUID
    questionnaire: Questionnaire
    pending: int


@dataclass(frozen=True, slots=True)
class _Look:
    """All that decides what moves; two looks that are equal saw the same answers."""

    marks: dict[Scope, Mark]
    intake: Intake


def last_day_to_fold(today: date) -> date:
    """Return the last day whose time to withdraw has passed."""
    return today - timedelta(days=OPEN_DAYS)


def fold(
    session: Session,
    *,
    until: date,
    wave_ids: Sequence[UUID] | None = None,
    commit: Callable[[], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FoldReport:
    """Fold the answers of all days up to and including ``until``, of all waves or of some.

    With ``commit`` (the session's own) each agency is a transaction for itself: killed in the middle, some agencies
    have moved and the others have not.  Without it everything belongs to the caller's transaction.  Folding twice,
    also at the same time, changes nothing more.  ``progress`` is told how many agencies are done, and of how many.
    """
    commit = commit or _leave_to_the_caller
    waves = [wave for wave in list_all_waves(session) if wave_ids is None or wave.id in wave_ids]
    for wave in waves:
        _fill_totals(session, wave, commit)
    tasks = [task for wave in waves for task in _tasks(session, wave, until)]
    commit()
    report = FoldReport(until)
    for done, task in enumerate(tasks, start=1):
        more = _fold_agency(session, task, until, commit) if task.pending >= SMALLEST_MOVE else None
        report = _added(report, task, more)
        if progress is not None:
            progress(done, len(tasks))
    return report


def _tasks(session: Session, wave: WaveRow, until: date) -> list[_Task]:
    """List the agencies of a wave to which answers have come, or from which some have gone, since they moved."""
    agency_ids = [agency.id for agency in list_agencies(session, paths=[wave.root_path])]
    marks = {mark.agency_id: mark for mark in list_marks(session, wave_ids=[wave.id], agency_ids=agency_ids, own=True)}
    totals = count_by_agency(session, wave_id=wave.id, agency_ids=agency_ids, until=until)
    questionnaire = Questionnaire.from_content(get_editions(session, wave_id=wave.id).questionnaire)
    tasks = []
    for agency_id in agency_ids:
        mark = marks.get(agency_id)
        if mark and (mark.erased_on or until < mark.folded_until):
            continue
        pending = count_pending(mark, totals.get(agency_id, 0))
        if pending:
            tasks.append(_Task(agency_id, wave.id, questionnaire, pending))
    return tasks


def _fill_totals(session: Session, wave: WaveRow, commit: Callable[[], None]) -> None:
    agency_ids = [agency.id for agency in list_agencies(session, paths=[wave.root_path])]
    questionnaire = Questionnaire.from_content(get_editions(session, wave_id=wave.id).questionnaire)
    fill_totals(session, wave=wave, agency_ids=agency_ids, questionnaire=questionnaire, commit=commit)


def _fold_agency(session: Session, task: _Task, until: date, commit: Callable[[], None]) -> int | None:
    """Move the agency's figures; return by how many answers they grew, None where they did not move.

    What is counted is counted without holding anybody up; only then is the mark held, and if answers have come or
    gone meanwhile, everything is counted again.  An agency that changes faster than it is counted waits for the next
    fold, which comes at a quieter hour.
    """
    for _ in range(ATTEMPTS):
        look = _look(session, task, until)
        days = count_by_day(session, agency_id=task.agency_id, wave_id=task.wave_id, until=until)
        moves = plan_moves(look.marks, days, until=until)
        added = _count(session, task, moves, until)
        commit()
        if not moves:
            return None
        lock_mark(session, agency_id=task.agency_id, wave_id=task.wave_id)
        if _look(session, task, until) == look:
            write_moves(session, agency_id=task.agency_id, wave_id=task.wave_id, moves=moves, added=added, until=until)
            _note_exclusions(session, task, until)
            commit()
            own = look.marks.get(moves[0].scope)
            return moves[0].n - (own.n if own else 0)
        commit()
    return None


def _look(session: Session, task: _Task, until: date) -> _Look:
    marks = list_marks(session, wave_ids=[task.wave_id], agency_ids=[task.agency_id])
    return _Look(
        marks={mark.scope: mark for mark in marks if mark.folded_until > BEFORE_EVERYTHING},
        intake=read_intake(session, agency_id=task.agency_id, wave_id=task.wave_id, until=until),
    )


def _count(session: Session, task: _Task, moves: Sequence[Move], until: date) -> Tallies:
    after = min((move.after for move in moves), default=until)
    if after >= until:
        return Tallies(elements=len(task.questionnaire.elements))
    patterns = count_patterns(session, agency_id=task.agency_id, wave_id=task.wave_id, after=after, until=until)
    return tally(patterns, task.questionnaire, moves)


def _note_exclusions(session: Session, task: _Task, until: date) -> None:
    """Note on the exclusions that the tallies know of them."""
    folded = select(Response.id).where(
        Response.agency_id == task.agency_id, Response.wave_id == task.wave_id, Response.answered_on <= until
    )
    session.execute(
        update(Exclusion)
        .where(Exclusion.agency_id == task.agency_id, Exclusion.is_folded.is_(False), Exclusion.response_id.in_(folded))
        .values(is_folded=True)
        .execution_options(synchronize_session=False)
    )


def _added(report: FoldReport, task: _Task, more: int | None) -> FoldReport:
    if more is None:
        return replace(report, waiting=report.waiting + 1, waiting_answers=report.waiting_answers + task.pending)
    return replace(report, moved=report.moved + 1, answers=report.answers + more)


def _leave_to_the_caller() -> None:
    """Commit nothing."""
