"""The documents of a round of the index: one value in every format, and the draft of the decision."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pypdfium2
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from index_world import DAY, freeze, two_rounds
from survey.findings.index import index_findings
from survey.findings.index_result_values import ComponentSpread, ElementCost, IndexComponent
from survey.findings.values import Wording
from survey.jobs.index import make_index_documents
from survey.jobs.work import Work
from survey.rendering.index_costs import costliest_sentence, costs_table, lacking_table
from survey.rendering.index_csv import index_points_csv
from survey.rendering.index_export import export_checksum
from survey.rendering.index_tables import index_tables
from survey.services.index_ledger import content_of
from survey.services.index_plans import Plan, TaskWish, save_task


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf))


def test_every_format_tells_the_same_frozen_result_and_the_decision_has_its_annexes(
    session: Session, tmp_path: Path
) -> None:
    rounds = two_rounds(session)
    rounds.after.state = "decided"
    freeze(session, rounds.after, DAY)
    plan = Plan(rounds.world.agencies["M"], 2027, content_of(rounds.after), rounds.after.id)
    wish = TaskWish("1.2", "Kiểm tra hai lần", "Chánh Thanh tra", date(2027, 3, 1), Fraction(1))
    save_task(session, plan, wish, by=None, today=DAY)
    session.commit()
    arguments = {"round_id": str(rounds.after.id), "language": "vi"}
    work = Work(session, arguments, date(2027, 3, 3), lambda _done, _of: None, tmp_path)
    make_index_documents(work)
    made = {label: (tmp_path / name).read_bytes() for label, name in work.files.items()}

    report = text_of(made["PDF"])
    for said in (
        "19,50",
        "số liệu quy đổi",
        "Tiếp cận",
        "tập hợp đơn vị đã khác",
        "3/4 cơ quan tăng điểm",
        "22 tháng 11",
    ):
        assert said in report, said
    decision = text_of(made["Dự thảo quyết định PDF"])
    for said in (
        "QUYẾT ĐỊNH:",
        "Điều 1. Công bố",
        "Kết quả xếp loại như sau:",
        "Điều 3. Chủ tịch Ủy ban nhân dân",
        "/QĐ-",
        "Điều 3.",
        "thi hành Quyết định này./.",
        "Phụ lục 1. Kết quả",
        "Lộ trình khắc phục năm 2027",
        "1.2. Kiểm tra Kiểm tra hai lần Chánh Thanh tra 01/03/2027 1,00 chưa làm quá hạn",
    ):
        assert said in decision, said
    assert decision.index("QUYẾT ĐỊNH:") < decision.index("Điều 1.") < decision.index("Phụ lục 1.")
    with ZipFile(io.BytesIO(made["Dự thảo quyết định DOCX"])) as package:
        assert '<w:jc w:val="center"/>' in package.read("word/document.xml").decode()

    book = load_workbook(io.BytesIO(made["XLSX"]))
    assert [cell.value for cell in book["Xếp hạng"][5]][:8] == [1, 1, 1, "A", "Đơn vị A", 19.5, 19.25, 19.75]
    lines = list(csv.DictReader(io.StringIO(made["CSV"].decode())))
    assert [line["agency_code"] for line in lines] == ["A", "B", "M", "F"]
    assert (lines[0]["points"], lines[0]["n"], lines[0]["survey_points_low"]) == ("19.5", "400", "9.25")
    assert (lines[2]["is_converted"], lines[2]["previous_points"], lines[2]["rank_change"]) == ("1", "13.25", "")
    assert made["CSV Excel Việt Nam"].decode("utf-8-sig").startswith("Kỳ đánh giá;Năm chỉ số;Bản kết quả")
    sheet = list(csv.DictReader(io.StringIO(made["CSV Excel Việt Nam"].decode("utf-8-sig")), delimiter=";"))
    told = [sheet[0][name] for name in ("Tình trạng", "Loại dữ liệu", "Xếp loại", "Kết luận", "Xếp loại chắc chắn")]
    assert told == ["đã quyết định", "dữ liệu mẫu", "Tốt", "tăng", "có"]
    assert sheet[0]["Dịch chuyển"] == "không so sánh được"
    figures = [cell for line in sheet for cell in line.values() if re.fullmatch(r"-?\d+,\d+", cell)]
    assert len(figures) > 20
    assert all(len(figure.partition(",")[2]) <= 6 for figure in figures)
    points = list(csv.DictReader(io.StringIO(made["CSV tiêu chí"].decode())))
    assert (
        sum(Fraction(one["points"]) for one in points if one["agency_code"] == "A" and one["level"] == "leaf") == 19.5
    )
    told = json.loads(made["JSON"])
    assert (told["format"], told["findings"]["agencies"][0]["points"]) == ("hai-long/index", "19.5")


def test_the_checksum_of_an_export_changes_with_any_figure() -> None:
    lines = [{"agency_code": str(uuid4()), "points": 1.5}]
    assert export_checksum(lines) != export_checksum([lines[0] | {"points": 1.25}])
    assert export_checksum(lines) == export_checksum([dict(reversed(lines[0].items()))])


def test_penalties_are_told_as_taken_off_and_no_bonus_as_no_loss(session: Session) -> None:
    rounds = two_rounds(session)
    found = index_findings(session, rounds.after, today=DAY)
    name, whole = Wording("Chậm báo cáo", "Late reports"), Fraction(3)
    ids = [row.agency.id for row in found.agencies]
    extra = (
        ComponentSpread("p1", name, "penalty", whole, Fraction(1), Fraction(0), (ids[0],), Fraction(3), (ids[1],)),
        ComponentSpread("b1", name, "bonus", whole, Fraction(1), Fraction(2), (ids[0],), Fraction(0), (ids[1],)),
    )
    own = (IndexComponent("p1", name, "penalty", Fraction(3), whole), IndexComponent("b1", name, "bonus", None, whole))
    rows = tuple(replace(row, components=(*row.components, *own)) for row in found.agencies)
    tables = index_tables(replace(found, components=(*found.components, *extra), agencies=rows), "vi")
    penalty, bonus = tables["index_components"].rows[-2:]
    assert penalty[2:] == (3.0, -1.0, 1.0, "0,00: Đơn vị A", "−3,00: Đơn vị B")
    assert bonus[2:5] == (3.0, 1.0, None)
    assert tables["index_leaves"].rows[-2][3:5] == (-3.0, -3.0)
    line = next(one for one in csv.DictReader(io.StringIO(index_points_csv(replace(found, agencies=rows)).decode()))
                if one["code"] == "p1")  # fmt: skip
    assert (line["points"], line["lost"]) == ("-3.0", "3.0")


def test_an_element_of_a_criterion_in_steps_is_told_by_what_it_lacks() -> None:
    costs = (
        ElementCost("7/access", Wording("Tiếp cận", "Access"), 0.2, 0.15, 0.25, 200, in_points=False),
        ElementCost("7/staff", Wording("Công chức", "Staff"), 0.01, 0.0, 0.05, 200, in_points=False),
    )
    said = costliest_sentence(costs, 2, "en", is_mean=True)
    assert "cannot be shared" in said
    assert "Access, 20.0\N{NO-BREAK SPACE}percentage points on average (15.0–25.0; n" in said
    assert costs_table(costs, "vi").rows == ()
    assert [row[2] for row in lacking_table(costs, "vi").rows] == [20.0, 1.0]
