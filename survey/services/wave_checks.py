"""What a wave must fulfil before it is planned, opened, counted or released."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import SAMPLE_KINDS, Wave, WaveServicePoint
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.releases import WaveRelease
from survey.models.wave_days import INDEX_YEARS, LONGEST_YEARS, latest_end
from survey.services.errors import WaveError

MONTHS: Final = tuple(f"{month:02d}" for month in range(1, 13))
LARGEST_N: Final = 2_000_000_000
STATE_NAMES: Final = {
    "planned": ("chưa mở", "not opened yet"),
    "open": ("đang mở", "open"),
    "paused": ("tạm dừng", "paused"),
    "closed": ("đã đóng", "closed"),
}


def check_plan(wave: Wave) -> None:
    """Refuse a wave whose days, year or sample kind make no sense."""
    if wave.closes_on < wave.opens_on:
        raise WaveError(
            vi=f"Ngày kết thúc đợt {wave.code} đứng trước ngày bắt đầu; hãy sửa ngày.",
            en=f"The wave {wave.code} ends before it begins; change the dates.",
        )
    check_length(wave, wave.closes_on)
    if wave.sample_kind not in SAMPLE_KINDS:
        raise WaveError(
            vi=f"Không có loại mẫu “{wave.sample_kind}”; hãy dùng một trong: {', '.join(SAMPLE_KINDS)}.",
            en=f"There is no sample kind “{wave.sample_kind}”; use one of {', '.join(SAMPLE_KINDS)}.",
        )
    if wave.index_year not in INDEX_YEARS:
        raise WaveError(
            vi=f"Năm chỉ số {wave.index_year} của đợt {wave.code} không hợp lệ; hãy ghi năm bốn chữ số.",
            en=f"{wave.index_year} is no index year for the wave {wave.code}; give a year of four digits.",
        )


def check_length(wave: Wave, closes_on: date) -> None:
    """Refuse a last day more than five years after the first: a slip of the hand, which would burden every night."""
    first = wave.opens_on
    if first.year not in INDEX_YEARS:
        raise WaveError(
            vi=f"Ngày bắt đầu đợt {wave.code} có năm {first.year} không hợp lệ; hãy sửa ngày.",
            en=f"The wave {wave.code} begins in {first.year}, which is no possible year; change the date.",
        )
    latest = latest_end(first)
    if closes_on > latest:
        raise WaveError(
            vi=f"Đợt {wave.code} kéo dài tối đa {LONGEST_YEARS} năm kể từ ngày bắt đầu; hãy chọn ngày cuối "
            f"không muộn hơn {latest:%d/%m/%Y}, rồi lập đợt mới.",
            en=f"The wave {wave.code} lasts at most {LONGEST_YEARS} years from its first day; choose a last day "
            f"no later than {latest:%d/%m/%Y}, then make a new wave.",
        )


def code_taken(code: str) -> WaveError:
    """Say that another wave has the code."""
    return WaveError(
        vi=f"Mã đợt {code} đã dùng; hãy chọn mã khác.", en=f"The wave code {code} is taken; choose another one."
    )


def check_published(edition: QuestionnaireEdition) -> None:
    """Refuse to ask an edition that is still a draft."""
    if edition.published_on is None:
        label = f"{edition.questionnaire} {edition.edition}"
        raise WaveError(
            vi=f"Phiếu hỏi {label} còn là bản nháp; hãy công bố phiếu trước khi lập đợt.",
            en=f"The questionnaire {label} is still a draft; publish it before planning a wave.",
        )


def check_state(wave: Wave, *states: str, to_do: tuple[str, str]) -> None:
    """Refuse what cannot be done to a wave in its present state; ``to_do`` says what, in both languages."""
    if wave.state not in states:
        state_vi, state_en = STATE_NAMES[wave.state]
        wanted_vi, wanted_en = (" / ".join(STATE_NAMES[state][side] for state in states) for side in (0, 1))
        raise WaveError(
            vi=f"Đợt {wave.code} {state_vi} nên không thể {to_do[0]}; việc này cần đợt ở trạng thái: {wanted_vi}.",
            en=f"The wave {wave.code} is {state_en} and cannot be {to_do[1]}; that needs a wave that is {wanted_en}.",
        )


def check_today(wave: Wave, today: date) -> None:
    """Refuse to hand out forms outside the wave's days."""
    if today < wave.opens_on:
        raise WaveError(
            vi=f"Đợt {wave.code} bắt đầu ngày {wave.opens_on:%d/%m/%Y}; hãy mở từ ngày đó.",
            en=f"The wave {wave.code} begins on {wave.opens_on:%d/%m/%Y}; open it on that day.",
        )
    if today > wave.closes_on:
        raise WaveError(
            vi=f"Đợt {wave.code} đã hết hạn ngày {wave.closes_on:%d/%m/%Y}; hãy gia hạn trước khi mở.",
            en=f"The wave {wave.code} ended on {wave.closes_on:%d/%m/%Y}; extend it before opening.",
        )


def check_counters(session: Session, wave: Wave, counters: Collection[ServicePoint]) -> None:
    """Refuse a counter that is retired, outside the wave's subtree, or in another open wave."""
    for counter in counters:
        if counter.retired_on is not None:
            raise WaveError(
                vi=f"Quầy “{counter.name}” đã ngừng; hãy bỏ quầy này khỏi đợt {wave.code}.",
                en=f"The counter “{counter.name}” is retired; leave it out of the wave {wave.code}.",
            )
        if not counter.agency.path.startswith(wave.agency.path):
            raise WaveError(
                vi=f"Quầy “{counter.name}” không thuộc “{wave.agency.name}”; hãy bỏ quầy này khỏi đợt {wave.code}.",
                en=f"The counter “{counter.name}” is not below “{wave.agency.name}”; leave it out of {wave.code}.",
            )
    elsewhere = select(WaveServicePoint).where(WaveServicePoint.is_open, WaveServicePoint.wave_id != wave.id)
    taken = {row.service_point_id: row.wave_id for row in session.scalars(elsewhere)}
    for counter in counters:
        if counter.id in taken:
            other = session.get_one(Wave, taken[counter.id])
            raise WaveError(
                vi=f"Quầy “{counter.name}” đang ở trong đợt {other.code} (“{other.name}”); hãy đóng đợt đó, hoặc bỏ "
                f"quầy này khỏi đợt {wave.code}.",
                en=f"The counter “{counter.name}” is in the open wave {other.code} (“{other.name}”); close that first, "
                f"or leave the counter out of {wave.code}.",
            )


def check_population_size(session: Session, wave: Wave, agency: Agency, month: str, transactions: int) -> None:
    """Refuse an N that is not positive, not of the wave's months, not of its agencies, or already published."""
    if not 0 < transactions <= LARGEST_N:
        raise WaveError(
            vi=f"Số hồ sơ đã giải quyết của “{agency.name}” tháng {month} phải là số dương, không phải {transactions}.",
            en=f"The finished transactions of “{agency.name}” in {month} must be positive, not {transactions}.",
        )
    first, last = (f"{day:%Y-%m}" for day in (wave.opens_on, wave.closes_on))
    if len(month) != len(first) or not first <= month <= last or month[5:] not in MONTHS:
        raise WaveError(
            vi=f"Tháng {month} không thuộc đợt {wave.code}; hãy ghi dạng 2026-11, từ {first} đến {last}.",
            en=f"{month} is not a month of the wave {wave.code}; write it as 2026-11, from {first} to {last}.",
        )
    if not agency.path.startswith(wave.agency.path):
        raise WaveError(
            vi=f"“{agency.name}” không thuộc “{wave.agency.name}” của đợt {wave.code}; hãy chọn đợt khác.",
            en=f"“{agency.name}” is not below “{wave.agency.name}” of the wave {wave.code}; choose another wave.",
        )
    refuse_released(session, wave)


def refuse_released(session: Session, wave: Wave) -> None:
    """Refuse to change what the latest version of a release was made from; a new draft opens the wave for change."""
    latest = select(WaveRelease).where(WaveRelease.wave_id == wave.id).order_by(WaveRelease.version.desc()).limit(1)
    release = session.scalar(latest)
    if release is not None and release.released_on is not None:
        raise WaveError(
            vi=f"Đợt {wave.code} đã công bố; muốn sửa số liệu, hãy lập bản đề nghị công bố mới trước.",
            en=f"The wave {wave.code} is released; to change what it is made from, draft a new version first.",
        )
