"""The index of the demo: two rounds to decide, one in its objections, figures of others, a road map and an aim."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.rubric import Bands, Given, Leaf, Linear, YesNo
from survey.models.agencies import Agency
from survey.models.identifiers import new_id
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import IndexObjection, IndexScore, IndexScoreChange
from survey.models.index_sources import ExternalValue, ExternalYear, IndexIndicator
from survey.models.rubric_content import LeafContent, RubricContent
from survey.models.rubrics import Rubric
from survey.services.demo_province import DemoProvince
from survey.services.external_series import SeriesWish, save_series
from survey.services.index_participants import set_participation
from survey.services.index_plans import Plan, TaskWish, save_task, set_target
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.rubrics import find_rubric, load_builtin_rubrics

RUBRIC: Final = "departments/2026"
# Fewer answered than an index figure takes, so that it is shown without a rank.
TOO_FEW: Final = 40
PLANNER: Final = "LG-S03"
SERIES: Final = "minh-hoa-dung-han"
SOURCE: Final = "Số liệu minh hoạ, do phần mềm đặt ra"
_USUAL, _SPREAD, _NOISE, _YEARLY = 0.84, 0.07, 0.1, 0.015
_STAGES: Final = {"indicator": "indicator", "survey": "survey", "satisfaction": "survey"}
_LOWERED_EVERY: Final = 9  # leaves of which the appraisers took one down


def add_demo_index(session: Session, province: DemoProvince, *, by: UUID, appraiser: UUID, today: date) -> None:
    """Add rounds of the two years before last, ready to be decided, and last year's, in which agencies object."""
    load_builtin_rubrics(session, today=date(today.year - 3, 1, 1))
    rubric = find_rubric(session, RUBRIC)
    if rubric is None:
        return
    departments = [one for one in province.agencies.values() if one.kind == "department"]
    content = RubricContent.from_content(rubric.content)
    for back in (3, 2, 1):
        year = today.year - back
        round_ = _plan(session, province, rubric, departments, year, is_now=back == 1, by=by, today=today)
        leaves = [leaf for leaf in content.leaves.values() if leaf.source != "satisfaction" or back == 3]  # noqa: PLR2004 -- its survey is older than the software
        _score(session, round_, departments, leaves, by=appraiser)
        _indicate(session, departments, leaves, year, by=by)
        if back == 1:
            _object(session, round_, province.agencies[PLANNER], by=by, today=today)
            _plan_ahead(session, province.agencies[PLANNER], round_, content, by=by, today=today)
    _stand_beside(session, province, departments, today=today, by=by)


def _plan(
    session: Session,
    province: DemoProvince,
    rubric: Rubric,
    departments: Sequence[Agency],
    year: int,
    *,
    is_now: bool,
    by: UUID,
    today: date,
) -> IndexRound:
    """Plan a round; past ones have reached their last stage."""
    last = [date(year + 1, month, 28) for month in (1, 2, 3, 4)]
    if is_now:
        last = [today + timedelta(days=days) for days in (-40, -10, 14, 30)]
    wish = RoundWish(
        code=f"LG-CCHC-{year}",
        name=f"Chỉ số CCHC sở, ban, ngành năm {year}",
        name_en=f"Department index {year}",
        year=year,
        self_assessment_until=last[0],
        appraisal_until=last[1],
        objection_until=last[2],
        decision_until=last[3],
    )
    round_ = plan_round(session, province.root, rubric, wish, agencies=departments, by=by)
    round_.state = "objection" if is_now else "decision"
    too_few = {rated.agency.id for rated in province.rated if rated.responses < TOO_FEW}
    for department in departments:
        part = session.get_one(IndexParticipant, (round_.id, department.id))
        part.submitted_on, part.submitted_by = last[0], by
        if department.id in too_few:
            note = "Dưới 30 người trả lời khảo sát: không xếp hạng"
            set_participation(session, part, round_, counts=False, joined_on=None, left_on=None, note=note)
    return round_


def _score(
    session: Session, round_: IndexRound, departments: Sequence[Agency], leaves: Sequence[LeafContent], *, by: UUID
) -> None:
    scores: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    day = round_.appraisal_until
    for department in departments:
        for leaf, own, final in _values(round_, department, leaves):
            stage = _STAGES.get(leaf.source, "appraisal")
            is_self = leaf.source == "self_assessment"
            reason = "" if stage == "appraisal" else SOURCE
            if is_self and own != final:
                reason = "Minh chứng chưa đủ cho toàn bộ điểm tự chấm"
            key = {"agency_id": department.id, "round_id": round_.id, "criterion": leaf.code}
            points = leaf.rule.points(final)
            own_points = leaf.rule.points(own) if is_self else None
            scores.append(
                key
                | {
                    "self_value": own if is_self else None,
                    "self_points": own_points,
                    "value": final,
                    "points": points,
                    "stage": stage,
                    "reason": reason,
                    "revision": 1 + is_self,
                    "changed_by": by,
                    "changed_on": day,
                }
            )
            steps: list[tuple[str, Fraction | None, Fraction | None, Fraction, str, date]] = []
            if is_self:
                steps.append(("self_assessment", None, own_points, own, "", round_.self_assessment_until))
            steps.append((stage, own_points, points, final, reason, day))
            changes += [
                key
                | {
                    "id": new_id(),
                    "stage": name,
                    "points_before": before,
                    "points_after": after,
                    "value_after": value,
                    "reason": why,
                    "changed_by": by,
                    "changed_at": datetime.combine(on, time(9), tzinfo=UTC),
                }
                for name, before, after, value, why, on in steps
            ]
    session.execute(insert(IndexScore), scores)
    session.execute(insert(IndexScoreChange), changes)


def _values(
    round_: IndexRound, department: Agency, leaves: Sequence[LeafContent]
) -> Iterator[tuple[LeafContent, Fraction, Fraction]]:
    """Yield what a department gives itself, and what remains of it; the same for the same year and department."""
    usual = random.Random(department.code).uniform(-_SPREAD, _SPREAD)  # noqa: S311 -- no secret
    drawn = random.Random(f"{round_.year % 3}/{department.code}")  # noqa: S311 -- likewise
    for place, leaf in enumerate(leaves):
        quality = min(max(_USUAL + usual + _YEARLY * (round_.year % 3) + drawn.uniform(-_NOISE, _NOISE), 0.05), 1)
        own = value_of(leaf.rule, quality)
        lowered = drawn.random() * _LOWERED_EVERY < 1 and place
        yield leaf, own, value_of(leaf.rule, quality * 0.6) if lowered else own


def value_of(leaf: Leaf, quality: float) -> Fraction:
    """Return a value of a leaf that is about so good, 0–1."""
    match leaf.formula:
        case Given(step=step):
            size = step or Fraction(1, 4)
            return size * int(leaf.maximum / size * Fraction(quality))
        case Linear(nothing_at=nothing, all_at=all_):
            return Fraction(round(nothing + (all_ - nothing) * Fraction(quality), 3))
        case Bands(steps=steps):
            ordered = sorted(steps, key=lambda step: step.points)
            return ordered[min(int(quality * len(ordered)), len(ordered) - 1)].limit
        case YesNo():
            return Fraction(quality > 0.5)  # noqa: PLR2004 -- more likely than not
    return Fraction(round(quality * 100), 100)


def _indicate(
    session: Session, departments: Sequence[Agency], leaves: Sequence[LeafContent], year: int, *, by: UUID
) -> None:
    wanted = [leaf for leaf in leaves if leaf.source == "indicator"]
    drawn = {
        (department.id, leaf.indicator): value_of(leaf.rule, random.Random(f"{year}{department.code}").uniform(0.7, 1))  # noqa: S311 -- no secret
        for department in departments
        for leaf in wanted
    }
    rows = [
        {"agency_id": agency_id, "year": year, "indicator": indicator, "value": value, "source": SOURCE,
         "imported_by": by, "imported_on": date(year + 1, 1, 5)}
        for (agency_id, indicator), value in drawn.items()
    ]  # fmt: skip
    session.execute(insert(IndexIndicator), rows)


def _object(session: Session, round_: IndexRound, agency: Agency, *, by: UUID, today: date) -> None:
    score = session.get_one(IndexScore, (agency.id, round_.id, "1.1"))
    session.add(
        IndexObjection(
            agency_id=agency.id,
            round_id=round_.id,
            criterion="1.1",
            text="Kế hoạch được ban hành đúng hạn, văn bản gửi kèm có dấu ngày đến; đề nghị chấm đủ điểm.",
            points_asked=Fraction(3),
            points_before=score.points,
            raised_by=by,
            raised_at=datetime.combine(today - timedelta(days=2), time(8), tzinfo=UTC),
        )
    )
    session.flush()


def _stand_beside(
    session: Session, province: DemoProvince, departments: Sequence[Agency], *, today: date, by: UUID
) -> None:
    """Add an index of others, so that pages have something to show beside."""
    wish = SeriesWish(SERIES, "Tỷ lệ hồ sơ đúng hạn (minh hoạ)", "Dossiers on time (made up)", "Cổng minh hoạ", "%")
    series = save_series(session, province.root, wish)
    for back in (3, 2, 1):
        year = today.year - back
        session.add(
            ExternalYear(
                series_id=series.id, year=year, components=[], unit_set="LG", source=SOURCE, sha256="",
                imported_by=by, imported_on=today,
            )
        )  # fmt: skip
        for department in departments:
            share = random.Random(f"{year % 3}{department.code}").uniform(91, 99.9)  # noqa: S311 -- no secret
            session.add(
                ExternalValue(
                    series_id=series.id, year=year, unit=department.code, unit_name=department.name,
                    agency_id=department.id, total=Fraction(f"{share:.1f}"), components={},
                )
            )  # fmt: skip
    session.flush()


def _plan_ahead(
    session: Session, agency: Agency, round_: IndexRound, content: RubricContent, *, by: UUID, today: date
) -> None:
    """Give one department a road map for this year, from what it lost in a round, and an aim."""
    plan = Plan(agency, today.year, content, round_.id)
    tasks = (
        ("1.1", "Ban hành kế hoạch có đầu việc và thời hạn trước 15/01", "Chánh Văn phòng Sở", -90, "0.5", "done"),
        (
            "3.3",
            "Rà soát hồ sơ quá hạn hằng tuần, nhắc từng phòng",
            "Trưởng phòng Hành chính tư pháp",
            -10,
            "0.5",
            "begun",
        ),
        ("7.3.1", "Bố trí thêm ghế chờ và người hướng dẫn tại quầy", "Phó Giám đốc phụ trách", 35, "0.1", "planned"),
    )
    for criterion, task, post, days, points, state in tasks:
        leaf = content.leaves.get(criterion)
        if leaf is not None:
            score = session.get(IndexScore, (agency.id, round_.id, criterion))
            lost = leaf.rule.maximum - (score.points if score and score.points is not None else 0)
            expected = min(Fraction(points), lost)
            wish = TaskWish(criterion, task, post, today + timedelta(days=days), expected or None, state)
            # What is late by now was planned in time.
            save_task(session, plan, wish, by=by, today=min(today, wish.due_on))
    set_target(session, agency, year=today.year, first_k=3, points=None, by=by, today=today)
