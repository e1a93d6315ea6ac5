"""The decision on a round: its findings as they stand, frozen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.index import frozen_result, index_findings
from survey.models.index_rounds import IndexResult, IndexRound
from survey.services.index_results import keep_result
from survey.services.index_rounds import move_round


def decide_round(session: Session, round_: IndexRound, *, by: UUID | None, today: date, note: str = "") -> IndexResult:
    """Decide a round in its last stage and freeze its result; of a decided one freeze what changed, with a note.

    Raises:
        FindingsError: Nobody is ranked.
        RoundError: The round is not that far, objections wait, or a correction has no note.

    """
    if round_.state != "decided":
        move_round(session, round_, to="decided", today=today)
    findings = index_findings(session, round_, today=today)
    return keep_result(
        session,
        round_,
        lambda version, said, day: frozen_result(findings, version=version, note=said, decided_on=day),
        by=by,
        today=today,
        note=note,
    )
