"""How a spreadsheet says what a rubric's file says in codes: words for sources and formulas, and their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from survey.models.columns import exact_text
from survey.models.rubric_content import ONE_HUNDRED
from survey.services.table_values import plain_heading

Words = tuple[str, str]

KINDS: Final[Mapping[str, Words]] = {
    "area": ("Lĩnh vực", "Area"),
    "criterion": ("Tiêu chí", "Criterion"),
    "part": ("Tiêu chí thành phần", "Sub-criterion"),
    "bonus": ("Điểm thưởng", "Bonus"),
    "penalty": ("Điểm trừ", "Penalty"),
}
SOURCES: Final[Mapping[str, Words]] = {
    "self_assessment": ("Tự chấm rồi thẩm định", "Self-assessed, then appraised"),
    "appraisal": ("Thẩm định", "Appraised"),
    "satisfaction": ("Khảo sát hài lòng", "Satisfaction survey"),
    "survey": ("Khảo sát khác", "Other survey"),
    "indicator": ("Chỉ tiêu", "Indicator"),
}
FORMULAS: Final[Mapping[str, Words]] = {
    "points": ("Cho điểm", "Points given"),
    "share": ("Tỷ lệ", "Share"),
    "linear": ("Tuyến tính", "Linear"),
    "bands": ("Bậc", "Bands"),
    "yes_no": ("Có/không", "Yes or no"),
}
ROUNDINGS: Final[Mapping[str, Words]] = {
    "truncate": ("Cắt bỏ", "Truncate"),
    "round": ("Làm tròn", "Round"),
    "none": ("Giữ nguyên", "Keep"),
}
WITHOUT_SURVEY: Final[Mapping[str, Words]] = {
    "rescale": ("Quy đổi phần còn lại", "Rescale the rest"),
    "zero": ("Tính 0 điểm", "Count nothing"),
    "refuse": ("Không tính", "No total"),
}
APPLIES_TO: Final[Mapping[str, Words]] = {
    "province": ("Tỉnh, thành phố", "Province"),
    "department": ("Sở, ban, ngành", "Department"),
    "commune": ("Xã, phường, đặc khu", "Commune"),
    "unit": ("Đơn vị", "Unit"),
}
YES_NO: Final[Mapping[str, Words]] = {"true": ("Có", "Yes"), "false": ("Không", "No")}
# What the general part of a rubric says: the key in the file, and how it is called.
RULES: Final[Mapping[str, Words]] = {
    "rubric": ("Mã bộ tiêu chí", "Rubric"),
    "edition": ("Phiên bản", "Edition"),
    "year": ("Năm", "Year"),
    "title": ("Tên bộ tiêu chí", "Title"),
    "title_en": ("Tên bộ tiêu chí tiếng Anh", "English title"),
    "origin": ("Nguồn gốc", "Origin"),
    "origin_en": ("Nguồn gốc tiếng Anh", "English origin"),
    "applies_to": ("Áp dụng cho", "Applies to"),
    "maximum": ("Tổng điểm tối đa", "Total maximum"),
    "decimals": ("Số thập phân của điểm", "Decimals of points"),
    "rounding": ("Cách làm tròn", "Way of rounding"),
    "without_survey": ("Khi không khảo sát", "Without the survey"),
    "may_exceed": ("Được vượt điểm tối đa", "May exceed the maximum"),
    "bonus_maximum": ("Điểm thưởng tối đa", "Most of the bonus"),
    "penalty_maximum": ("Điểm trừ tối đa", "Most of the penalty"),
}
CODED: Final[Mapping[str, Mapping[str, Words]]] = {
    "applies_to": APPLIES_TO,
    "rounding": ROUNDINGS,
    "without_survey": WITHOUT_SURVEY,
    "may_exceed": YES_NO,
}
# The boxes of a line and of the general part that are not among the rules.
BOXES: Final[Mapping[str, Words]] = {
    "code": ("Mã", "Code"),
    "name": ("Tên", "Name"),
    "guide": ("Hướng dẫn chấm", "Guide"),
    "source": ("Nguồn điểm", "Source"),
    "element": ("Yếu tố hài lòng", "Element of satisfaction"),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "survey": ("Khảo sát", "Survey"),
    "formula": ("Cách tính", "Formula"),
    "requires": ("Điều kiện", "Requires"),
    "bands": ("Xếp loại", "Classes"),
    **{key: RULES[key] for key in ("decimals", "rounding", "without_survey", "bonus_maximum", "penalty_maximum")},
    "maximum": ("Điểm tối đa", "Maximum"),
}
_COMMA: Final = re.compile(r"-?[0-9]+,[0-9]+")
_PERCENT: Final = re.compile(r"(-?[0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*%")
_WHOLE: Final = re.compile(r"[0-9]{1,4}")
_STEP: Final = re.compile(r"(>=|≥|<=|≤)\s*(\S+?(?:\s*%)?)\s*[:=]\s*(\S+)")
_ARROW: Final = re.compile(r"\s*(?:→|->)\s*")


def code_of(text: str, words: Mapping[str, Words]) -> str:
    """Return the code that a cell means; the text itself where it means none, for the checks to refuse."""
    plain = plain_heading(text)
    for code, names in words.items():
        if plain in {plain_heading(code), *map(plain_heading, names)}:
            return code
    return text


def number_of(text: str) -> str:
    """Return a number of a cell or a box with a decimal point, whatever sign it was written with; 97,5 % is 0.975."""
    plain = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    if share := _PERCENT.fullmatch(text):
        return exact_text(Fraction(share[1].replace(",", ".")) / ONE_HUNDRED)
    return plain


def whole_of(text: str) -> int | str:
    """Return a year or a number of decimals of a cell or a box; the text itself where it is none, to be refused."""
    return int(text) if _WHOLE.fullmatch(text) else text


def formula_from(kind: str, text: str) -> dict[str, Any]:
    """Return a formula from its kind and the numbers in a cell: a step, "0.5 → 1", or ">=0.9: 2; >=0.8: 1"."""
    if kind == "linear":
        ends = _ARROW.split(text, maxsplit=1)
        return {"kind": kind} | dict(zip(("nothing_at", "all_at"), map(number_of, filter(None, ends)), strict=False))
    if kind == "bands":
        return {"kind": kind, "steps": [_step(each) for each in text.split(";") if each.strip()]}
    return {"kind": kind} | ({"step": number_of(text)} if text else {})


def formula_text(formula: Mapping[str, Any]) -> str:
    """Return the numbers of a formula as a cell holds them."""
    if "steps" in formula:
        return "; ".join(
            f"{'<=' if 'at_most' in step else '>='}{step.get('at_most', step.get('at_least'))}: {step['points']}"
            for step in formula["steps"]
        )
    if "all_at" in formula:
        return f"{formula['nothing_at']} → {formula['all_at']}"
    return str(formula.get("step", ""))


def _step(text: str) -> dict[str, str]:
    found = _STEP.fullmatch(text.strip())
    if not found:
        return {"points": text.strip()}
    limit = "at_most" if found[1] in {"<=", "≤"} else "at_least"
    return {limit: number_of(found[2]), "points": number_of(found[3])}
