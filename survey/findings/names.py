"""The words for codes: agencies, waves, channels, rules of exclusion, languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from survey.findings.values import AgencyName, Count, WaveName, Wording
from survey.models.wave_days import last_day
from survey.queries.agencies import AgencyRow
from survey.queries.tallies import UNVERIFIED, VERIFIED
from survey.queries.waves import WaveRow

CHANNELS: Final = {
    "qr": Wording("Mã QR", "QR code"),
    "kiosk": Wording("Máy tại quầy (kiosk)", "Kiosk at the counter"),
    "assisted": Wording("Có người hỗ trợ", "Assisted"),
    "paper": Wording("Phiếu giấy", "Paper form"),
    "transaction": Wording("Mã giao dịch", "Transaction code"),
}
PROOFS: Final = {
    VERIFIED: Wording("Có mã trên phiếu kết quả (đã xác minh)", "With the code of a slip (verified)"),
    UNVERIFIED: Wording("Không có mã", "Without a code"),
}
RULES: Final = {
    "test": Wording("Phiếu thử", "Test answer"),
    "burst": Wording("Nhiều phiếu dồn dập", "Burst of answers"),
    "outside_hours": Wording("Ngoài giờ làm việc", "Outside opening hours"),
    "repeated_pattern": Wording("Lặp lại cùng một mẫu trả lời", "Repeated pattern"),
}
LANGUAGES: Final = {
    "vi": Wording("Tiếng Việt", "Vietnamese"),
    "en": Wording("Tiếng Anh", "English"),
    "km": Wording("Tiếng Khmer", "Khmer"),
    "cjm": Wording("Tiếng Chăm", "Cham"),
    "tyz": Wording("Tiếng Tày", "Tày"),
    "hmn": Wording("Tiếng H’Mông", "Hmong"),
    "rad": Wording("Tiếng Ê Đê", "Rade"),
    "jra": Wording("Tiếng Gia Rai", "Jarai"),
}


def wording(vi: str, en: str | None) -> Wording:
    """Return a name in both languages; without an English one the Vietnamese stands for both."""
    return Wording(vi, en or vi)


def text_wording(text: Mapping[str, str]) -> Wording:
    """Return the wording of an edition in both languages."""
    return wording(text["vi"], text.get("en"))


def agency_name(row: AgencyRow) -> AgencyName:
    """Return the name of an agency with that of the one above it."""
    parent = wording(row.parent_name, row.parent_name_en) if row.parent_name else None
    return AgencyName(row.id, row.code, row.kind, wording(row.name, row.name_en), parent, row.is_demo)


def wave_name(row: WaveRow) -> WaveName:
    """Return the name of a wave with its editions and the state of its release."""
    return WaveName(
        id=row.id,
        code=row.code,
        name=wording(row.name, row.name_en),
        sample_kind=row.sample_kind,
        index_year=row.index_year,
        state=row.state,
        opens_on=row.opens_on,
        closes_on=last_day(row),
        questionnaire=row.questionnaire,
        questionnaire_edition=row.questionnaire_edition,
        questionnaire_sha256=row.questionnaire_sha256,
        method_edition=row.method_edition,
        release_version=row.release_version,
    )


def named_counts(counts: Mapping[str, int], names: Mapping[str, Wording]) -> tuple[Count, ...]:
    """Name counts, in the order of the names; codes without a name come last and stand for themselves."""
    order = [code for code in names if code in counts] + [code for code in counts if code not in names]
    return tuple(Count(code, names.get(code, Wording(code, code)), counts[code]) for code in order)
