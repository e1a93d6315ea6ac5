"""The sheet of a rubric's spreadsheet that explains the others; its words are also the lists that cells offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from survey.services import rubric_words as words

GUIDE: Final = ("Hướng dẫn", "Guide")
_INTRODUCTION: Final[Sequence[tuple[words.Words, words.Words]]] = (
    (
        ("Cách dùng tệp này", "How to use this file"),
        (
            (
                "Sửa các trang “Chung”, “Tiêu chí”, “Xếp loại” rồi gửi tệp lên phần mềm: mọi lỗi được chỉ theo dòng, "
                "chưa lưu gì cho đến khi bạn bấm lưu. Trang này chỉ để đọc, phần mềm không đọc lại."
            ),
            (
                "Edit the sheets “General”, “Criteria” and “Classes”, then send the file: every fault is told by its "
                "line, and nothing is kept until you press save. This sheet is for reading only."
            ),
        ),
    ),
    (
        ("Thêm, bỏ một dòng", "Adding, taking out a line"),
        (
            (
                "Mỗi dòng có mã riêng và mã cấp trên; lĩnh vực để trống mã cấp trên. Cột, trang xếp sao cũng được. "
                "Không gộp ô, không dùng công thức; dòng trống được bỏ qua."
            ),
            (
                "Each line has its own code and that of the line above it; an area has none above. Columns and "
                "sheets may stand in any order. Do not merge cells or use formulae; blank lines are skipped."
            ),
        ),
    ),
    (
        ("Điểm tối đa", "Maximum"),
        (
            "Ghi như 2 hoặc 2,5. Lĩnh vực và tiêu chí có thành phần ghi tổng của các dòng dưới, không ghi nguồn điểm.",
            "Write 2 or 2.5. An area, or a criterion with parts, gives the sum of the lines below it and no source.",
        ),
    ),
    (
        ("Lấy từ", "Taken from"),
        (
            "Mã yếu tố hài lòng (trống: mọi yếu tố), mã chỉ tiêu, hoặc mã khảo sát, tuỳ nguồn điểm.",
            "The element of satisfaction (empty: all pooled), the indicator or the survey, as the source needs.",
        ),
    ),
    (
        ("Tham số", "Parameters"),
        (
            (
                "Cho điểm: bước, như 0,25. Tuyến tính: 80% → 100% (0 điểm → đủ điểm). Bậc: >=90%: 2; >=80%: 1, hoặc "
                "<=5%: 2. Tỷ lệ và có/không: để trống."
            ),
            (
                "Points given: a step, as 0.25. Linear: 80% → 100% (none → all). Bands: >=90%: 2; >=80%: 1, <=5%: 2. "
                "Share and yes or no: empty."
            ),
        ),
    ),
    (
        ("Điều kiện", "Requires"),
        (
            "Mã các tiêu chí phải có điểm trước, cách nhau bằng dấu phẩy.",
            "Codes of criteria that must have earned something, parted by commas.",
        ),
    ),
)
_EXPLAINED: Final[Mapping[str, words.Words]] = {
    "self_assessment": (
        "cơ quan tự chấm với minh chứng, rồi thẩm định",
        "by the agency, then appraisers",
    ),
    "appraisal": ("chỉ người thẩm định chấm", "by appraisers only"),
    "satisfaction": ("từ đợt khảo sát hài lòng đã công bố", "from a released satisfaction survey"),
    "survey": ("từ một khảo sát khác", "from another survey"),
    "indicator": ("từ số liệu nhập theo năm", "from figures imported by year"),
    "points": ("giá trị chính là điểm", "the value is the points themselves"),
    "share": ("giá trị 97% được 97% điểm tối đa", "a value of 97% brings 97% of the maximum"),
    "linear": ("tăng đều từ 0 điểm đến đủ điểm giữa hai mốc", "in proportion between none and all"),
    "bands": ("mỗi mốc một số điểm", "points for each limit"),
    "yes_no": ("có: đủ điểm; không: 0 điểm", "yes: all points; no: none"),
    "truncate": ("1,706 thành 1,70", "1.706 becomes 1.70"),
    "round": ("1,706 thành 1,71", "1.706 becomes 1.71"),
    "none": ("giữ mọi số lẻ", "every decimal is kept"),
    "rescale": ("điểm còn lại nhân lên thành điểm tối đa", "the rest is scaled up to the maximum"),
    "zero": ("phần khảo sát 0 điểm", "the survey part has no points"),
    "refuse": ("năm không khảo sát thì không có tổng", "no total in a year without a survey"),
}
_LISTS: Final[Mapping[str, tuple[words.Words, Mapping[str, words.Words]]]] = {
    "kind": (("Loại", "Kind"), words.KINDS),
    "source": (("Nguồn điểm", "Source"), words.SOURCES),
    "formula": (("Cách tính", "Formula"), words.FORMULAS),
    "rounding": (("Làm tròn", "Rounding"), words.ROUNDINGS),
    "without_survey": (("Khi không khảo sát", "Without the survey"), words.WITHOUT_SURVEY),
    "applies_to": (("Áp dụng cho", "Applies to"), words.APPLIES_TO),
    "may_exceed": (("Được vượt điểm tối đa", "May exceed the maximum"), words.YES_NO),
}


def guide_rows(at: int) -> Iterator[tuple[str, str]]:
    """Yield the lines of the sheet, in Vietnamese (0) or English (1)."""
    for name, text in _INTRODUCTION:
        yield name[at], text[at]
    for name, codes in _LISTS.values():
        yield "", ""
        yield name[at].upper(), ("chọn một trong:", "choose one of:")[at]
        for code, names in codes.items():
            yield names[at], _EXPLAINED.get(code, ("", ""))[at]


def _choices() -> Iterator[tuple[str, tuple[int, int]]]:
    line = len(_INTRODUCTION)
    for key, (_, codes) in _LISTS.items():
        # A blank line and the heading come before the words.
        first = line + 3
        line = first + len(codes) - 1
        yield key, (first, line)


# By column or rule, the first and the last line of its words on the sheet.
CHOICES: Final = dict(_choices())
