"""Tallies made anew from the answers, and the proof that they agree with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.editions import Questionnaire
from survey.queries.agencies import list_agencies
from survey.queries.responses import BEFORE_EVERYTHING, count_by_day, count_patterns
from survey.queries.tallies import Mark, Scope, list_marks, list_total_keys, list_totals
from survey.queries.waves import WaveRow, get_editions, list_all_waves
from survey.services.fold_marks import lock_mark
from survey.services.fold_plan import Move, is_settled
from survey.services.tally_rows import add_tallies, erase_tallies, read_tallies
from survey.services.tally_totals import totals_of, write_totals
from survey.services.tallying import Tallies, tally


@dataclass(frozen=True, slots=True)
class TallyCheck:
    """What was found about one scope (the figures of an agency, or one breakdown of them) in one wave.

    ``state``: ``"agrees"``; ``"differs"``; ``"waiting"``: answers have gone or come late since it was folded, the next
    move will take them in; ``"erased"``: retention has erased the answers, the tallies are all that is left.
    """

    agency_id: UUID
    wave_id: UUID
    dimension: str
    member: str
    n: int
    state: str


def check_tallies(
    session: Session, *, wave_ids: Sequence[UUID] | None = None, progress: Callable[[int, int], None] | None = None
) -> list[TallyCheck]:
    """Count all answers again and compare the counts with the tallies, scope by scope; writes nothing."""
    found = []
    tasks = list(_tasks(session, wave_ids))
    for done, task in enumerate(tasks, start=1):
        found += _check(session, task)
        if progress is not None:
            progress(done, len(tasks))
    return found


def rebuild_tallies(
    session: Session,
    *,
    wave_ids: Sequence[UUID] | None = None,
    agency_ids: Sequence[UUID] | None = None,
    commit: Callable[[], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[TallyCheck]:
    """Make tallies anew from the answers, of all agencies and waves or of some; returns what it found before.

    Figures stay where they are folded to: scopes that are waiting or whose answers are erased are left alone, since
    a rebuild would show the few answers that wait.  ``commit`` as in ``fold``.
    """
    found = []
    tasks = [task for task in _tasks(session, wave_ids) if agency_ids is None or task.agency_id in agency_ids]
    if commit is not None:
        commit()
    for done, task in enumerate(tasks, start=1):
        lock_mark(session, agency_id=task.agency_id, wave_id=task.wave.id)
        before = _check(session, task)
        for check in before:
            if check.state == "differs":
                _rebuild(session, task, (check.dimension, check.member))
        found += before
        if commit is not None:
            commit()
        if progress is not None:
            progress(done, len(tasks))
    return found


def fill_totals(
    session: Session,
    *,
    wave: WaveRow,
    agency_ids: Sequence[UUID],
    questionnaire: Questionnaire,
    commit: Callable[[], None],
) -> int:
    """Make the totals of a wave that are missing from its tallies; return of how many agencies.

    They are missing where the tallies are older than the totals, and where a total holds other answers than its mark
    says.  ``commit`` ends the transaction of every agency.
    """
    known = list_total_keys(session, wave_ids=[wave.id], agency_ids=agency_ids)
    marks = list_marks(session, wave_ids=[wave.id], agency_ids=agency_ids)
    missing = sorted({mark.agency_id for mark in marks if mark.n and (mark.agency_id, *mark.scope) not in known})
    commit()
    for agency_id in missing:
        lock_mark(session, agency_id=agency_id, wave_id=wave.id)
        held = read_tallies(session, agency_id=agency_id, wave_id=wave.id, elements=len(questionnaire.elements))
        write_totals(session, totals_of(held, agency_id=agency_id, wave_id=wave.id).values())
        commit()
    return len(missing)


@dataclass(frozen=True, slots=True)
class _Task:
    """One agency in one wave, with its marks."""

    agency_id: UUID
    wave: WaveRow
    questionnaire: Questionnaire
    marks: dict[Scope, Mark]


def _tasks(session: Session, wave_ids: Sequence[UUID] | None) -> Iterator[_Task]:
    for wave in list_all_waves(session):
        if wave_ids is not None and wave.id not in wave_ids:
            continue
        questionnaire = Questionnaire.from_content(get_editions(session, wave_id=wave.id).questionnaire)
        agency_ids = [agency.id for agency in list_agencies(session, paths=[wave.root_path])]
        by_agency: dict[UUID, dict[Scope, Mark]] = {}
        for mark in list_marks(session, wave_ids=[wave.id], agency_ids=agency_ids):
            by_agency.setdefault(mark.agency_id, {})[mark.scope] = mark
        for agency_id, marks in by_agency.items():
            yield _Task(agency_id, wave, questionnaire, marks)


def _check(session: Session, task: _Task) -> list[TallyCheck]:
    agency_id, wave_id = task.agency_id, task.wave.id
    held = read_tallies(session, agency_id=agency_id, wave_id=wave_id, elements=len(task.questionnaire.elements))
    until = max(mark.folded_until for mark in task.marks.values())
    days = count_by_day(session, agency_id=agency_id, wave_id=wave_id, until=until)
    recounted = _recount(session, task)
    expected = totals_of(held, agency_id=agency_id, wave_id=wave_id)
    totals = list_totals(session, wave_ids=[wave_id], agency_ids=[agency_id])
    wrong = {(one.dimension, one.member) for one in totals if one != expected.get((one.dimension, one.member))}

    def state(scope: Scope, mark: Mark) -> str:
        if mark.erased_on:
            return "erased"
        if not is_settled(mark, days):
            return "waiting"
        agrees = held.of(scope) == recounted[scope] and scope not in wrong
        return "agrees" if agrees else "differs"

    return [
        TallyCheck(agency_id, wave_id, *scope, n=mark.n, state=state(scope, mark))
        for scope, mark in sorted(task.marks.items())
    ]


def _recount(session: Session, task: _Task) -> dict[Scope, Tallies]:
    """Count the answers of every scope up to its own mark."""
    by_day: dict[date, list[Scope]] = {}
    for scope, mark in task.marks.items():
        by_day.setdefault(mark.folded_until, []).append(scope)
    found = {}
    for until, scopes in by_day.items():
        moves = [Move(scope, BEFORE_EVERYTHING, rebuild=True, n=0) for scope in scopes]
        patterns = count_patterns(
            session, agency_id=task.agency_id, wave_id=task.wave.id, after=BEFORE_EVERYTHING, until=until
        )
        counted = tally(patterns, task.questionnaire, moves)
        found.update({scope: counted.of(scope) for scope in scopes})
    return found


def _rebuild(session: Session, task: _Task, scope: Scope) -> None:
    erase_tallies(session, agency_id=task.agency_id, wave_id=task.wave.id, scope=scope)
    add_tallies(session, agency_id=task.agency_id, wave_id=task.wave.id, added=_recount(session, task)[scope])
