"""The result of a round as it was decided: frozen once, and corrected only by another version with a note."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.columns import exact_text
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.index_scores import IndexScore
from survey.services.audit import Detail, record
from survey.services.errors import RoundError
from survey.services.index_ledger import Entry, Judgement, Place, write_score
from survey.services.index_rounds import hold_round, require_participant
from survey.services.index_scoring import checked_reason

_LEVEL: Final = 9

# Makes the canonical JSON of a version (``findings.index.frozen_result``) from its number, its note and its day.
Freeze = Callable[[int, str, date], bytes]


def keep_result(
    session: Session,
    round_: IndexRound,
    freeze: Freeze,
    *,
    by: UUID | None,
    today: date,
    note: str = "",
    reason: str = "",
) -> IndexResult:
    """Freeze the result of a decided round; the same figures again give the version that is there.

    The note is published with the version, the reason stands in the audit.

    Raises:
        RoundError: The round is not decided, or this is a correction without a note.

    """
    if round_.state != "decided":
        raise RoundError(
            vi=f"Kỳ {round_.code} chưa có quyết định; hãy chuyển kỳ sang bước đã quyết định trước.",
            en=f"The round {round_.code} is not decided; move it to that stage first.",
        )
    held = newest_result(session, round_)
    said = note.strip()
    if held is not None:
        if held.sha256 == _checksum(freeze(held.version, held.note, held.decided_on)):
            return held
        if not said:
            raise RoundError(
                vi="Bản đính chính phải có ghi chú điều gì đã sửa và vì sao; hãy ghi chú.",
                en="A correction needs a note of what was mended and why; write it.",
            )
        held.superseded_on = today
    version = held.version + 1 if held else 1
    content = freeze(version, said, today)
    kept = IndexResult(
        round_id=round_.id,
        version=version,
        note=said,
        content=zlib.compress(content, _LEVEL),
        sha256=_checksum(content),
        decided_on=today,
        decided_by=by,
    )
    try:
        with session.begin_nested():
            session.add(kept)
    except IntegrityError as error:
        raise RoundError(
            vi="Kết quả vừa được người khác chốt; hãy tải lại trang.",
            en="Somebody else has just frozen the result; load the page again.",
        ) from error
    details: dict[str, Detail] = {"version": version, "sha256": kept.sha256, "note": said, "reason": reason}
    record(session, "index.result_frozen", subject=round_.code, agency_id=round_.agency_id, details=details)
    return kept


def correct_points(session: Session, place: Place, judgement: Judgement) -> IndexScore:
    """Change points after the decision, for a correction; the frozen result stays until another version is made.

    Raises:
        RoundError: The round is not decided, nobody says why, the leaf cannot take the value, or it changed meanwhile.

    """
    hold_round(session, place.round, alone=True)
    if place.round.state != "decided":
        raise RoundError(
            vi=f"Kỳ {place.round.code} chưa có quyết định; điểm được sửa ở bước thẩm định hoặc xét kiến nghị.",
            en=f"The round {place.round.code} is not decided; points change in the appraisal or with objections.",
        )
    require_participant(session, place.round, place.agency_id)
    if judgement.value is None:
        raise RoundError(
            vi="Chưa ghi điểm mới; hãy ghi điểm đúng của tiêu chí, 0 nếu không có điểm nào.",
            en="The new points are missing; write what is right for the criterion, 0 where there are none.",
        )
    reason = checked_reason(judgement.text, is_needed=True)
    entry = Entry(judgement.value, "correction", reason, judgement.by, judgement.today, revision=judgement.revision)
    score = write_score(session, place, entry)
    points = "" if score.points is None else exact_text(score.points)
    details: dict[str, Detail] = {"to": points, "reason": reason}
    record(session, "index.corrected", subject=place.named, agency_id=place.agency_id, details=details)
    return score


def newest_result(session: Session, round_: IndexRound) -> IndexResult | None:
    """Return the version that holds; None where nothing is frozen."""
    wanted = select(IndexResult).where(IndexResult.round_id == round_.id).order_by(IndexResult.version.desc()).limit(1)
    return session.scalar(wanted)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
