"""Details of an entry of the audit in the reader's words: the ledger keeps codes and ISO dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from survey.rendering import numbers
from survey.web.filters import month
from survey.web.language import current_language

NAMES: Final = {
    "asked_for": _("cần sửa"),
    "criterion": _("tiêu chí"),
    "post": _("chức danh"),
    "task": _("mã việc"),
    "year": _("năm"),
    "counted": _("được xếp hạng"),
    "every": _("định kỳ"),
    "kept": _("điểm giữ theo kiến nghị"),
    "line": _("dòng"),
    "lost": _("điểm không chuyển được"),
    "note": _("ghi chú"),
    "source": _("nguồn"),
    "survey": _("có khảo sát"),
    "added": _("thêm"),
    "agencies": _("cơ quan"),
    "agency": _("cơ quan"),
    "alerts": _("cảnh báo"),
    "answers": _("phiếu"),
    "batch": _("số lô"),
    "before": _("trước đó"),
    "changed": _("sửa"),
    "changes": _("thay đổi"),
    "checked": _("đã đối chiếu"),
    "closes_on": _("đóng ngày"),
    "code": _("mã"),
    "codes": _("mã quầy"),
    "comments": _("góp ý"),
    "count": _("số lượng"),
    "counters": _("quầy"),
    "decision": _("quyết định"),
    "documents": _("tài liệu"),
    "effective_on": _("hiệu lực từ"),
    "ended": _("kết thúc"),
    "expires_on": _("hết hạn"),
    "field": _("lĩnh vực"),
    "file": _("tệp"),
    "from": _("từ"),
    "hours": _("giờ mở cửa"),
    "id": _("số"),
    "issued_on": _("cấp ngày"),
    "issuer": _("cơ quan ban hành"),
    "issuer_en": _("cơ quan ban hành, tiếng Anh"),
    "job": _("việc nền"),
    "jobs": _("việc nền"),
    "kind": _("loại"),
    "language": _("ngôn ngữ"),
    "lines": _("dòng"),
    "made_anew": _("lập lại"),
    "made_at": _("sao lưu lúc"),
    "margin/design_effect/participation": _("sai số / hệ số thiết kế / tỷ lệ tham gia"),
    "meters": _("số đếm tiếp nhận"),
    "method": _("phương pháp"),
    "moved": _("phần đã cập nhật"),
    "name": _("tên"),
    "name_en": _("tên tiếng Anh"),
    "names": _("tên"),
    "number": _("số"),
    "of": _("bước"),
    "official": _("cán bộ"),
    "opens_on": _("mở ngày"),
    "parent": _("cơ quan cấp trên"),
    "place": _("địa danh"),
    "published_on": _("công bố ngày"),
    "questionnaire": _("phiếu hỏi"),
    "points": _("điểm"),
    "rank": _("hạng cần đạt"),
    "reason": _("lý do"),
    "recipients": _("nơi nhận"),
    "recipients_en": _("nơi nhận, tiếng Anh"),
    "responses": _("phiếu"),
    "retired": _("ngừng"),
    "revision": _("phiên bản bảng"),
    "role": _("vai trò"),
    "roles": _("vai trò"),
    "rubric": _("bộ tiêu chí"),
    "rule": _("quy tắc"),
    "sample_kind": _("cách lấy mẫu"),
    "scopes": _("quyền"),
    "search": _("tìm"),
    "second_factor": _("xác thực hai bước"),
    "services": _("thủ tục"),
    "sha256": _("dấu vết tệp"),
    "sign_in_attempts": _("lần đăng nhập hỏng"),
    "signer_name": _("người ký"),
    "signer_post": _("chức vụ người ký"),
    "signer_post_en": _("chức vụ người ký, tiếng Anh"),
    "since": _("từ ngày"),
    "sizes": _("số hồ sơ"),
    "slips": _("phiếu có mã"),
    "still_working": _("mã cũ còn dùng"),
    "superior": _("cơ quan cấp trên"),
    "superior_en": _("cơ quan cấp trên, tiếng Anh"),
    "symbol": _("ký hiệu"),
    "state": _("tình trạng"),
    "text": _("nội dung"),
    "to": _("đến"),
    "transaction_batches": _("lô mã một lần"),
    "transaction_codes": _("mã một lần"),
    "transactions": _("hồ sơ"),
    "unchanged": _("giữ nguyên"),
    "until": _("đến ngày"),
    "valid_to": _("hết hiệu lực"),
    "verb": _("việc"),
    "version": _("bản"),
    "was": _("trước đó"),
    "what": _("chi tiết"),
    "wave": _("đợt"),
    "waves": _("đợt"),
}
# Short words that the ledger keeps as codes.
VALUES: Final = {
    "administrator": _("Quản trị"),
    "agency_manager": _("Quản lý cơ quan"),
    "annual": _("tổng hợp năm"),
    "approved": _("đã duyệt"),
    "auditor": _("Kiểm tra viên"),
    "begun": _("đang làm"),
    "done": _("đã xong"),
    "dropped": _("đã bỏ"),
    "en": _("tiếng Anh"),
    "hidden": _("đã ẩn"),
    "household": _("hộ gia đình"),
    "password": _("mật khẩu"),
    "planned": _("dự kiến"),
    "posters": _("áp phích"),
    "reorganise": _("đợt sắp xếp đơn vị"),
    "responses": _("phiếu trả lời"),
    "second_factor": _("xác thực hai bước"),
    "self_selected": _("tự chọn tại quầy"),
    "slips": _("phiếu có mã một lần"),
    "survey_manager": _("Quản lý khảo sát"),
    "transactions": _("mẫu hồ sơ"),
    "vi": _("tiếng Việt"),
    "viewer": _("Người xem"),
    "waiting": _("chờ duyệt"),
}
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}).*")


def told(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and value of every detail, as the reader's language writes them."""
    return [(_name(key), _value(value)) for key, value in details.items()]


def told_subject(subject: str) -> str:
    """Return what an entry is about; the first word of some is a code of ours."""
    first, space, rest = subject.partition(" ")
    return f"{VALUES[first]}{space}{_text(rest)}" if first in VALUES else _text(subject)


def _name(key: str) -> str:
    # Months and codes of fields name the numbers that were set for them.
    return str(NAMES[key]) if key in NAMES else _text(key)


def _value(value: Any) -> str:  # noqa: ANN401 -- whatever an entry holds
    if isinstance(value, list):
        # Nothing before an arrow is something that was not there yet.
        return " → ".join(gettext("chưa có") if part in (None, "") else _value(part) for part in value)
    if isinstance(value, bool):
        yes: str = gettext("có") if value else gettext("không")
        return yes
    if isinstance(value, int):
        return numbers.count(value, current_language())
    return _text(str(value)) if value not in {None, ""} else "–"


def _text(text: str) -> str:
    writers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
        (_MOMENT, lambda found: f"{_day(found[1])} {found[2]}"),
        (_DAY, lambda found: _day(found[0])),
        (_MONTH, lambda found: month(found[0])),
    ]
    # So an import of N writes what was not there yet.
    text = text.replace(": - → ", f": {gettext('chưa có')} → ")
    for pattern, write in writers:
        if found := pattern.fullmatch(text):
            return write(found)
    return str(VALUES.get(text, text))


def _day(text: str) -> str:
    try:
        return numbers.day(date.fromisoformat(text), current_language())
    except ValueError:
        # An import may name a day that does not exist; it is told as it stands.
        return text
