"""Objections: an agency does not agree with the points of a leaf, appraisers decide, the ledger keeps both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.columns import exact_text
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import DECISIONS, IndexObjection, IndexScore, IndexScoreChange
from survey.services.audit import record
from survey.services.errors import RoundError
from survey.services.index_ledger import Entry, Place, find_score, place_of, points_of, write_score
from survey.services.index_rounds import require_participant, require_stage
from survey.services.index_scoring import checked_reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What appraisers decide: accepted, partly or refused; ``value`` is the new one unless they refuse."""

    decision: str
    value: Fraction | None
    reason: str
    by: UUID | None
    today: date


def object_to(
    session: Session, place: Place, *, text: str, points_asked: Fraction | None, by: UUID | None, today: date
) -> IndexObjection:
    """Raise an objection to the points of a leaf, with the reason, and the points asked for where they are known.

    Raises:
        RoundError: It is not the time, a satisfaction survey brings the points, the reason is missing, the points
            asked for are beyond the leaf, or an objection to them waits already.

    """
    require_stage(session, place.round, "objection", today=today)
    require_participant(session, place.round, place.agency_id)
    _refuse_surveyed(place)
    score = find_score(session, place)
    reason = checked_reason(text, is_needed=True)
    _check_asked(place, points_asked)
    objection = IndexObjection(
        agency_id=place.agency_id,
        round_id=place.round.id,
        criterion=place.leaf.code,
        text=reason,
        points_asked=points_asked,
        points_before=score.points if score else None,
        raised_by=by,
        raised_at=datetime.now(tz=UTC),
    )
    try:
        with session.begin_nested():
            session.add(objection)
    except IntegrityError as error:
        raise RoundError(
            vi=f"Tiêu chí {place.leaf.code} đã có kiến nghị đang chờ xét; hãy chờ quyết định.",
            en=f"An objection to {place.leaf.code} waits already; wait for the decision.",
        ) from error
    record(session, "index.objected", subject=place.named, agency_id=place.agency_id, details={"text": reason})
    return objection


def withdraw_objection(
    session: Session, round_: IndexRound, objection: IndexObjection, *, by: UUID | None, today: date
) -> None:
    """Take an objection back that nobody has decided; its row stays, and says so.

    Raises:
        RoundError: It is not the time, or it is decided or taken back already.

    """
    require_stage(session, round_, "objection", today=today)
    require_participant(session, round_, objection.agency_id)
    _hold_waiting(session, objection)
    objection.decision, objection.points_after = "withdrawn", objection.points_before
    objection.decided_by, objection.decided_at = by, datetime.now(tz=UTC)
    place = place_of(round_, objection.agency_id, objection.criterion)
    details = {"text": objection.text}
    record(session, "index.objection_withdrawn", subject=place.named, agency_id=place.agency_id, details=details)


def has_appraised(session: Session, objection: IndexObjection, official_id: UUID | None) -> bool:
    """Return whether an official appraised the leaf that an objection is about."""
    found = select(IndexScoreChange.id).where(
        IndexScoreChange.agency_id == objection.agency_id,
        IndexScoreChange.round_id == objection.round_id,
        IndexScoreChange.criterion == objection.criterion,
        IndexScoreChange.stage == "appraisal",
        IndexScoreChange.changed_by == official_id,
    )
    return official_id is not None and session.scalar(found.limit(1)) is not None


def count_judged_twice(session: Session, objections: Sequence[IndexObjection]) -> int:
    """Count the objections that were decided by who had appraised the leaf."""
    decided = [one for one in objections if one.decision in DECISIONS]
    if not decided:
        return 0
    found = select(IndexScoreChange.agency_id, IndexScoreChange.criterion, IndexScoreChange.changed_by).where(
        IndexScoreChange.agency_id.in_({one.agency_id for one in decided}),
        IndexScoreChange.round_id == decided[0].round_id,
        IndexScoreChange.stage == "appraisal",
    )
    judged = {tuple(row) for row in session.execute(found)}
    return sum((one.agency_id, one.criterion, one.decided_by) in judged for one in decided)


def decide_objection(
    session: Session, round_: IndexRound, objection: IndexObjection, decision: Decision
) -> IndexScore | None:
    """Decide an objection with a reason; unless it is refused the points change. Return the score where it changed.

    Raises:
        RoundError: It is not the time, it is decided already, who decides raised it, the agency was taken out of the
            round, the reason is missing, or the points do not fit the decision, or come from a satisfaction survey.

    """
    require_stage(session, round_, "objection", "decision", today=decision.today)
    require_participant(session, round_, objection.agency_id)
    reason = checked_reason(decision.reason, is_needed=True)
    _hold_waiting(session, objection)
    if decision.by is not None and decision.by == objection.raised_by:
        raise RoundError(
            vi="Người gửi kiến nghị không được tự quyết định; hãy để người thẩm định khác quyết định.",
            en="Who raised an objection cannot decide it; another appraiser has to.",
        )
    place = place_of(round_, objection.agency_id, objection.criterion)
    is_own = has_appraised(session, objection, decision.by)
    score = _changed(session, place, objection, decision, reason)
    objection.decision, objection.reason = decision.decision, reason
    objection.decided_by, objection.decided_at = decision.by, datetime.now(tz=UTC)
    objection.points_after = score.points if score else objection.points_before
    told = "" if objection.points_after is None else exact_text(objection.points_after)
    record(
        session,
        "index.objection_decided",
        subject=place.named,
        agency_id=place.agency_id,
        details={"decision": decision.decision, "reason": reason, "to": told}
        | ({"appraised": "by who decides"} if is_own else {}),
    )
    return score


def list_objections(session: Session, *, round_id: UUID, agency_ids: list[UUID]) -> list[IndexObjection]:
    """List the objections of agencies in a round, those that wait first, oldest first."""
    wanted = select(IndexObjection).where(IndexObjection.agency_id.in_(agency_ids), IndexObjection.round_id == round_id)
    return list(session.scalars(wanted.order_by(IndexObjection.decided_at.is_not(None), IndexObjection.raised_at)))


def _hold_waiting(session: Session, objection: IndexObjection) -> None:
    """Keep an objection until this transaction ends: the second of two who act waits here, and finds it decided."""
    session.refresh(objection, with_for_update=True)
    if objection.decision == "withdrawn":
        raise RoundError(
            vi="Cơ quan đã rút kiến nghị này; hãy tải lại trang để xem.",
            en="The agency has taken this objection back; load the page again to see it.",
        )
    if objection.decided_at is not None:
        raise RoundError(
            vi="Kiến nghị này đã có người quyết định; hãy tải lại trang để xem.",
            en="Somebody has decided this objection; load the page again to see it.",
        )


def _changed(
    session: Session, place: Place, objection: IndexObjection, decision: Decision, reason: str
) -> IndexScore | None:
    """Write the points of a decision; None where it changes nothing."""
    fits = decision.decision in DECISIONS and (decision.decision == "refused") == (decision.value is None)
    after = None if decision.value is None else points_of(place.leaf, decision.value)
    if not fits or (after is not None and after == objection.points_before):
        raise RoundError(
            vi="Chấp nhận hoặc chấp nhận một phần phải ghi điểm mới khác điểm cũ; bác bỏ thì để trống điểm.",
            en="Accepting, wholly or partly, needs new points that differ from the old; refusing leaves them empty.",
        )
    if decision.value is None:
        return None
    _refuse_surveyed(place)
    return write_score(session, place, Entry(decision.value, "decision", reason, decision.by, decision.today))


def _refuse_surveyed(place: Place) -> None:
    """Refuse to judge what people answered: with other points the survey's interval would be of something else."""
    if place.leaf.source == "satisfaction":
        raise RoundError(
            vi=f"Điểm tiêu chí {place.leaf.code} lấy từ kết quả khảo sát hài lòng đã công bố, không đổi bằng kiến "
            "nghị; nếu kết quả khảo sát sai, hãy đề nghị cơ quan chủ trì công bố bản sửa rồi đưa điểm khảo sát "
            "vào lại.",
            en=f"The points of {place.leaf.code} come from the released satisfaction survey and do not change by "
            "objections; where the survey is wrong, ask who runs the round to release a correction and to take the "
            "survey's points in again.",
        )


def _check_asked(place: Place, points: Fraction | None) -> None:
    most = place.leaf.rule.maximum
    if points is not None and not 0 <= points <= most:
        raise RoundError(
            vi=f"Điểm đề nghị phải từ 0 đến {exact_text(most).replace('.', ',')}; hãy sửa.",
            en=f"The points asked for lie between 0 and {exact_text(most)}; change them.",
        )
