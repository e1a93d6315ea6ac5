"""Who takes part in a round of the index: agencies added and taken out, and those of a part of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.services.audit import Detail, record
from survey.services.errors import RoundError
from survey.services.index_rounds import (
    add_participant,
    check_survey_rule,
    hold_round,
    list_participants,
    refuse_decided,
    require_participant,
)
from survey.services.names import checked_name, checked_translation

LONGEST_REASON: Final = 2000
_ROUND: Final = ("kỳ đánh giá", "round")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a round is called, and whether its survey is run; all of it can change while the round is planned."""

    name: str
    name_en: str | None
    survey_is_run: bool


def add_agencies(session: Session, round_: IndexRound, agencies: Sequence[Agency]) -> int:
    """Let agencies take part, or take part again with the points they had; return how many came in.

    Raises:
        RoundError: None is named, one is not below the agency that runs the round, or it is decided.

    """
    hold_round(session, round_, alone=True)
    refuse_decided(round_)
    if not agencies:
        raise RoundError(
            vi="Chưa chọn cơ quan nào; hãy chọn ít nhất một.", en="No agency is chosen; choose at least one."
        )
    come = []
    for agency in agencies:
        part = session.get(IndexParticipant, (round_.id, agency.id))
        if part is None:
            add_participant(session, round_, agency)
        elif part.removed_on is not None:
            part.removed_on, part.removed_by, part.removed_reason = None, None, ""
        else:
            continue
        come.append(agency.code)
    session.flush()
    record(session, "index.agencies_added", subject=round_.code, agency_id=round_.agency_id, details={"agencies": come})
    return len(come)


def take_out(
    session: Session, round_: IndexRound, agency_id: UUID, *, reason: str, by: UUID | None, today: date
) -> IndexParticipant:
    """Take an agency out of a round; its points, evidence and ledger stay, and it can be added again.

    Raises:
        RoundError: It takes no part, nobody says why, it is the last one, or the round is decided.

    """
    hold_round(session, round_, alone=True)
    refuse_decided(round_)
    part, said = require_participant(session, round_, agency_id), reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise RoundError(
            vi=f"Đưa cơ quan ra khỏi kỳ phải có lý do, tối đa {LONGEST_REASON} ký tự; hãy ghi lý do.",
            en=f"Taking an agency out needs a reason of {LONGEST_REASON} characters at most; write it.",
        )
    if len(list_participants(session, round_)) == 1:
        raise RoundError(
            vi=f"Đây là cơ quan cuối cùng của kỳ {round_.code}; hãy thêm cơ quan khác trước.",
            en=f"This is the last agency of {round_.code}; add another one first.",
        )
    part.removed_on, part.removed_by, part.removed_reason = today, by, said
    record(session, "index.agency_taken_out", subject=round_.code, agency_id=agency_id, details={"reason": said})
    return part


def name_round(session: Session, round_: IndexRound, naming: Naming) -> None:
    """Call a planned round something else.

    Raises:
        RoundError: It has begun, the name is empty, or another round of the year has it.

    """
    hold_round(session, round_, alone=True)
    if round_.state != "planned":
        raise RoundError(
            vi=f"Kỳ {round_.code} đã bắt đầu nên không đổi tên được; muốn đổi, hãy lùi về bước chuẩn bị.",
            en=f"The round {round_.code} has begun and cannot be renamed; go back to the preparation first.",
        )
    before = round_.name
    check_survey_rule(round_.rubric, survey_is_run=naming.survey_is_run)
    try:
        with session.begin_nested():
            round_.name = checked_name(naming.name, of=_ROUND, error=RoundError)
            round_.name_en = checked_translation(naming.name_en, of=_ROUND, error=RoundError)
            round_.survey_is_run = naming.survey_is_run
    except IntegrityError as error:
        raise RoundError(
            vi=f"Năm {round_.year} đã có kỳ đánh giá tên “{naming.name.strip()}”; hãy đặt tên khác.",
            en=f"There is a round called “{naming.name.strip()}” in {round_.year}; choose another name.",
        ) from error
    details: dict[str, Detail] = {"before": before, "to": round_.name, "survey": round_.survey_is_run}
    record(session, "index.renamed", subject=round_.code, agency_id=round_.agency_id, details=details)


def set_participation(
    session: Session,
    participant: IndexParticipant,
    round_: IndexRound,
    *,
    counts: bool,
    joined_on: date | None,
    left_on: date | None,
    note: str,
) -> None:
    """Say that an agency was there for a part of the year only, and whether it is ranked.

    Raises:
        RoundError: The days are not in order or outside the year, or no note says how it is treated.

    """
    hold_round(session, round_, alone=True)
    refuse_decided(round_)
    for day in (joined_on, left_on):
        if day is not None and day.year != round_.year:
            raise RoundError(
                vi=f"Ngày {day:%d/%m/%Y} không thuộc năm {round_.year}; hãy ghi ngày trong năm, hoặc để trống.",
                en=f"{day:%d/%m/%Y} is not in {round_.year}; give a day of that year, or leave it empty.",
            )
    if joined_on and left_on and left_on <= joined_on:
        raise RoundError(
            vi="Ngày rời phải sau ngày tham gia; hãy sửa một trong hai ngày.",
            en="The day of leaving must come after that of joining; change one of them.",
        )
    if (joined_on or left_on or not counts) and not note.strip():
        raise RoundError(
            vi="Hãy ghi chú cách tính với cơ quan chỉ tham gia một phần năm hoặc không xếp hạng.",
            en="Note how an agency is treated that was there for part of the year, or is not ranked.",
        )
    participant.counts, participant.note = counts, note.strip()
    participant.joined_on, participant.left_on = joined_on, left_on
    record(
        session,
        "index.participation_set",
        subject=round_.code,
        agency_id=participant.agency_id,
        details={"counted": counts, "note": participant.note},
    )
