"""Files of rubrics: read, checked, written and read again; every fault with its place and remedy in both languages."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from survey.models.columns import exact_text
from survey.models.rubric_content import RubricContent
from survey.services.errors import ImportRefusedError, RubricError, ServiceError
from survey.services.rubric_checks import faults_of_rubric
from survey.services.rubric_file import BUILT_IN, read_builtin, read_rubric
from survey.services.rubric_sheet_writing import rubric_xlsx
from survey.services.rubric_writing import next_year, rubric_toml
from survey.services.rubrics import (
    discard_rubric,
    find_rubric,
    list_rubrics,
    load_builtin_rubrics,
    publish_rubric,
    save_rubric,
)

TODAY = date(2026, 11, 22)
EXAMPLES = sorted(path.stem for path in BUILT_IN.glob("*.toml"))


@pytest.fixture
def departments() -> dict[str, Any]:
    return copy.deepcopy(read_builtin("departments-bonus-2026"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound_and_comes_back_from_text_and_from_sheets_in_both_languages(name: str) -> None:
    content = read_builtin(name)

    assert read_rubric(rubric_toml(content).encode(), name="a.toml").content == content
    for language in ("vi", "en"):
        sheets = rubric_xlsx(content, language=language)
        again = read_rubric(sheets, name="a.xlsx")
        assert again.content == content
        assert again.faults == ()
        assert rubric_xlsx(content, language=language) == sheets


def test_the_examples_have_the_points_that_are_asked_of_them() -> None:
    found = {name.removesuffix("-2026"): RubricContent.from_content(read_builtin(name)) for name in EXAMPLES}
    points = {name: (len(one.rule.areas), one.rule.maximum, one.rule.survey_maximum) for name, one in found.items()}

    assert points == {
        "province": (8, 100, 32),
        "departments": (7, 100, 20),
        "communes": (6, 100, 30),
        "central-agencies": (4, 60, 0),
        "departments-bonus": (8, 100, 20),
    }
    satisfaction = [leaf for leaf in found["province"].leaves.values() if leaf.source == "satisfaction"]
    assert [(leaf.rule.maximum, leaf.rule.cut.rounding, leaf.rule.cut.decimals) for leaf in satisfaction] == [
        (2, "truncate", 2)
    ] * 5
    extra = found["departments-bonus"].rule
    assert (len(extra.bonus), len(extra.penalty), extra.bonus_maximum, extra.penalty_maximum) == (2, 3, 3, 5)
    assert found["province"].name("8.1.1", "en") == "Satisfaction: Access to the service"
    assert found["province"].leaves["8.1.1"].path == ("8", "8.1")


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Set, or with None take out, what a path such as areas.0.criteria.0.source names."""

    def do(content: dict[str, Any]) -> None:
        at: Any = content
        *way, last = path.split(".")
        for step in way:
            at = at[int(step)] if step.isdecimal() else at[step]
        if value is None:
            del at[last]
        else:
            at[int(last) if last.isdecimal() else last] = value

    return do


FAULTS = [
    ("areas.0.maximum", "15", {"maximum", "areas[1].maximum"}, "cộng lại là 14"),
    ("areas.0.criteria.0.maximum", "9", {"areas[1].maximum"}, "cộng lại là 15"),
    ("areas.7.criteria.0.maximum", "12", {"areas[8].maximum", "areas[8].criteria[1].maximum"}, "cộng lại là 10"),
    ("areas.0.criteria.0.source", None, {"areas[1].criteria[1].source"}, "thiếu nguồn điểm"),
    ("areas.0.criteria.0.source", "people", {"areas[1].criteria[1].source"}, "một trong"),
    ("areas.0.criteria.0.code", "1.2", {"areas[1].criteria[2].code"}, "đã dùng ở areas[1].criteria[1]"),
    ("areas.0.criteria.0.requires", ["9.9"], {"areas[1].criteria[1].requires"}, "không có tiêu chí"),
    ("areas.0.criteria.0.requires", ["1.1"], {"areas[1].criteria[1].requires"}, "1.1 → 1.1"),
    ("areas.0.criteria.0.maximum", "-8", {"areas[1].criteria[1].maximum", "areas[1].maximum"}, "không được dưới 0"),
    ("areas.0.criteria.0.maximum", "8,5", {"areas[1].criteria[1].maximum"}, "không phải số"),
    ("areas.0.criteria.0.maximum", "1e999999999", {"areas[1].criteria[1].maximum"}, "không phải số"),
    ("areas.0.criteria.0.maximum", None, {"areas[1].criteria[1].maximum"}, "còn thiếu"),
    ("areas.0.criteria.0.decimals", 9, {"areas[1].criteria[1].decimals"}, "0 đến 4"),
    ("areas.0.criteria.0.rounding", "up", {"areas[1].criteria[1].rounding"}, "một trong"),
    ("areas.0.criteria.0.name", {"en": "Plan"}, {"areas[1].criteria[1].name"}, "còn thiếu"),
    ("areas.0.criteria.0.colour", "red", {"areas[1].criteria[1].colour"}, "không có mục này"),
    ("areas.0.criteria.0.formula", {"kind": "guess"}, {"areas[1].criteria[1].formula.kind"}, "một trong"),
    ("areas.2.criteria.0.formula", {"kind": "points"}, {"areas[3].criteria[1].formula.kind"}, "chỉ dùng được"),
    (
        "areas.2.criteria.0.formula",
        {"kind": "linear", "nothing_at": "1", "all_at": "1.0"},
        {"areas[3].criteria[1].formula.all_at"},
        "phải khác nhau",
    ),
    (
        "areas.2.criteria.0.formula",
        {"kind": "bands", "steps": [{"at_least": "0.9", "points": "13"}]},
        {"areas[3].criteria[1].formula.steps[1].points"},
        "vượt điểm tối đa 12",
    ),
    (
        "areas.2.criteria.0.formula",
        {"kind": "bands", "steps": [{"at_least": "0.9", "points": "1"}, {"at_most": "0.8", "points": "2"}]},
        {"areas[3].criteria[1].formula.steps[2]"},
        "cùng một loại mốc",
    ),
    ("areas.2.criteria.0.indicator", None, {"areas[3].criteria[1].indicator"}, "chỉ tiêu|indicator"),
    ("areas.7.criteria.0.source", "appraisal", {"areas[8].criteria[1].source"}, "chỉ là tổng"),
    ("areas.0.criteria", [], {"areas[1].criteria"}, "chưa có tiêu chí"),
    ("areas", [], {"areas"}, "ít nhất một lĩnh vực"),
    ("bonus.0.source", "survey", {"bonus[1].source", "bonus[1].survey"}, "không lấy từ khảo sát"),
    ("bonus", None, {"bonus_maximum"}, "chưa có dòng điểm thưởng"),
    ("bands.1.at_least", "90", {"bands[2]"}, "trùng"),
    ("bands.1.at_least", "60", {"bands[3].at_least"}, "từ cao xuống thấp"),
    (
        "penalty.0.formula.steps",
        [{"at_least": a, "points": "1"} for a in ("1", "3", "2")],
        {"penalty[1].formula.steps"},
        "lúc tăng lúc giảm",
    ),
    ("penalty.0.formula.steps", [{"points": "0,8-0,9: 1"}], {"penalty[1].formula.steps[1]"}, "không đọc được"),
    ("bands.0.at_least", "101", {"bands[1].at_least"}, "không được trên 100"),
    ("without_survey", "guess", {"without_survey"}, "một trong"),
    ("year", "2026", {"year"}, "ví dụ 2026"),
    ("rubric", "Sở Nội vụ", {"rubric"}, "không dấu"),
    ("applies_to", "village", {"applies_to"}, "một trong"),
    ("may_exceed", "yes", {"may_exceed"}, "true"),
    ("applies_to", ["department"], {"applies_to"}, "một trong"),
    ("bonus.0.source", ["survey"], {"bonus[1].source"}, "một trong"),
    ("areas.0.criteria.0.maximum", "٨", {"areas[1].criteria[1].maximum"}, "không phải số"),
    ("areas.2.criteria.0.indicator", "a\0", {"areas[3].criteria[1].indicator"}, "mã ngắn"),
]


@pytest.mark.parametrize(("path", "value", "places", "remedy"), FAULTS)
def test_every_fault_is_named_with_its_place_and_remedy(
    departments: dict[str, Any], path: str, value: object, places: set[str], remedy: str
) -> None:
    change(path, value)(departments)

    found = list(faults_of_rubric(departments))

    assert places <= {fault.place for fault in found}
    said = " ".join(fault.vi for fault in found if fault.place in places)
    assert any(word in said for word in remedy.split("|")), said
    assert all(fault.en and fault.en != fault.vi for fault in found)


def test_conditions_in_a_circle_show_the_way_round_and_all_survey_points_cannot_be_rescaled(
    departments: dict[str, Any],
) -> None:
    change("areas.0.criteria.0.requires", ["1.2"])(departments)
    change("areas.0.criteria.1.requires", ["2.1"])(departments)
    change("areas.1.criteria.0.requires", ["1.1"])(departments)

    circles = [fault.vi for fault in faults_of_rubric(departments)]

    assert len(circles) == 3
    assert "1.1 → 1.2 → 2.1 → 1.1" in circles[0]
    survey = {"areas": departments["areas"][7:], "maximum": "20"}
    only = {key: value for key, value in departments.items() if "bonus" not in key and "penalty" not in key} | survey
    assert [fault.place for fault in faults_of_rubric(only)] == ["without_survey"]


def test_a_fault_of_a_text_file_has_its_line_and_broken_files_are_one_sentence(departments: dict[str, Any]) -> None:
    source = rubric_toml(departments).replace('maximum = "8", ', "", 1).replace('code = "1.1"', 'code = "1 1"')
    line = source.splitlines().index('code = "1 1"') + 1

    found = read_rubric(source.encode(), name="a.toml")

    assert [(fault.line, fault.place) for fault in found.faults] == [(line, "areas[1].criteria[1].code")]
    assert found.faults[0].text("vi").startswith(f"dòng {line}, areas[1]")
    with pytest.raises(RubricError, match=f"line {line}, "):
        found.require_sound()
    heads = "".join(f'[[areas.criteria]]\ncode = "{number}"\n' for number in range(2000))
    many = read_rubric(f"[[areas]]\n{heads}".encode(), name="a.toml").faults
    assert any(fault.line == 4000 and fault.place.startswith("areas[1].criteria[2000]") for fault in many)
    for content, message in [
        (b"x" * (512 * 1024 + 1), "larger than 512 KB"),
        (b"rubric = ", "not TOML"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "old XLS"),
    ]:
        with pytest.raises(ServiceError, match=message):
            read_rubric(content, name="a")


def edited(content: dict[str, Any], edit: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(rubric_xlsx(content)))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_edited_by_hand_is_read_as_it_is_meant_and_its_faults_have_their_lines(
    departments: dict[str, Any],
) -> None:
    def edit(book: Any) -> None:
        sheet = book["Tiêu chí"]
        sheet["F3"] = 8  # a number, not text
        sheet["G3"] = "  TỰ CHẤM rồi thẩm định "
        sheet["C4"] = "99"  # no such parent
        sheet["C5"], sheet["C6"] = "2.1", "2"  # line 5 is area 2, line 6 its criterion: a circle
        sheet["F8"] = "=1+1"
        sheet["A9"] = "Nhóm lạ"
        book["Xếp loại"]["D2"] = 60  # the best from a lower limit than the next
        sheet["K9"] = "9" * 5000
        book["Chung"]["B3"] = "9" * 5000

    found = read_rubric(edited(departments, edit), name="a.xlsx")

    places = [fault.place for fault in found.faults]
    told = {place.rpartition(" ")[2] for place in places}
    assert {"C4", "C5", "C6", "F8", "A9", "K9"} <= told
    assert places[0] == "trang “Chung”, “Năm”, ô B3"
    assert "trang “Tiêu chí”, cột “Điểm tối đa”, ô F8" in places
    assert "trang “Xếp loại”, cột “Từ (% điểm tối đa)”, ô D3" in places
    own = [fault.line or 0 for fault in found.faults if "“Tiêu chí”" in fault.place]
    assert own == sorted(own)
    assert "sheet “Criteria”, column “Điểm tối đa”, cell F8" in {fault.where("en") for fault in found.faults}
    said = " ".join(fault.vi for fault in found.faults)
    assert said.count("mã cấp trên “99” không có trong cột Mã") == 1
    assert "areas[" not in said
    assert "2 → 2.1 → 2" in said
    assert "công thức" in said
    assert found.content["areas"][0]["criteria"][0]["source"] == "self_assessment"
    with pytest.raises(ImportRefusedError, match="no sheet “Criteria”"):
        read_rubric(edited(departments, lambda book: book.remove(book["Tiêu chí"])), name="a.xlsx")


def packed(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, part in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<x/>"), "XLSX"),
        (
            packed(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=bytes(25 << 20)),
            "unpacks to more than 24 MB",
        ),
        ('title = { vi = "Bộ nhỏ" }'.encode("utf-16"), "UTF-8"),
        ('title = { vi = "Bộ nhỏ é" }'.encode("cp1252", "replace"), "UTF-8"),
        (b"", "empty|is missing|cannot"),
    ],
    ids=["ods", "bomb", "utf-16", "cp1252", "empty"],
)
def test_what_is_no_rubric_is_refused_in_one_sentence(content: bytes, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        read_rubric(content, name="a.xlsx").require_sound()


def test_signs_and_blank_lines_that_offices_leave_behind_do_no_harm(departments: dict[str, Any]) -> None:
    text = rubric_toml(departments)
    for written in (f"\ufeff{text}", text.replace("\n", "\r\n")):
        assert read_rubric(written.encode(), name="a.toml").content == departments

    def blank(book: Any) -> None:
        for at in (20, 5, 2):
            book["Tiêu chí"].insert_rows(at)

    def merged(book: Any) -> None:
        book["Tiêu chí"].merge_cells("D3:D4")

    assert read_rubric(edited(departments, blank), name="a.xlsx").content == departments
    faults = [fault.text("vi") for fault in read_rubric(edited(departments, merged), name="a.xlsx").faults]
    wrong = "trang “Tiêu chí”, cột “Tên”, ô D4: nằm trong ô gộp D3:D4; hãy bỏ gộp ô và ghi đủ từng ô"
    assert f"dòng 4, {wrong}" in faults
    assert len(faults) == 3


def test_the_example_of_the_manual_is_sound() -> None:
    text = (Path(__file__).parents[2] / "docs" / "rubrics.md").read_text(encoding="utf-8")
    block = text.partition("```toml\n")[2].partition("```")[0]

    assert read_rubric(block.encode(), name="docs/rubrics.md").faults == ()


def test_fractions_are_written_as_the_shortest_decimal() -> None:
    for text in ("0", "1.75", "-0.5", "100", "0.001", "2/3", "-2/7", "8"):
        assert exact_text(Fraction(text)) == text
    assert exact_text(Fraction("9.350")) == "9.35"


def test_rubrics_are_kept_as_drafts_published_and_then_never_change(session: Session) -> None:
    load_builtin_rubrics(session, today=TODAY)
    load_builtin_rubrics(session, today=TODAY)
    content = next_year(read_builtin("departments-2026"))

    draft = save_rubric(session, content, agency_id=None)
    content["title"] = {"vi": "Tên khác"}
    same = save_rubric(session, copy.deepcopy(content), agency_id=None)

    assert same is draft
    assert draft.content["title"] == {"vi": "Tên khác"}
    assert (draft.name, draft.year, draft.published_on) == ("departments/2027", 2027, None)
    publish_rubric(session, draft, today=TODAY)
    session.commit()
    content["title"] = {"vi": "Tên nữa"}
    for refused in (
        lambda: save_rubric(session, content, agency_id=None),
        lambda: publish_rubric(session, draft, today=TODAY),
        lambda: discard_rubric(session, draft),
        lambda: save_rubric(session, {"rubric": "x"}, agency_id=None),
    ):
        with pytest.raises(RubricError):
            refused()
    assert [one.name for one in list_rubrics(session, root_id=draft.id)][:2] == [
        "departments/2027",
        "central-agencies/2026",
    ]
    assert len(list_rubrics(session, root_id=draft.id)) == len(EXAMPLES) + 1
    other = save_rubric(session, next_year(read_builtin("communes-2026")), agency_id=None)
    discard_rubric(session, other)
    assert find_rubric(session, "communes/2027") is None
