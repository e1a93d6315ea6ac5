"""Decides the demo's past rounds of the index: with the released survey where there is one, then frozen."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.findings.index_survey import survey_of_round
from survey.jobs.index_decision import decide_round
from survey.models.fieldwork import Wave
from survey.models.index_rounds import IndexRound
from survey.models.releases import Release
from survey.services.index_scoring import take_survey


def decide_demo_rounds(session: Session) -> None:
    """Decide every round that has reached its last stage, the oldest first, so that each is told against the last."""
    waiting = select(IndexRound).where(IndexRound.state == "decision").order_by(IndexRound.year)
    for round_ in session.scalars(waiting).all():
        day = round_.decision_until
        release = session.scalar(
            select(Release)
            .join(Wave, Wave.id == Release.wave_id)
            .where(
                Wave.agency_id == round_.agency_id,
                Wave.index_year == round_.year,
                Release.released_on.is_not(None),
                Release.superseded_on.is_(None),
            )
            .order_by(Wave.code)
            .limit(1)
        )
        if release is not None:
            brought = survey_of_round(session, round_, release)
            take_survey(session, round_, release, brought, by=round_.opened_by, today=day)
        reason = "Dữ liệu minh hoạ: quá ít người trả lời để có điểm khảo sát"
        decide_round(session, round_, by=round_.opened_by, today=day, reason=reason, unscored_note=reason)
