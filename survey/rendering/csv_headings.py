"""What the columns of findings are called in the file that a Vietnamese spreadsheet opens."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = {
    "wave": "Đợt", "index_year": "Năm chỉ số", "status": "Tình trạng", "data": "Loại dữ liệu",
    "agency_code": "Mã cơ quan", "agency": "Cơ quan", "scope": "Phần", "code": "Mã", "name": "Nội dung",
    "statistic": "Chỉ tiêu", "estimate": "Giá trị", "low": "Cận dưới", "high": "Cận trên",
    "standard_error": "Sai số chuẩn", "n": "Số phiếu n", "confidence_level": "Độ tin cậy",
    "method": "Phương pháp", "note": "Ghi chú",
    "rank": "Thứ hạng", "rank_low": "Thứ hạng cao nhất có thể", "rank_high": "Thứ hạng thấp nhất có thể",
    "population_size": "Số hồ sơ N", "participation_rate": "Tỷ lệ tham gia",
    "truth_low": "Tỷ lệ chung thấp nhất có thể", "truth_high": "Tỷ lệ chung cao nhất có thể",
    "share_satisfied": "Tỷ lệ hài lòng", "mean_score": "Điểm trung bình",
    "previous_share_satisfied": "Tỷ lệ hài lòng kỳ trước", "difference": "Thay đổi", "verdict": "Kết luận",
    "previous_rank": "Thứ hạng kỳ trước", "rank_change": "Thay đổi thứ hạng", "movement": "Dịch chuyển",
    "with_code": "Có mã một lần", "without_code": "Không có mã một lần",
    "points": "Điểm", "points_maximum": "Điểm tối đa",
    "round": "Kỳ đánh giá", "version": "Bản kết quả", "sha256": "Mã kiểm SHA-256", "rubric": "Bộ tiêu chí",
    "index_percent": "Chỉ số (%)", "class": "Mã xếp loại", "class_name": "Xếp loại",
    "class_is_certain": "Xếp loại chắc chắn",
    "satisfaction": "Tỷ lệ hài lòng khảo sát", "verified_share": "Tỷ lệ phiếu đã xác minh",
    "survey_points": "Điểm khảo sát", "survey_points_maximum": "Điểm khảo sát tối đa", "release": "Kết quả đã công bố",
    "questionnaire": "Phiếu hỏi", "method_edition": "Phiên bản phương pháp", "previous_points": "Điểm năm trước",
    "lost": "Điểm mất", "level": "Cấp", "breaks": "Lý do không so", "is_converted": "Số liệu quy đổi",
    "task": "Việc", "post": "Chức danh chịu trách nhiệm", "due_on": "Hạn", "points_expected": "Điểm kỳ vọng",
    "state": "Tình trạng thực hiện", "is_overdue": "Quá hạn", "criterion": "Mã tiêu chí",
    "criterion_name": "Tiêu chí", "plan_year": "Năm lộ trình",
}  # fmt: skip
_ENDINGS: Final = {"_low": "cận dưới", "_high": "cận trên"}
_ELEMENT: Final = re.compile(r"element_(\d+)_(.+)")
_PROOF: Final = re.compile(r"(with_code|without_code)_(.+)")


def vietnamese_heading(column: str) -> str:
    """Return the Vietnamese heading of a column; each column has one of its own."""
    if column in _NAMES:
        return _NAMES[column]
    if found := _ELEMENT.fullmatch(column):
        return f"Yếu tố {found[1]}: {_lowered(found[2])}"
    if found := _PROOF.fullmatch(column):
        return f"{_NAMES[found[1]]}: {_lowered(found[2])}"
    stem, ending = next((column.removesuffix(end), said) for end, said in _ENDINGS.items() if column.endswith(end))
    return f"{_NAMES[stem]}, {ending}"


def _lowered(column: str) -> str:
    heading = vietnamese_heading(column)
    return heading[0].lower() + heading[1:]
