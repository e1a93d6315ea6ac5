"""The words of an index: verdicts, movement, breaks, marks, and what its interval means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.exact import exact_text
from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.composition import marks_of
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from fractions import Fraction

    from survey.findings.index_result_values import IndexAgency, IndexChange, IndexFindings

KINDS: Final = {
    "province": Wording("tỉnh, thành phố", "provinces"),
    "department": Wording("sở, ban, ngành", "departments"),
    "commune": Wording("xã, phường", "communes"),
    "unit": Wording("đơn vị", "units"),
}
SCORE_VERDICTS: Final = {
    "rose": Wording("tăng", "rose"),
    "fell": Wording("giảm", "fell"),
    "same": Wording("giữ nguyên", "unchanged"),
    "no_evidence": Wording("chưa phân biệt được với không đổi", "not told apart from no change"),
    "not_comparable": Wording("không so sánh được", "not comparable"),
    "new": Wording("chưa có năm trước", "no year before"),
}
INDEX_BREAKS: Final = {
    "rubric": Wording("bộ tiêu chí đã khác", "the rubric is another one"),
    "survey": Wording("một trong hai năm không có phần khảo sát", "one of the years has no survey part"),
    "units": Wording(
        "tập hợp đơn vị đã khác do sáp nhập, chia tách", "the set of units is another one after mergers or splits"
    ),
    "unscored": Wording("còn tiêu chí chưa ai chấm điểm", "there are criteria that nobody scored"),
    "unit": Wording("đơn vị nhận một phần của đơn vị khác", "the unit took over a part of another"),
}
WEIGHTS: Final = {
    "population": Wording("theo số hồ sơ đã giải quyết", "by finished dossiers"),
    "equal": Wording("trọng số bằng nhau", "by equal weights"),
}
INDEX_NOT_OFFICIAL: Final = Wording(
    "Chỉ số này do cơ quan tự tổ chức đánh giá theo bộ tiêu chí nêu dưới đây; đây không phải Chỉ số CCHC (PAR INDEX) "
    "hay Chỉ số SIPAS do Bộ Nội vụ công bố. Phần khảo sát theo kiểu SIPAS.",
    "This index was run by the agency itself by the rubric named below; it is neither the official PAR INDEX nor the "
    "official SIPAS index of the Ministry of Home Affairs. Its survey part is SIPAS-style.",
)
CONVERTED: Final = Wording("số liệu quy đổi", "converted figure")


def index_marks(findings: IndexFindings, language: str) -> tuple[str, ...]:
    """Return the words that every page of a round's documents must carry."""
    return marks_of(language, is_draft=findings.is_draft, is_preview=False, is_demo=findings.root.is_demo)


def index_label(findings: IndexFindings, language: str) -> str:
    """Say what the intervals mean, and what they do not."""
    interval = interval_name(findings.confidence_level, language)
    return speaker(language)(
        f"Khoảng là {interval} do điểm khảo sát mang lại; điểm thẩm định lấy đúng như đã quyết định nên khoảng không "
        "nói gì về sai lệch khi thẩm định. Hạng và xếp loại kèm những hạng, loại mà khảo sát chưa loại trừ.",
        f"The interval is the {interval} that survey points bring; appraised points stand as they were decided, so it "
        "says nothing of how well they were judged. Ranks and classes come with those that the survey leaves open.",
    )


def points(value: Fraction | float | None, findings: IndexFindings, language: str) -> str:
    """Write points in the decimals of the rubric."""
    return "–" if value is None else numbers.points(float(value), language, findings.decimals)


def exactly(value: Fraction, language: str) -> str:
    """Write points as they are, without a decimal too many."""
    text = exact_text(value)
    return text.replace(".", ",") if language == "vi" else text


def signed(value: Fraction | float, findings: IndexFindings, language: str) -> str:
    """Write a difference of points with its sign."""
    text = numbers.points(abs(float(value)), language, findings.decimals)
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}"


def unscored_note(findings: IndexFindings, language: str) -> str:
    """Say what a dash means, and that what nobody scored counts nothing in means too."""
    say = speaker(language)
    if findings.is_draft:
        return say(
            "– là chưa ai chấm, hoặc để ngoài vì không khảo sát. Bản nháp tính tiêu chí chưa ai chấm là 0 điểm, cả "
            "trong bình quân.",
            "– was scored by nobody yet, or is left out without a survey. The draft counts what nobody scored as 0 "
            "points, in means too.",
        )
    return say(
        "Tiêu chí chưa ai chấm được tính 0 điểm, cả trong bình quân; – là để ngoài vì không khảo sát.",
        "What nobody scored counts 0 points, in means too; – is left out without a survey.",
    )


def class_words(row: IndexAgency, findings: IndexFindings, language: str) -> str:
    """Say the class, and which others the survey leaves open."""
    own = findings.class_name(row.class_code).text(language)
    others = [findings.class_name(code).text(language) for code in row.possible_classes if code != row.class_code]
    if not others:
        return own
    return f"{own}\n" + speaker(language)("có thể ", "may be ") + ", ".join(others)


def change_words(change: IndexChange, findings: IndexFindings, language: str) -> str:
    """Say the change of points with its interval and verdict; what is not compared says why."""
    verdict = SCORE_VERDICTS[change.verdict].text(language)
    if change.difference is None or change.low is None or change.high is None:
        why = "; ".join(INDEX_BREAKS[one].text(language) for one in change.breaks)
        return f"{verdict}: {why}" if why and change.verdict == "not_comparable" else verdict
    ends = ""
    if change.low != change.high:
        ends = f" ({signed(change.low, findings, language)} … {signed(change.high, findings, language)})"
    mark = f", {CONVERTED.text(language)}" if change.is_converted else ""
    return f"{signed(float(change.difference), findings, language)}{ends}\n{verdict}{mark}"


def place_words(change: IndexChange, language: str) -> str:
    """Say a movement in places; ranks among other units are named beside each other and never subtracted."""
    say = speaker(language)
    if change.rank_change is None:
        if change.previous_rank is None:
            return "–" if not change.breaks else say("không so hạng", "no rank to compare")
        return say(
            f"năm trước {change.previous_rank}/{change.previous_of}\nkhông so hạng",
            f"{change.previous_rank} of {change.previous_of} the year before\nranks not compared",
        )
    size = abs(change.rank_change)
    word = say("tăng" if change.rank_change > 0 else "giảm", "up" if change.rank_change > 0 else "down")
    said = say(f"{word} {size} bậc", f"{word} {size}") if size else say("giữ nguyên", "same")
    doubt = say("\nchưa phân biệt được", "\ncannot be told apart") if change.movement == "cannot_tell" else ""
    return f"{said}{among(change, language)}{doubt}"


def among(change: IndexChange, language: str) -> str:
    """Say among which units ranks are compared, where some stand in the table of one year only."""
    if change.common is None:
        return ""
    return speaker(language)(
        f" trong {change.common} cơ quan có ở cả hai năm", f" among the {change.common} of both years"
    )
