"""The fixed words of reports: labels that must read the same in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording
from survey.rendering.numbers import count, percent, percent_sign

if TYPE_CHECKING:
    from survey.findings.values import Participation

Say = Callable[[str, str], str]

DRAFT: Final = Wording("BẢN NHÁP", "DRAFT")
DRAFT_NOTE: Final = Wording("BẢN NHÁP – chưa công bố", "DRAFT – not released")
PREVIEW_NOTE: Final = Wording(
    "BẢN XEM TRƯỚC – đợt khảo sát còn mở, chưa so sánh được",
    "PREVIEW – the survey is still open, nothing can be compared yet",
)
DEMO: Final = Wording("DỮ LIỆU MINH HOẠ", "ILLUSTRATIVE DATA")
DEMO_NOTE: Final = Wording(
    "DỮ LIỆU MINH HOẠ – mọi cơ quan và con số đều do phần mềm đặt ra",
    "ILLUSTRATIVE DATA – every agency and figure is made up by the software",
)
NOT_OFFICIAL: Final = Wording(
    "Khảo sát này theo kiểu SIPAS, do cơ quan tự tổ chức; đây không phải Chỉ số SIPAS do Bộ Nội vụ công bố.",
    "This is a SIPAS-style survey run by the agency itself; it is not the official SIPAS index of the Ministry of "
    "Home Affairs.",
)
SAMPLE_KINDS: Final = {
    "household": Wording("chọn ngẫu nhiên hộ gia đình", "random household sample"),
    "transactions": Wording("chọn ngẫu nhiên hồ sơ đã giải quyết", "random sample of finished transactions"),
    "self_selected": Wording(
        "người dân tự trả lời tại quầy (không chọn mẫu)", "self-selected answers at the counter (no sample was drawn)"
    ),
}
POPULATIONS: Final = {
    "household": Wording("người từ 18 tuổi trong hộ gia đình", "people of 18 and over in households"),
    "transactions": Wording("người có hồ sơ đã giải quyết", "people whose case is finished"),
    "self_selected": Wording("người dân, tổ chức đến giao dịch", "citizens and organisations served at the counters"),
}
WEIGHTINGS: Final = {
    "own": Wording("phiếu của chính cơ quan, không gia trọng", "the agency's own answers, unweighted"),
    "pooled": Wording(
        "gộp phiếu của các đơn vị trực thuộc, mỗi phiếu như nhau (có đơn vị chưa biết N)",
        "the answers of the agencies below taken together, each counting alike (N is not known for all of them)",
    ),
    "population": Wording(
        "đơn vị trực thuộc được gia trọng theo số giao dịch N",
        "the results of the agencies below, weighted by N, their finished transactions",
    ),
    "design": Wording(
        "theo tầng, cụm và trọng số của mẫu khảo sát",
        "the answers by the strata, clusters and weights of the survey's sample",
    ),
}
# Shares are weighted there, while counts of ratings stay what was counted.
WEIGHTED: Final = frozenset({"population", "design"})
VERDICTS: Final = {
    "improved": Wording("cải thiện", "improved"),
    "declined": Wording("giảm sút", "declined"),
    "no_evidence": Wording("chưa đủ căn cứ kết luận có thay đổi", "no evidence of change"),
    "not_comparable": Wording("không so sánh được", "not comparable"),
    "new": Wording("chưa có kỳ trước", "no earlier period"),
    "preview": Wording("so sánh khi đợt năm nay đã đóng", "compared once this year's wave is closed"),
    "earlier_open": Wording("đợt năm trước chưa đóng", "last year's wave is not closed"),
    "late": Wording("chưa kết luận: phiếu muộn còn được nhận", "no verdict yet: late answers still come in"),
}
# Of waves, where the year before is none of the words, and of an agency among its kind.
WAVE_VERDICTS: Final = {
    **VERDICTS,
    "new": Wording("chưa có đợt trước để so", "no earlier wave to compare with"),
    "open": Wording("đợt chưa đóng nên chưa kết luận", "no verdict before the wave is closed"),
    "too_few": Wording("không đủ số liệu", "too few answers"),
}
STANDINGS: Final = {
    "higher": Wording("cao hơn mức trung bình", "above the mean"),
    "lower": Wording("thấp hơn mức trung bình", "below the mean"),
    "no_evidence": Wording("chưa đủ căn cứ kết luận là khác", "no evidence of a difference"),
    "not_comparable": Wording("mẫu phức hợp, không kết luận ở đây", "complex sample, no verdict here"),
    "open": WAVE_VERDICTS["open"],
    "late": WAVE_VERDICTS["late"],
    "too_few": WAVE_VERDICTS["too_few"],
}
BREAKS: Final = {
    "questionnaire": Wording("phiếu hỏi khác", "another questionnaire"),
    "method": Wording("cách tính khác", "another method"),
    "sample": Wording("cách lấy mẫu khác", "another kind of sample"),
    "unit": Wording("đơn vị sáp nhập, chia tách hoặc đổi địa bàn", "the unit was merged, split or changed its area"),
}
DIMENSIONS: Final = {
    "service_point": Wording("Quầy", "Counter"),
    "field": Wording("Lĩnh vực", "Field"),
    "language": Wording("Ngôn ngữ", "Language"),
    "channel": Wording("Kênh", "Channel"),
    "verified": Wording("Mã một lần", "One-time code"),
}
LEVELS: Final = (
    Wording("Rất không hài lòng", "Very dissatisfied"),
    Wording("Không hài lòng", "Dissatisfied"),
    Wording("Bình thường", "Neutral"),
    Wording("Hài lòng", "Satisfied"),
    Wording("Rất hài lòng", "Very satisfied"),
)


def speaker(language: str) -> Say:
    """Return a function that picks the Vietnamese or the English of two texts."""
    return (lambda _vi, en: en) if language == "en" else (lambda vi, _en: vi)


def whole_percent(level: float, language: str) -> str:
    """Write a confidence level: 95 % or 95%."""
    number = f"{level * 100:g}"
    return (number if language == "en" else number.replace(".", ",")) + percent_sign(language)


def interval_name(confidence_level: float, language: str) -> str:
    """Name an interval in the head of a table."""
    level = whole_percent(confidence_level, language)
    return speaker(language)(f"khoảng tin cậy {level}", f"{level} confidence interval")


def interval_label(sample_kind: str, confidence_level: float, language: str) -> str:
    """Say what the intervals mean; for self-selected answers the assumption they rest on is part of the name."""
    say, level = speaker(language), whole_percent(confidence_level, language)
    if sample_kind == "self_selected":
        return say(
            f"khoảng tin cậy {level} cho sai số ngẫu nhiên, giả định người trả lời như một mẫu ngẫu nhiên",
            f"{level} confidence interval for random error, assuming that those who answered are like a random sample",
        )
    return say(f"khoảng tin cậy {level} của mẫu ngẫu nhiên", f"{level} confidence interval of a random sample")


def participation_label(participation: Participation, language: str) -> str:
    """Say the participation rate, or that it is not known."""
    say = speaker(language)
    if not participation.respondents:
        return say("chưa có người trả lời nào được tính", "no respondent is counted")
    n = count(participation.respondents, language)
    if participation.rate is None or participation.population_size is None:
        return say(
            f"tỷ lệ tham gia chưa biết (n = {n}; chưa có số giao dịch N cùng kỳ)",
            f"participation rate not known (n = {n}; no number of transactions N for the same period)",
        )
    rate, size = percent(participation.rate, language), count(participation.population_size, language)
    return say(f"tỷ lệ tham gia {rate} (n/N = {n}/{size})", f"participation rate {rate} (n/N = {n}/{size})")
