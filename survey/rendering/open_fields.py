"""The dictionary of open data: every field with its type, its limits and what it means, in both languages.

The data package, its dictionary and the API are written from it, so that none can say of a field what another does not.
Types are those of Table Schema.  An empty cell is a figure that is not known, or one that too few answered for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from survey.findings.values import Wording


@dataclass(frozen=True, slots=True)
class OpenField:
    """One field: what it is called, what it holds, what it means.  ``choices`` are all the values there are."""

    name: str
    type: str
    meaning: Wording
    required: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


def _field(name: str, kind: str, vi: str, en: str) -> OpenField:
    return OpenField(name, kind, Wording(vi, en))


def _needed(name: str, kind: str, vi: str, en: str, *choices: str) -> OpenField:
    return OpenField(name, kind, Wording(vi, en), required=True, choices=choices)


def _share(name: str, vi: str, en: str) -> OpenField:
    return OpenField(name, "number", Wording(vi, en), least=0, most=1)


def _count(name: str, vi: str, en: str) -> OpenField:
    return OpenField(name, "integer", Wording(vi, en), least=0)


def interval_of(name: str, vi: str, en: str) -> tuple[OpenField, OpenField, OpenField]:
    """Return a share with both ends of its interval."""
    return (
        _share(name, vi, en),
        _share(f"{name}_low", f"{vi}: cận dưới khoảng tin cậy", f"{en}: lower end of the confidence interval"),
        _share(f"{name}_high", f"{vi}: cận trên khoảng tin cậy", f"{en}: upper end of the confidence interval"),
    )


SCOPES: Final = ("overall", "overall_question", "element", "item", "channel", "field", "verified")
STATISTICS: Final = ("share_satisfied", "mean_score")
COUNT_SCOPES: Final = ("sample", "channel", "exclusion")
SAMPLES: Final = ("household", "transactions", "self_selected")
QUESTION_KINDS: Final = ("perception", "expectation", "demographic", "reasons")

AGENCY_CODE: Final = _needed("agency_code", "string", "Mã cơ quan", "Code of the agency")
SCOPE: Final = _needed(
    "scope",
    "string",
    "Con số nói về gì: tổng thể, câu hỏi nhìn chung, yếu tố, câu hỏi, kênh, lĩnh vực, có hay không có mã một lần",
    "What the figure tells of: the whole, the question all in all, an element, an item, a channel, a field of "
    "service, answers with or without a one-time code",
    *SCOPES,
)
CODE: Final = _needed("code", "string", "Mã của nội dung trong phạm vi đó", "Code of what is told of within the scope")
NAME: Final = _field("name", "string", "Tên tiếng Việt", "Name in Vietnamese")
NAME_EN: Final = _field("name_en", "string", "Tên tiếng Anh, nếu có; nếu không thì tên tiếng Việt", "Name in English")
SUPPRESSED: Final = _needed(
    "suppressed",
    "boolean",
    "Không đủ số liệu: quá ít người trả lời nên không nêu số",
    "Not enough data: too few answered for a figure to be given",
)
ESTIMATE: Final = (
    _field("estimate", "number", "Ước lượng: tỷ lệ 0–1 hoặc điểm 1–5", "Estimate: a share of 0–1 or a score of 1–5"),
    _field("low", "number", "Cận dưới khoảng tin cậy", "Lower end of the confidence interval"),
    _field("high", "number", "Cận trên khoảng tin cậy", "Upper end of the confidence interval"),
    OpenField("standard_error", "number", Wording("Sai số chuẩn", "Standard error"), least=0),
    _count("n", "Số người trả lời", "Number of respondents"),
    _share("confidence_level", "Độ tin cậy của khoảng", "Confidence level of the interval"),
    _field("method", "string", "Cách tính khoảng tin cậy", "Method of the interval"),
    SUPPRESSED,
)
STATISTIC: Final = _needed(
    "statistic",
    "string",
    "Tỷ lệ hài lòng (mức 4 và 5) hay điểm trung bình",
    "Share satisfied (levels 4 and 5) or mean score",
    *STATISTICS,
)

AGENCIES: Final = (
    AGENCY_CODE,
    _needed("kind", "string", "Loại cơ quan", "Kind of agency"),
    _needed("name", "string", "Tên tiếng Việt", "Name in Vietnamese"),
    NAME_EN,
    _field("parent_name", "string", "Cơ quan cấp trên trực tiếp", "The agency right above"),
    _needed("demo", "boolean", "Dữ liệu minh hoạ, không có thật", "Illustrative data, not real"),
)
RESULTS: Final = (
    AGENCY_CODE,
    _count("rank", "Hạng; trống nếu không xếp hạng", "Rank; empty where the agency is not ranked"),
    _count("rank_low", "Tập hạng: hạng tốt nhất chưa bị loại trừ", "Rank set: the best rank not excluded"),
    _count("rank_high", "Tập hạng: hạng kém nhất chưa bị loại trừ", "Rank set: the worst rank not excluded"),
    _count("n", "Số người trả lời", "Number of respondents"),
    _count("population_size", "N: số giao dịch đã giải quyết, nếu biết", "N: finished transactions, where known"),
    _share(
        "participation_rate", "Tỷ lệ tham gia n/N, nếu N cùng kỳ", "Participation rate n/N, where N fits the period"
    ),
    _share("truth_low", "Tỷ lệ thật ít nhất, nếu người im lặng khác ý", "The least the truth could be"),
    _share("truth_high", "Tỷ lệ thật nhiều nhất, nếu người im lặng khác ý", "The most the truth could be"),
    *interval_of("share_satisfied", "Tỷ lệ hài lòng (mức 4 và 5)", "Share satisfied (levels 4 and 5)"),
    *interval_of("previous_share_satisfied", "Tỷ lệ hài lòng năm trước", "Share satisfied the year before"),
    _field("difference", "number", "Thay đổi so với năm trước (0,01 = 1 điểm %)", "Change against the year before"),
    _field("difference_low", "number", "Thay đổi: cận dưới", "Change: lower end"),
    _field("difference_high", "number", "Thay đổi: cận trên", "Change: upper end"),
    _field("verdict", "string", "Kết luận về thay đổi", "Verdict on the change"),
    _count("previous_rank", "Hạng năm trước", "Rank the year before"),
    _field("rank_change", "integer", "Số bậc thay đổi, tăng là dương", "Places moved, upwards is positive"),
    _field("movement", "string", "Kết luận về biến động hạng", "Verdict on the movement in rank"),
    _field("points", "number", "Điểm chỉ số theo quy tắc", "Index points by the rule"),
    _field("points_low", "number", "Điểm tại cận dưới", "Points at the lower end"),
    _field("points_high", "number", "Điểm tại cận trên", "Points at the upper end"),
    _field("points_maximum", "number", "Điểm tối đa", "Points at most"),
    SUPPRESSED,
)
FIGURES: Final = (AGENCY_CODE, SCOPE, CODE, NAME, NAME_EN, STATISTIC, *ESTIMATE)
LEVELS: Final = (
    AGENCY_CODE,
    SCOPE,
    CODE,
    OpenField("level", "integer", Wording("Mức đánh giá 1–5", "Level of rating 1–5"), required=True, least=1, most=5),
    OpenField(
        "ratings",
        "integer",
        Wording("Số lượt đánh giá ở mức đó, chưa gia trọng", "Ratings of that level, not weighted"),
        required=True,
        least=0,
    ),
    *interval_of("share", "Tỷ lệ của mức đó trong các lượt đánh giá", "Share of that level among the ratings"),
    _count("n", "Số người trả lời mà khoảng tin cậy dựa trên", "Respondents on whom the interval rests"),
)
QUESTIONS: Final = (
    AGENCY_CODE,
    CODE,
    _needed("kind", "string", "Loại câu hỏi không chấm mức", "Kind of question that is not rated", *QUESTION_KINDS),
    OpenField("option", "integer", Wording("Số thứ tự phương án", "Number of the option"), required=True, least=1),
    _needed("wording", "string", "Câu hỏi", "The question"),
    _field("wording_en", "string", "Câu hỏi, tiếng Anh", "The question, in English"),
    NAME,
    NAME_EN,
    _count("answers", "Số người chọn phương án", "Number who chose the option"),
    *ESTIMATE,
)
COUNTS: Final = (
    AGENCY_CODE,
    _needed("scope", "string", "Loại số đếm", "What is counted", *COUNT_SCOPES),
    CODE,
    NAME,
    NAME_EN,
    _count("count", "Số đếm", "The count"),
)
WAVES: Final = (
    _needed("wave", "string", "Mã đợt khảo sát", "Code of the wave"),
    _needed("name", "string", "Tên đợt", "Name of the wave"),
    NAME_EN,
    _needed("sample_kind", "string", "Cách chọn người trả lời", "How respondents were reached", *SAMPLES),
    _needed("index_year", "integer", "Năm của chỉ số", "Year of the index"),
    _needed("opens_on", "date", "Ngày đầu", "First day"),
    _needed("closes_on", "date", "Ngày cuối", "Last day"),
    _needed("questionnaire", "string", "Phiếu hỏi", "Questionnaire"),
    _needed("questionnaire_edition", "string", "Phiên bản phiếu", "Edition of the questionnaire"),
    _needed("questionnaire_sha256", "string", "Mã kiểm SHA-256 của phiếu", "SHA-256 of the questionnaire"),
    _needed("method_edition", "string", "Phiên bản phương pháp", "Edition of the method"),
)
