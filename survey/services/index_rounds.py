"""A round of the index: planned with its rubric, deadlines and agencies, and moved from stage to stage by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.index_rounds import STATES, IndexParticipant, IndexRound
from survey.models.index_scores import IndexObjection
from survey.models.rubric_content import RubricContent
from survey.models.rubrics import Rubric
from survey.services.audit import record
from survey.services.errors import RoundError
from survey.services.names import checked_code, checked_name, checked_translation

STAGES_VI: Final = {
    "planned": "chuẩn bị",
    "self_assessment": "tự chấm điểm",
    "appraisal": "thẩm định",
    "objection": "kiến nghị",
    "decision": "xét kiến nghị",
    "decided": "đã quyết định",
}
STAGES_EN: Final = {
    "planned": "preparation",
    "self_assessment": "self-assessment",
    "appraisal": "appraisal",
    "objection": "objections",
    "decision": "decision",
    "decided": "decided",
}
# The years before and after its own that a round can still be worked at.
YEARS_AROUND: Final = (-1, 3)
_ROUND: Final = ("kỳ đánh giá", "round")


@dataclass(frozen=True, slots=True)
class RoundWish:
    """What a round is to be: names, year, and the last day of every stage."""

    code: str
    name: str
    name_en: str | None
    year: int
    self_assessment_until: date
    appraisal_until: date
    objection_until: date
    decision_until: date
    survey_is_run: bool = True

    @property
    def deadlines(self) -> tuple[date, ...]:
        """Return the last days in the order of the stages."""
        return self.self_assessment_until, self.appraisal_until, self.objection_until, self.decision_until


def plan_round(
    session: Session,
    root: Agency,
    rubric: Rubric,
    wish: RoundWish,
    *,
    agencies: Sequence[Agency],
    by: UUID | None,
    today: date | None = None,
) -> IndexRound:
    """Plan a round under a root with the agencies that take part.

    Raises:
        RoundError: The rubric is a draft or another root's, the days are not in order or far off, an agency is not
            below the root, none takes part, or code or name are taken.

    """
    check_rubric(root, rubric)
    check_survey_rule(rubric, survey_is_run=wish.survey_is_run)
    _check_days(wish.year, wish.deadlines, today)
    if not agencies:
        raise RoundError(
            vi="Chưa chọn cơ quan nào; hãy chọn ít nhất một.", en="No agency is chosen; choose at least one."
        )
    round_ = _stored(session, root, rubric, wish, by=by)
    for agency in agencies:
        add_participant(session, round_, agency)
    session.flush()
    record(
        session,
        "index.planned",
        subject=round_.code,
        agency_id=root.id,
        details={"rubric": rubric.name, "agencies": len(agencies)},
    )
    return round_


def _stored(session: Session, root: Agency, rubric: Rubric, wish: RoundWish, *, by: UUID | None) -> IndexRound:
    round_ = IndexRound(
        code=checked_code(wish.code, of=_ROUND, error=RoundError),
        name=checked_name(wish.name, of=_ROUND, error=RoundError),
        name_en=checked_translation(wish.name_en, of=_ROUND, error=RoundError),
        agency_id=root.id,
        rubric_id=rubric.id,
        year=wish.year,
        state="planned",
        self_assessment_until=wish.self_assessment_until,
        appraisal_until=wish.appraisal_until,
        objection_until=wish.objection_until,
        decision_until=wish.decision_until,
        survey_is_run=wish.survey_is_run,
        opened_by=by,
    )
    try:
        with session.begin_nested():
            session.add(round_)
    except IntegrityError as error:
        raise RoundError(
            vi=f"Đã có kỳ đánh giá mang mã {wish.code}, hoặc cùng tên trong năm {wish.year}; hãy đổi mã hoặc tên.",
            en=f"There is a round with the code {wish.code}, or of that name in {wish.year}; change code or name.",
        ) from error
    return round_


def move_round(session: Session, round_: IndexRound, *, to: str, today: date, reason: str = "") -> None:
    """Move a round to the next stage, or with a reason one stage back.

    Raises:
        RoundError: The stage is not next to the present one, the reason is missing, objections wait, or it is decided.

    """
    hold_round(session, round_, alone=True)
    here = STATES.index(round_.state)
    there = STATES.index(to) if to in STATES else here
    if there not in {here - 1, here + 1} or round_.state == "decided":
        raise RoundError(
            vi=f"Kỳ {round_.code} đang ở bước {STAGES_VI[round_.state]}, không chuyển sang bước đó được; "
            "hãy tải lại trang.",
            en=f"The round {round_.code} is in the stage {STAGES_EN[round_.state]} and cannot go there; "
            "load the page again.",
        )
    if there < here and not reason.strip():
        raise RoundError(
            vi="Lùi một bước phải có lý do; hãy ghi lý do.", en="Going back a stage needs a reason; write it."
        )
    if to == "decided":
        refuse_waiting(session, round_)
        round_.decided_on = today
    before, round_.state = round_.state, to
    record(
        session,
        "index.moved",
        subject=round_.code,
        agency_id=round_.agency_id,
        details={"from": STAGES_VI[before], "to": STAGES_VI[to], "reason": reason.strip()},
    )


def change_deadlines(
    session: Session, round_: IndexRound, deadlines: tuple[date, date, date, date], *, today: date | None = None
) -> None:
    """Set the last days of all stages.

    Raises:
        RoundError: They are not in order, or far from the round's year and ``today``, or the round is decided.

    """
    _check_days(round_.year, deadlines, today)
    hold_round(session, round_, alone=True)
    refuse_decided(round_)
    before = _told(round_)
    (
        round_.self_assessment_until,
        round_.appraisal_until,
        round_.objection_until,
        round_.decision_until,
    ) = deadlines
    record(
        session,
        "index.deadlines_changed",
        subject=round_.code,
        agency_id=round_.agency_id,
        details={"before": before, "to": _told(round_)},
    )


def find_round(session: Session, code: str) -> IndexRound | None:
    """Return the round of a code; None where there is none."""
    return session.scalar(select(IndexRound).where(IndexRound.code == code))


def list_participants(session: Session, round_: IndexRound) -> list[IndexParticipant]:
    """List who takes part, as agencies sort; not who was taken out."""
    wanted = select(IndexParticipant).join(Agency).where(_is_in(round_))
    return list(session.scalars(wanted.order_by(Agency.sort_key, Agency.code)))


def require_participant(
    session: Session, round_: IndexRound, agency_id: UUID, *, holds: bool = False
) -> IndexParticipant:
    """Return an agency's part in a round; with ``holds`` nobody else changes it until this transaction ends.

    Raises:
        RoundError: It takes no part, or was taken out.

    """
    found = session.get(IndexParticipant, (round_.id, agency_id), with_for_update=holds, populate_existing=holds)
    if found is None:
        raise RoundError(
            vi=f"Cơ quan này không tham gia kỳ {round_.code}; hãy thêm cơ quan vào kỳ trước.",
            en=f"This agency takes no part in {round_.code}; add it to the round first.",
        )
    if found.removed_on is not None:
        raise RoundError(
            vi=f"Cơ quan này đã được đưa ra khỏi kỳ {round_.code} ngày {found.removed_on:%d/%m/%Y}: "
            f"{found.removed_reason} Muốn chấm tiếp, hãy thêm lại cơ quan vào kỳ.",
            en=f"This agency was taken out of {round_.code} on {found.removed_on:%d/%m/%Y}: {found.removed_reason} "
            "To go on scoring, add it to the round again.",
        )
    return found


def hold_round(session: Session, round_: IndexRound, *, alone: bool) -> None:
    """Read a round anew and keep its stage until this transaction ends: who moves it waits for who scores in it.

    ``alone`` is for who changes the round itself.
    """
    session.refresh(round_, with_for_update=True if alone else {"read": True})


def require_stage(session: Session, round_: IndexRound, *stages: str, today: date) -> None:
    """Refuse what does not belong to the present stage, or comes after its last day; hold the stage.

    Raises:
        RoundError: It is not the time for it; the sentence says until when it was.

    """
    hold_round(session, round_, alone=False)
    if round_.state not in stages:
        vi, en = (" / ".join(names[stage] for stage in stages) for names in (STAGES_VI, STAGES_EN))
        raise RoundError(
            vi=f"Kỳ {round_.code} đang ở bước {STAGES_VI[round_.state]}; việc này chỉ làm ở bước {vi}.",
            en=f"The round {round_.code} is in the stage {STAGES_EN[round_.state]}; this is done in: {en}.",
        )
    last: date = getattr(round_, f"{round_.state}_until")
    if today > last:
        raise RoundError(
            vi=f"Bước {STAGES_VI[round_.state]} đã hết hạn ngày {last:%d/%m/%Y}; hãy xin gia hạn.",
            en=f"The stage {STAGES_EN[round_.state]} ended on {last:%d/%m/%Y}; ask for more time.",
        )


def refuse_decided(round_: IndexRound) -> None:
    """Raise ``RoundError`` where a round is decided."""
    if round_.state == "decided":
        raise RoundError(
            vi=f"Kỳ {round_.code} đã có quyết định nên không sửa được; muốn đính chính, hãy lập bản kết quả mới.",
            en=f"The round {round_.code} is decided and cannot change; a correction is a new version of its result.",
        )


def check_rubric(root: Agency, rubric: Rubric) -> None:
    """Raise ``RoundError`` where a rubric is a draft, or somebody else's."""
    if rubric.published_on is None or rubric.agency_id not in {None, root.id}:
        raise RoundError(
            vi=f"Bộ tiêu chí {rubric.name} chưa công bố hoặc không phải của đơn vị này; hãy chọn bộ khác.",
            en=f"The rubric {rubric.name} is not published, or somebody else's; choose another.",
        )


def check_survey_rule(rubric: Rubric, *, survey_is_run: bool) -> None:
    """Raise ``RoundError`` where a rubric does not say how to go without its survey."""
    rule = RubricContent.from_content(rubric.content).rule
    if not survey_is_run and rule.survey_maximum and rule.without_survey == "refuse":
        raise RoundError(
            vi=f"Bộ tiêu chí {rubric.name} không có quy tắc khi không khảo sát; hãy khảo sát hoặc sửa bộ tiêu chí.",
            en=f"The rubric {rubric.name} has no rule for going without a survey; run it, or change the rubric.",
        )


def _check_days(year: int, deadlines: Sequence[date], today: date | None) -> None:
    # A round may be held years late; its days are still no typing errors then.
    first, last = year + YEARS_AROUND[0], max(year + YEARS_AROUND[1], today.year + 1 if today else 0)
    if any(not first <= day.year <= last for day in deadlines):
        raise RoundError(
            vi=f"Hạn của các bước trong kỳ năm {year} phải nằm trong các năm {first} đến {last}; hãy sửa ngày.",
            en=f"The last days of a round of {year} must lie in the years {first} to {last}; change the days.",
        )
    if list(deadlines) != sorted(deadlines):
        raise RoundError(
            vi="Hạn của các bước phải theo thứ tự tự chấm, thẩm định, kiến nghị, xét kiến nghị; hãy sửa ngày.",
            en="The last days must follow self-assessment, appraisal, objections, decision; change the days.",
        )


def add_participant(session: Session, round_: IndexRound, agency: Agency) -> IndexParticipant:
    """Let an agency take part; where it was there for a part of the year only, that is noted.

    Raises:
        RoundError: It is not below the agency that runs the round.

    """
    root = session.get_one(Agency, round_.agency_id)
    if not agency.path.startswith(root.path) or agency.id == root.id:
        raise RoundError(
            vi=f"{agency.name} không thuộc {root.name}; hãy bỏ khỏi danh sách.",
            en=f"{agency.name} is not below {root.name}; take it off the list.",
        )
    first, last = date(round_.year, 1, 1), date(round_.year, 12, 31)
    joined = agency.valid_from if first < agency.valid_from <= last else None
    left = agency.valid_to if agency.valid_to and first < agency.valid_to <= last else None
    part = IndexParticipant(round_id=round_.id, agency_id=agency.id, joined_on=joined, left_on=left)
    session.add(part)
    return part


def _is_in(round_: IndexRound) -> ColumnElement[bool]:
    return and_(IndexParticipant.round_id == round_.id, IndexParticipant.removed_on.is_(None))


def refuse_waiting(session: Session, round_: IndexRound) -> None:
    """Raise ``RoundError`` where objections of who takes part wait for a decision."""
    agencies = list(session.scalars(select(IndexParticipant.agency_id).where(_is_in(round_))))
    waiting = session.scalar(
        select(func.count())
        .select_from(IndexObjection)
        .where(
            IndexObjection.agency_id.in_(agencies),
            IndexObjection.round_id == round_.id,
            IndexObjection.decided_at.is_(None),
        )
    )
    if waiting:
        raise RoundError(
            vi=f"Còn {waiting} kiến nghị chưa xét; hãy quyết định từng kiến nghị trước.",
            en=f"{waiting} {'objection waits' if waiting == 1 else 'objections wait'}; decide them first.",
        )


def _told(round_: IndexRound) -> str:
    days = (
        round_.self_assessment_until,
        round_.appraisal_until,
        round_.objection_until,
        round_.decision_until,
    )
    return ", ".join(day.isoformat() for day in days)
