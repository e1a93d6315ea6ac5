"""Scoring: agencies assess themselves and hand it in, appraisers give points with a reason, surveys flow in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.survey_points import Measured
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import IndexScore
from survey.models.releases import Release
from survey.models.survey_source import named_survey
from survey.queries.index_scores import list_participants
from survey.services.answer_checks import clean_text
from survey.services.audit import Detail, record
from survey.services.errors import RoundError
from survey.services.index_ledger import (
    Entry,
    Judgement,
    Place,
    content_of,
    decided_places,
    find_score,
    place_of,
    write_score,
)
from survey.services.index_rounds import hold_round, refuse_decided, require_participant, require_stage
from survey.services.index_survey_source import refuse_other_year

LONGEST_REASON = 2000


def self_assess(session: Session, place: Place, judgement: Judgement) -> IndexScore:
    """Write what an agency gives itself; None takes it back.

    Raises:
        RoundError: It is not the time, the agency has submitted, the leaf is not self-assessed, or the value is none.

    """
    refuse_submitted(session, place, today=judgement.today)
    if place.leaf.source != "self_assessment":
        raise _not_theirs(place)
    text = checked_reason(judgement.text, is_needed=False)
    score = write_score(session, place, _entry(judgement, "self_assessment", text))
    score.self_value, score.self_points, score.self_note = score.value, score.points, text
    _record(session, "index.self_assessed", place, score)
    return score


def submit_self_assessment(
    session: Session, round_: IndexRound, agency_id: UUID, *, by: UUID | None, today: date
) -> None:
    """Hand the self-assessment in; a leaf left without points stays without, and the appraisers see it so.

    Raises:
        RoundError: It is not the time, or it was handed in already.

    """
    require_stage(session, round_, "self_assessment", today=today)
    participant = require_participant(session, round_, agency_id, holds=True)
    if participant.submitted_on is not None:
        raise RoundError(
            vi="Bản tự chấm đã nộp rồi; hãy tải lại trang.", en="The self-assessment is handed in; load the page again."
        )
    participant.submitted_on, participant.submitted_by = today, by
    record(session, "index.submitted", subject=round_.code, agency_id=agency_id)


def reopen_self_assessment(
    session: Session, round_: IndexRound, agency_id: UUID, *, reason: str, today: date
) -> IndexParticipant:
    """Let an agency change what it handed in.

    Raises:
        RoundError: It is not the time, or no reason is given.

    """
    require_stage(session, round_, "self_assessment", today=today)
    participant = require_participant(session, round_, agency_id, holds=True)
    text = checked_reason(reason, is_needed=True)
    participant.submitted_on = participant.submitted_by = None
    record(session, "index.reopened", subject=round_.code, agency_id=agency_id, details={"reason": text})
    return participant


def appraise(session: Session, place: Place, judgement: Judgement) -> IndexScore:
    """Write the appraisers' points; where they differ from what stands there, a reason is needed.

    Raises:
        RoundError: It is not the time, the leaf is not appraised, the value is none, or the reason is missing.

    """
    require_stage(session, place.round, "appraisal", today=judgement.today)
    require_participant(session, place.round, place.agency_id)
    if not place.leaf.is_judged:
        raise _not_theirs(place)
    before = find_score(session, place)
    differs = before is not None and before.value is not None and before.value != judgement.value
    text = checked_reason(judgement.text, is_needed=differs)
    score = write_score(session, place, _entry(judgement, "appraisal", text))
    _record(session, "index.appraised", place, score)
    return score


def take_survey(
    session: Session,
    round_: IndexRound,
    release: Release,
    brought: Mapping[UUID, Measured],
    *,
    by: UUID | None,
    today: date,
    corrects: bool = False,
    year_reason: str = "",
) -> int:
    """Let the points of a released survey flow in, with the interval each rests on; return how many were written.

    ``corrects`` says that the round is decided, and another version of its result follows.  ``year_reason`` is why a
    survey of another year stands for the round's.

    Raises:
        RoundError: The release is not public, the round is decided or goes without a survey, a leaf is no survey's,
            or the survey is of another year and no reason is given.

    """
    hold_round(session, round_, alone=True)
    if not corrects:
        refuse_decided(round_)
    if release.state != "released" or not round_.survey_is_run:
        raise RoundError(
            vi="Điểm khảo sát chỉ lấy từ kết quả đang công bố, và khi kỳ này có khảo sát; hãy công bố đợt trước.",
            en="Survey points come from results that are public, in a round with a survey; release the wave first.",
        )
    survey = named_survey(release, reason=checked_reason(year_reason, is_needed=False))
    refuse_other_year(round_, survey)
    survey = survey if survey.year != round_.year else replace(survey, reason="")
    decided, taken = decided_places(session, round_), 0
    for agency_id, one in brought.items():
        require_participant(session, round_, agency_id)
        for criterion, value in one.values.items():
            place = place_of(round_, agency_id, criterion)
            if place.leaf.source != "satisfaction":
                raise _not_theirs(place)
            if (agency_id, criterion) in decided:
                continue
            basis = survey.basis | _basis(release, one, criterion)
            entry = Entry(value, "survey", survey.told(release.code), by, today, basis=basis)
            write_score(session, place, entry)
            taken += 1
    _take_back(session, round_, survey.told(release.code), brought, by=by, today=today)
    round_.release_id = release.id
    details: dict[str, Detail] = {"code": release.code, "name": survey.name, "year": survey.year, "count": taken}
    record(
        session,
        "index.survey_taken",
        subject=round_.code,
        agency_id=round_.agency_id,
        details=details | ({"reason": survey.reason} if survey.reason else {}),
    )
    return taken


def _take_back(
    session: Session,
    round_: IndexRound,
    told: str,
    brought: Mapping[UUID, Measured],
    *,
    by: UUID | None,
    today: date,
) -> None:
    """Take back what an earlier release brought to agencies for which the present one has too few answers."""
    leaves = [leaf.code for leaf in content_of(round_).leaves.values() if leaf.source == "satisfaction"]
    others = [row.agency_id for row in list_participants(session, round_.id) if row.agency_id not in brought]
    held = select(IndexScore).where(
        IndexScore.agency_id.in_(others),
        IndexScore.round_id == round_.id,
        IndexScore.criterion.in_(leaves),
        IndexScore.stage == "survey",
        IndexScore.value.is_not(None),
    )
    for score in session.scalars(held).all():
        if score.basis and "release" in score.basis:
            place = place_of(round_, score.agency_id, score.criterion)
            write_score(session, place, Entry(None, "survey", told, by, today))


def checked_reason(text: str, *, is_needed: bool) -> str:
    """Return a reason or a note without what nobody sees.

    Raises:
        RoundError: It is needed and missing, or too long.

    """
    cleaned = clean_text(text).strip()
    if is_needed and not cleaned:
        raise RoundError(
            vi="Điểm thay đổi phải có lý do; hãy ghi lý do.", en="A change of points needs a reason; write it."
        )
    if len(cleaned) > LONGEST_REASON:
        raise RoundError(
            vi=f"Lý do dài {len(cleaned)} ký tự, tối đa {LONGEST_REASON}; hãy rút ngắn.",
            en=f"The reason has {len(cleaned)} characters, {LONGEST_REASON} at most; shorten it.",
        )
    return cleaned


def refuse_submitted(session: Session, place: Place, *, today: date) -> None:
    """Refuse what an agency changes after it handed its self-assessment in, or when it is not the time.

    Raises:
        RoundError: Likewise.

    """
    require_stage(session, place.round, "self_assessment", today=today)
    day = require_participant(session, place.round, place.agency_id, holds=True).submitted_on
    if day is not None:
        raise RoundError(
            vi=f"Đã nộp bản tự chấm ngày {day:%d/%m/%Y}; muốn sửa, hãy xin mở lại.",
            en=f"The self-assessment was handed in on {day:%d/%m/%Y}; ask to have it opened again.",
        )


def _basis(release: Release, brought: Measured, criterion: str) -> dict[str, object]:
    """Return what a survey's score rests on, as ``findings.index_totals`` reads it."""
    low, high = brought.ends[criterion]
    points = brought.part.points
    return {
        "release": release.code,
        "n": points.n,
        "low": low,
        "high": high,
        "part": {
            "leaves": list(brought.part.leaves),
            "points": points.value,
            "low": points.ci.low,
            "high": points.ci.high,
            "se": brought.part.standard_error,
            "level": points.confidence_level,
        },
    }


def _entry(judgement: Judgement, stage: str, text: str) -> Entry:
    return Entry(judgement.value, stage, text, judgement.by, judgement.today, revision=judgement.revision)


def _not_theirs(place: Place) -> RoundError:
    return RoundError(
        vi=f"Tiêu chí {place.leaf.code} lấy điểm từ nguồn “{place.leaf.source}”, không chấm ở bước này.",
        en=f"The criterion {place.leaf.code} has its points from “{place.leaf.source}” and is not scored here.",
    )


def _record(session: Session, verb: str, place: Place, score: IndexScore) -> None:
    points = "" if score.points is None else exact_text(score.points)
    record(session, verb, subject=place.named, agency_id=place.agency_id, details={"to": points})
