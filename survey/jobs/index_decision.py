"""The decision on a round: its findings as they stand, frozen; and corrections of it, tried out before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.index import decided_findings, frozen_result, index_findings
from survey.findings.index_correction import Difference, corrected_findings, difference
from survey.findings.index_result_values import IndexFindings
from survey.findings.index_survey import survey_of_round
from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.index_scores import IndexScore
from survey.models.releases import Release
from survey.services.errors import RoundError
from survey.services.index_ledger import Judgement, Place, find_score, points_of
from survey.services.index_results import correct_points, keep_result
from survey.services.index_rounds import hold_round, move_round, refuse_waiting
from survey.services.index_scoring import checked_reason, take_survey

_MOST_AGENCIES: Final = 3
_MOST_CODES: Final = 4


@dataclass(frozen=True, slots=True)
class CorrectionTrial:
    """What a correction would do: points before and after where it is of one criterion, and all that it changes."""

    points_before: Fraction | None
    points_after: Fraction | None
    version: int
    changed: Difference

    @property
    def digest(self) -> str:
        """Return what changes with everything that the correction would do."""
        told = (self.points_before, self.points_after, self.version, self.changed)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def decide_round(
    session: Session,
    round_: IndexRound,
    *,
    by: UUID | None,
    today: date,
    note: str = "",
    reason: str = "",
    unscored_note: str = "",
    survey_is_new: bool = False,
) -> IndexResult:
    """Decide a round in its last stage and freeze its result; of a decided one freeze what changed, with a note.

    ``reason`` stands in the audit and nowhere else: why a correction is made, or why criteria that nobody scored count
    nothing; without it they stand in the way.  Of a decided round everything but its scores stays as it was frozen, and
    of its survey too, unless ``survey_is_new``.  ``note`` and ``unscored_note`` are published with the result.

    Raises:
        FindingsError: Nobody is ranked.
        RoundError: The round is not that far, objections wait, criteria are not scored, or a correction has no note.

    """
    hold_round(session, round_, alone=True)
    reason, told = (checked_reason(text, is_needed=False) for text in (reason, unscored_note))
    held = decided_findings(session, round_) if round_.state == "decided" else None
    if held is not None:
        findings, told = (
            corrected_findings(session, round_, held, today=today, survey_is_new=survey_is_new),
            told or held.unscored_reason,
        )
        note = _noted(note, difference(held, findings))
    else:
        findings = index_findings(session, round_, today=today)
    if round_.state != "decided":
        refuse_waiting(session, round_)
        if not reason and round_.state == "decision":
            _refuse_unscored(findings)
        move_round(session, round_, to="decided", today=today, reason=reason)
        findings = index_findings(session, round_, today=today)
    return keep_result(
        session,
        round_,
        lambda version, said, day: frozen_result(
            findings, version=version, note=said, decided_on=day, unscored_reason=told
        ),
        by=by,
        today=today,
        note=note,
        reason=reason,
    )


def correct_round(session: Session, place: Place, judgement: Judgement, *, public_note: str) -> IndexResult:
    """Correct points of a decided round, and freeze the result as another version.

    What changed and ``public_note`` are published with it; the reason of the judgement stays in the ledger.

    Raises:
        RoundError: As ``correct_points`` and ``checked_note``, or the points are those that stand.

    """
    said = checked_note(public_note)
    before = _check_correction(session, place, judgement)
    line = _decided(session, place.round).agency(place.agency_id)
    name = line.agency.name.vi if line else session.get_one(Agency, place.agency_id).name
    score = correct_points(session, place, judgement)
    told = " → ".join("–" if points is None else exact_text(points) for points in (before, score.points))
    note = f"{name}, {place.leaf.code}: {told.replace('.', ',')}. {said}"
    return decide_round(session, place.round, by=judgement.by, today=judgement.today, note=note)


def checked_note(text: str) -> str:
    """Return what a correction says to everybody.

    Raises:
        RoundError: It is missing or too long.

    """
    said = checked_reason(text, is_needed=False)
    if not said:
        raise RoundError(
            vi="Bản đính chính phải nói công khai vì sao; hãy ghi một câu vào ghi chú công khai, không ghi tên người.",
            en="A correction says in public why it is made; write a sentence as the public note, naming no person.",
        )
    return said


def correct_survey(
    session: Session,
    round_: IndexRound,
    release: Release,
    *,
    reason: str,
    public_note: str,
    by: UUID | None,
    today: date,
) -> IndexResult:
    """Take the survey points of a decided round again, from a survey that was corrected.

    ``public_note`` is published with the version; the reason stays in the audit.

    Raises:
        FindingsError: As ``survey_of_round``.
        RoundError: The round is not decided, nobody says why, or nothing changes by it.

    """
    said = checked_note(public_note)
    held = _decided(session, round_)
    _retake(session, round_, release, reason=reason, by=by, today=today)
    note = f"Điểm khảo sát lấy lại từ {release.code}. {said}"
    made = decide_round(session, round_, by=by, today=today, note=note, reason=reason, survey_is_new=True)
    if made.version == held.version:
        raise _nothing_changes()
    return made


def try_correction(session: Session, place: Place, judgement: Judgement) -> CorrectionTrial:
    """Return what a correction would change, and change nothing.

    Raises:
        RoundError: As ``correct_round``.

    """
    points = _check_correction(session, place, judgement)
    change = partial(correct_points, session, place, judgement)
    return replace(_tried(session, place.round, change, judgement.today), points_before=points)


def try_survey(
    session: Session, round_: IndexRound, release: Release, *, reason: str, by: UUID | None, today: date
) -> CorrectionTrial:
    """Return what taking the survey points again would change, and change nothing.

    Raises:
        FindingsError: As ``survey_of_round``.
        RoundError: As ``correct_survey``.

    """
    change = partial(_retake, session, round_, release, reason=reason, by=by, today=today)
    found = _tried(session, round_, change, today, survey_is_new=True)
    if found.changed == Difference((), ()):
        raise _nothing_changes()
    return found


def _tried(
    session: Session, round_: IndexRound, change: Callable[[], object], today: date, *, survey_is_new: bool = False
) -> CorrectionTrial:
    held = _decided(session, round_)
    with session.begin_nested() as trial:
        done = change()
        points = done.points if isinstance(done, IndexScore) else None
        after = corrected_findings(session, round_, held, today=today, survey_is_new=survey_is_new)
        trial.rollback()
    return CorrectionTrial(None, points, held.version + 1, difference(held, after))


def _noted(note: str, changed: Difference) -> str:
    """Return a note with what follows from the correction; without a note there is none to add to."""
    said, followed = note.strip(), changed.followed()
    if not said or not followed:
        return said
    return f"{said}{'' if said[-1] in '.!?…' else '.'} {followed}"


def _retake(
    session: Session, round_: IndexRound, release: Release, *, reason: str, by: UUID | None, today: date
) -> None:
    checked_reason(reason, is_needed=True)
    brought = survey_of_round(session, round_, release)
    take_survey(session, round_, release, brought, by=by, today=today, corrects=True, year_reason=reason)


def _nothing_changes() -> RoundError:
    return RoundError(
        vi="Điểm khảo sát của kết quả này giống điểm đang có; chưa có gì để đính chính.",
        en="The survey points of this release are those that stand; there is nothing to correct.",
    )


def _decided(session: Session, round_: IndexRound) -> IndexFindings:
    found = decided_findings(session, round_) if round_.state == "decided" else None
    if found is None:
        raise RoundError(
            vi=f"Kỳ {round_.code} chưa có quyết định; điểm được sửa ở bước thẩm định hoặc xét kiến nghị.",
            en=f"The round {round_.code} is not decided; points change in the appraisal or with objections.",
        )
    return found


def _check_correction(session: Session, place: Place, judgement: Judgement) -> Fraction | None:
    """Return the points that stand.

    Raises:
        RoundError: The new ones are the same, cannot be, or come from our own survey.

    """
    _decided(session, place.round)
    if place.leaf.source == "satisfaction":
        raise RoundError(
            vi=f"Điểm tiêu chí {place.leaf.code} lấy từ khảo sát hài lòng, có khoảng tin cậy; hãy công bố bản sửa của "
            "kết quả khảo sát rồi lấy lại điểm khảo sát ở trang đính chính.",
            en=f"The points of {place.leaf.code} come from the satisfaction survey with their interval; release a "
            "correction of the survey, then take its points again on the page of corrections.",
        )
    score = find_score(session, place)
    points = score.points if score else None
    if judgement.value is not None and points_of(place.leaf, judgement.value) == points:
        raise RoundError(
            vi=f"Tiêu chí {place.leaf.code} đang có đúng {exact_text(points).replace('.', ',')} điểm; "
            "chưa có gì để đính chính.",
            en=f"The criterion {place.leaf.code} has {exact_text(points)} points already; there is nothing to correct.",
        )
    return points


def _refuse_unscored(findings: IndexFindings) -> None:
    """Name the agencies and the criteria that nobody scored."""
    lacking = [row for row in findings.agencies if row.unscored]
    if not lacking:
        return
    number = sum(len(row.unscored) for row in lacking)
    told = []
    for row in lacking[:_MOST_AGENCIES]:
        codes = ", ".join(row.unscored[:_MOST_CODES]) + (", …" if len(row.unscored) > _MOST_CODES else "")
        told.append((f"{row.agency.name.vi} ({codes})", f"{row.agency.name.text('en')} ({codes})"))
    more = "; …" if len(lacking) > _MOST_AGENCIES else ""
    vi, en = ("; ".join(one[at] for one in told) + more for at in (0, 1))
    raise RoundError(
        vi=f"Còn {number} tiêu chí chưa ai chấm ở {len(lacking)} cơ quan: {vi}. Hãy lùi về bước thẩm định để chấm, "
        "hoặc ghi lý do tính 0 điểm.",
        en=f"{number} {'criterion' if number == 1 else 'criteria'} of {len(lacking)} "
        f"{'agency' if len(lacking) == 1 else 'agencies'} {'is' if number == 1 else 'are'} scored by nobody: {en}. "
        "Go back to the appraisal and "
        "score them, or say why they count 0.",
    )
