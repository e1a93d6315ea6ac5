"""What of a wave can still be changed: everything before it opens, afterwards only what it is called."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.fieldwork import Wave, WaveTarget
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.names import checked_code, checked_name, checked_translation
from survey.services.wave_checks import check_plan, check_published, check_state, code_taken
from survey.services.waves import WavePlan

LARGEST_DESIGN_EFFECT: Final = 20.0
_WAVE: Final = ("đợt khảo sát", "wave")


def edit_wave(
    session: Session,
    wave: Wave,
    plan: WavePlan,
    *,
    questionnaire_edition: QuestionnaireEdition,
    method_edition: MethodEdition,
) -> None:
    """Change a wave that nobody has opened yet, in any of its parts.

    Raises:
        WaveError: where it was opened, its code is taken, its days make no sense, or its edition is still a draft.

    """
    check_state(wave, "planned", to_do=("sửa", "changed"))
    before = _told(wave)
    _take_names(wave, plan.name, plan.name_en)
    wave.code = checked_code(plan.code, of=_WAVE, error=WaveError)
    wave.sample_kind, wave.index_year = plan.sample_kind, plan.index_year
    wave.opens_on, wave.closes_on = plan.opens_on, plan.closes_on
    wave.questionnaire_edition, wave.method_edition = questionnaire_edition, method_edition
    with session.no_autoflush:
        check_plan(wave)
        check_published(questionnaire_edition)
        if session.scalar(select(Wave.id).where(Wave.code == wave.code, Wave.id != wave.id)):
            raise code_taken(wave.code)
    _record_changes(session, wave, before)


def rename_wave(session: Session, wave: Wave, *, name: str, name_en: str | None) -> None:
    """Give a wave another name; released results keep the one they were published under."""
    if wave.release is not None:
        raise WaveError(
            vi=f"Đợt {wave.code} đã công bố nên không đổi tên được.",
            en=f"The wave {wave.code} is released and keeps its name.",
        )
    before = _told(wave)
    _take_names(wave, name, name_en)
    _record_changes(session, wave, before)


def set_target(session: Session, wave: Wave, *, margin: float, design_effect: float, participation: float) -> None:
    """Say how precise every agency's figure is to be: ``margin`` and ``participation`` are shares, 0–1.

    Raises:
        WaveError: where a number makes no sense, such as 5 for 0.05, or the wave is closed.

    """
    check_state(wave, "planned", "open", "paused", to_do=("đặt mục tiêu", "given a target"))
    _check_target(margin, design_effect, participation)
    target = session.get(WaveTarget, wave.id)
    before = f"{target.margin:g}/{target.design_effect:g}/{target.participation:g}" if target else None
    if target is None:
        target = WaveTarget(wave_id=wave.id)
        session.add(target)
    target.margin, target.design_effect, target.participation = margin, design_effect, participation
    after = f"{margin:g}/{design_effect:g}/{participation:g}"
    if after != before:
        details: dict[str, Detail] = {"margin/design_effect/participation": [before or "-", after]}
        record(session, "wave.target_set", subject=wave.code, agency_id=wave.agency_id, details=details)


def _check_target(margin: float, design_effect: float, participation: float) -> None:
    if not 0.001 <= margin <= 0.5:  # noqa: PLR2004 -- the numbers of the sentence below
        raise WaveError(
            vi="Sai số phải từ 0,1 đến 50 điểm phần trăm; ±5 điểm là mức thường dùng.",
            en="The margin must be between 0.1 and 50 percentage points; ±5 points are usual.",
        )
    if not 1.0 <= design_effect <= LARGEST_DESIGN_EFFECT:
        raise WaveError(
            vi="Hệ số thiết kế phải từ 1 đến 20; chọn ngẫu nhiên đơn giản là 1, mẫu nhiều cấp thường khoảng 2.",
            en="The design effect must be between 1 and 20; a simple random sample has 1, a clustered one about 2.",
        )
    if not 0.001 <= participation <= 1.0:  # noqa: PLR2004 -- likewise
        raise WaveError(
            vi="Tỷ lệ tham gia dự kiến phải từ 0,1 đến 100 %.",
            en="The expected participation must be between 0.1 and 100%.",
        )


def _take_names(wave: Wave, name: str, name_en: str | None) -> None:
    wave.name = checked_name(name, of=_WAVE, error=WaveError)
    wave.name_en = checked_translation(name_en, of=_WAVE, error=WaveError)


def _told(wave: Wave) -> dict[str, str]:
    asked = wave.questionnaire_edition
    return {
        "code": wave.code,
        "name": wave.name,
        "name_en": wave.name_en or "",
        "sample_kind": wave.sample_kind,
        "index_year": f"{wave.index_year}",
        "days": f"{wave.opens_on} – {wave.closes_on}",
        "questionnaire": f"{asked.questionnaire}/{asked.edition}",
        "method": wave.method_edition.code,
    }


def _record_changes(session: Session, wave: Wave, before: dict[str, str]) -> None:
    after = _told(wave)
    details: dict[str, Detail] = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if details:
        record(session, "wave.changed", subject=wave.code, agency_id=wave.agency_id, details=details)
