"""Road maps and aims of agencies, and where these stand: the database is asked equally often for any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_target import points_needed
from survey.findings.index_plan_values import (
    Aim,
    AimStanding,
    LostLeaf,
    PlanLine,
    PlanOverview,
    PlanRound,
    PlanTask,
    RoadMap,
)
from survey.findings.index_result_values import IndexAgency, IndexComponent, IndexFindings
from survey.findings.letterhead import letterhead
from survey.findings.names import agency_name, text_wording, wording
from survey.findings.values import Wording
from survey.models.index_plans import IndexTask
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import RubricContent
from survey.queries.agencies import AgencyRow, list_agencies_by_id
from survey.queries.index_plans import list_rounds_by_id, list_tasks, targets_of
from survey.queries.index_scores import list_participant_ids

_NOWHERE: Final[tuple[PlanRound | None, dict[str, Wording]]] = (None, {})


def plan_year(round_year: int, today: date) -> int:
    """Return the year in which what a round showed is mended: the one after it, and never one that is over."""
    return max(round_year + 1, today.year)


def is_overdue(task: IndexTask, *, today: date) -> bool:
    """Return whether a task should have been done."""
    return task.state in {"planned", "begun"} and task.due_on < today


def road_map(session: Session, *, agency_id: UUID, year: int, today: date) -> RoadMap:
    """Return the road map of an agency in a year, with what its documents print at head and foot."""
    rows = list_agencies_by_id(session, agency_ids=[agency_id])
    found = road_maps(session, rows, year=year, today=today)[agency_id]
    return replace(found, letterhead=letterhead(session, agency_id=agency_id))


def road_maps(session: Session, agencies: Sequence[AgencyRow], *, year: int, today: date) -> dict[UUID, RoadMap]:
    """Return the road maps of agencies in a year, in their order; who has none has an empty one."""
    ids = [row.id for row in agencies]
    tasks, targets = list_tasks(session, agency_ids=ids, year=year), targets_of(session, agency_ids=ids, year=year)
    rounds = {one.round_id for one in tasks if one.round_id}
    known = {one.id: _known(one) for one in list_rounds_by_id(session, rounds)} if rounds else {}
    own: dict[UUID, list[PlanTask]] = {number: [] for number in ids}
    for one in tasks:
        by, names = known.get(one.round_id, _NOWHERE) if one.round_id else _NOWHERE
        own[one.agency_id].append(_task(one, names.get(one.criterion, wording("", None)), by, today))
    aims = {number: Aim(one.first_k, one.points) for number, one in targets.items()}
    return {row.id: RoadMap(agency_name(row), year, today, tuple(own[row.id]), aims.get(row.id)) for row in agencies}


def plan_overview(
    session: Session, round_: IndexRound, findings: IndexFindings | None, *, year: int, today: date
) -> PlanOverview:
    """Return what all agencies of a round do about it in a year, each with where it stands in ``findings``."""
    rows = list_agencies_by_id(session, agency_ids=[round_.agency_id, *list_participant_ids(session, round_.id)])
    root = next(row for row in rows if row.id == round_.agency_id)
    maps = road_maps(session, [row for row in rows if row is not root], year=year, today=today)
    return PlanOverview(
        root=agency_name(root),
        round_code=round_.code,
        round_name=wording(round_.name, round_.name_en),
        round_year=round_.year,
        year=year,
        made_on=today,
        lines=tuple(
            PlanLine(one.of_round(round_.id), standing(findings, one) if findings else None, one.beside(round_.id))
            for one in maps.values()
        ),
        letterhead=letterhead(session, agency_id=round_.agency_id),
    )


def standing(findings: IndexFindings, plan: RoadMap) -> AimStanding | None:
    """Return where an agency stands in a round against its aim; None where it is not in it."""
    row = findings.agency(plan.agency.id)
    if row is None:
        return None
    aim, others = plan.aim, [one.points for one in findings.ranked if one is not row]
    # An aim beyond the last place is reached by whoever is ranked.
    first_k = min(aim.first_k, len(others) + 1) if aim and aim.first_k else None
    return AimStanding(
        round_code=findings.round_code,
        round_name=findings.name,
        round_year=findings.year,
        is_draft=findings.is_draft,
        year=plan.year,
        rank=row.rank,
        rank_low=row.rank_low,
        rank_high=row.rank_high,
        of=len(findings.ranked),
        points=row.points,
        low=row.low,
        high=row.high,
        maximum=row.maximum,
        decimals=findings.decimals,
        aim=aim,
        lacking_rank=points_needed(row.points, others, k=first_k) if first_k and row.rank else None,
        lacking_points=max(aim.points - row.points, Fraction(0)) if aim and aim.points is not None else None,
    )


def lost_leaves(findings: IndexFindings, row: IndexAgency) -> tuple[LostLeaf, ...]:
    """Return the leaves that cost an agency points, the dearest first, with how many others lost there too."""
    areas: dict[str, Wording] = {}
    last = wording("", None)
    for one in row.components:
        last = one.name if one.level == "area" else last
        areas[one.code] = last
    others: dict[str, list[IndexComponent]] = {}
    for other in findings.ranked:
        for one in other.components if other is not row else ():
            if one.level == "leaf":
                others.setdefault(one.code, []).append(one)
    return tuple(_lost_leaf(one, areas[one.code], others.get(one.code, [])) for one in row.most_lost())


def best_third(agencies: int) -> int:
    """Return how many places are worth aiming at where nobody said otherwise; to be among all of them is no aim."""
    return max(min(-(-agencies // 3), agencies - 1), 1)


def points_within(plan: RoadMap, row: IndexAgency) -> Fraction:
    """Return the points of the index that a road map can bring: of every leaf no more than was lost there."""
    brought = dict.fromkeys(("leaf", "bonus", "penalty"), Fraction(0))
    for one in row.components:
        if one.level in brought:
            brought[one.level] += min(_expected(plan, one.code), lost_at(one))
    # A deduction beyond the most that is taken off is none.
    avoided = min(brought["penalty"], row.penalty)
    return brought["leaf"] * scale_of(row) + brought["bonus"] + avoided


def lost_at(one: IndexComponent) -> Fraction:
    """Return what a leaf can still bring: its maximum less its points, or of a penalty what was taken off."""
    points = one.points or Fraction(0)
    return points if one.level == "penalty" else one.maximum - points


def penalties(row: IndexAgency) -> tuple[IndexComponent, ...]:
    """Return the penalties that took points off, the dearest first."""
    found = [one for one in row.components if one.level == "penalty" and one.points]
    return tuple(sorted(found, key=lambda one: -lost_at(one)))


def scale_of(row: IndexAgency) -> Fraction:
    """Return what a point of a leaf is in the index: more than 1 where the rest stands for a survey not run."""
    counted = sum((one.maximum for one in row.components if one.level == "leaf"), Fraction(0))
    return row.maximum / counted if row.is_rescaled and counted else Fraction(1)


def _expected(plan: RoadMap, code: str) -> Fraction:
    return sum((task.expected or Fraction(0) for task in plan.tasks_for(code)), Fraction(0))


def _lost_leaf(own: IndexComponent, area: Wording, others: Iterable[IndexComponent]) -> LostLeaf:
    kinds = [_kind(one) for one in others]
    lost = own.maximum - (own.points or Fraction(0))
    return LostLeaf(
        component=own,
        area=area,
        lost=lost,
        kind=_kind(own),
        others=len(kinds),
        others_lost=sum(kind != "all" for kind in kinds),
        others_nothing=sum(kind in {"unscored", "nothing"} for kind in kinds),
        others_low=sum(kind in {"unscored", "nothing", "low"} for kind in kinds),
    )


def _kind(one: IndexComponent) -> str:
    if one.points is None or one.is_unscored:
        return "unscored"
    if one.points <= 0:
        return "nothing"
    if one.points * 2 < one.maximum:
        return "low"
    return "part" if one.points < one.maximum else "all"


def _known(round_: IndexRound) -> tuple[PlanRound, dict[str, Wording]]:
    content = RubricContent.from_content(round_.rubric.content)
    names = {code: text_wording(leaf.name) for code, leaf in content.leaves.items()}
    return PlanRound(round_.id, round_.code, wording(round_.name, round_.name_en)), names


def _task(one: IndexTask, name: Wording, by: PlanRound | None, today: date) -> PlanTask:
    return PlanTask(
        id=one.id,
        criterion=one.criterion,
        name=name,
        task=one.task,
        post=one.post,
        due_on=one.due_on,
        expected=one.expected_points,
        state=one.state,
        note=one.note,
        is_overdue=is_overdue(one, today=today),
        revision=one.revision,
        by=by,
    )
