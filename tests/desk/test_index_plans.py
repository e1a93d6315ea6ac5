"""Why an agency lost points, and what next: by its own officials, by who runs the round, and by nobody else."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from asked_statements import statements
from desk_fixtures import SignIn
from desk_province import START, Province
from index_world import CONTENT, POINTS, a_round, freeze
from small_world import World
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.models.index_plans import IndexTarget, IndexTask
from survey.models.index_rounds import IndexParticipant, IndexResult, IndexRound
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.agencies import add_agency
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.rubrics import publish_rubric, save_rubric

TODAY = local_today()
# What was wrong last year is mended this year.
NOW = TODAY.year
ROWS = {
    "99.01": ("4", "0", "0.8", "0.75"),
    "99.03": ("5", "2", "0.9", "0.9"),
    "99.04": ("5", "5", "0.95", "0.9"),
}


@pytest.fixture
def round_(session: Session, province: Province) -> IndexRound:
    """Decide last year's round of three departments."""
    top = session.get_one(Agency, province.province)
    agencies = {"P": top, "99.01": session.get_one(Agency, province.health)}
    for code, name in (("99.03", "Sở Xây dựng"), ("99.04", "Sở Tư pháp")):
        agencies[code] = add_agency(session, code=code, kind="department", name=name, valid_from=START, parent=top)
    rubric = save_rubric(session, CONTENT, agency_id=top.id)
    publish_rubric(session, rubric, today=START)
    questionnaire, method = (session.scalars(select(kind)).first() for kind in (QuestionnaireEdition, MethodEdition))
    assert questionnaire is not None
    assert method is not None
    made = a_round(World(session, questionnaire, method, agencies), rubric, NOW - 1, ROWS)
    made.state = "decided"
    session.flush()
    freeze(session, made, min(date(NOW, 1, 15), TODAY))
    session.commit()
    return made


def followed(client: FlaskClient, response: TestResponse) -> str:
    assert response.status_code == 303, response.text
    return str(client.get(response.location).text)


def seen_on(text: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def addresses(round_: IndexRound, province: Province) -> tuple[str, str, str]:
    page = f"/desk/index/rounds/{round_.id}"
    return f"{page}/agencies/{province.health}/why", f"/desk/agencies/{province.health}/road-map/{NOW}", page


def test_an_agency_reads_why_and_keeps_its_road_map_and_aim(  # noqa: PLR0915 -- one walk, one world
    sign_in: SignIn, province: Province, session: Session, round_: IndexRound
) -> None:
    why, road_map, page = addresses(round_, province)
    own, reader, stranger = sign_in("yte"), sign_in("xem"), sign_in("xa")

    # Why: the dearest criterion first, with the others beside it, and what the first places take.
    told = own.get(why).text
    assert "khoảng 11,50–12,00 do phần khảo sát; n" in told
    assert told.index("1.2. Kiểm tra") < told.index("2.2. Công chức") < told.index("1.1. Kế hoạch")
    assert "Không có điểm ở 1 tiêu chí: 1.2" in told
    assert "dưới một nửa: 1" in told
    assert "đứng thứ 3/3" not in told
    assert "Yếu tố hài lòng làm mất nhiều điểm nhất: Công chức, 1,25 điểm (khoảng 1,10–1,40; n" in told
    assert "chưa phân biệt được với Tiếp cận" in told
    # To be among all three is no aim: the best third is.
    assert "Để nằm trong nhóm 1 còn thiếu" in told
    second = own.get(why, query_string={"k": "2"}).text
    assert "Để nằm trong nhóm 2 còn thiếu 4,25 điểm" in second
    assert "Lộ trình năm" in second
    assert "mọi cơ quan khác giữ điểm như kỳ này" in second
    wrong = own.get(why, query_string={"k": "7"})
    assert (wrong.status_code, 'value="7"' in wrong.text) == (422, True)
    assert "từ 1 đến 3" in wrong.text
    assert "không phải số nguyên" in own.get(why, query_string={"k": "x"}).text
    assert stranger.get(why).status_code == stranger.get(road_map).status_code == 404
    assert why in own.get(f"{page}/result").text
    assert why in own.get(page).text
    assert "Chưa có việc nào trong lộ trình" in own.get(road_map).text

    # A task begins at the criterion that lost, with the points lost; what was typed stays.
    new = f"{road_map}/new"
    assert f"{new}?criterion=1.2" in told.replace("&amp;", "&")
    boxes = own.get(new, query_string={"criterion": "1.2", "round": str(round_.id)}).text
    assert re.search(r'<option selected value="1.2">1.2 \(mất 5/5\) Kiểm tra', boxes)
    assert 'name="expected"' in boxes
    assert re.search(r'name="expected"[^>]*value="5"', boxes)
    assert reader.get(new).status_code == reader.post(new).status_code == 404
    wish = {"criterion": "1.2", "task": "Kiểm tra sáu tháng một lần", "post": "Chánh Thanh tra Sở", "state": "planned"}
    wish |= {"due_on": f"31/12/{NOW}", "expected": "2,5"}
    for change, said in (
        ({"due_on": "31/02/2026"}, "không phải là ngày"),
        ({"due_on": ""}, "Thiếu hạn"),
        ({"due_on": "01/01/1900"}, "không thuộc lộ trình"),
        ({"due_on": f"31/12/{NOW - 1}"}, "đã qua; hãy ghi một ngày từ hôm nay"),
        ({"expected": "nhiều"}, "không phải số"),
        ({"expected": "5,5"}, "không quá 5"),
        ({"criterion": "2.2", "expected": "2"}, "nhiều hơn 1,25 điểm đã mất"),
        ({"task": ""}, "Thiếu việc"),
    ):
        refused = own.post(new, data=wish | change)
        assert refused.status_code == 422
        assert said in refused.text
        assert "Chánh Thanh tra Sở" in refused.text
    assert "Đã lưu việc cho tiêu chí 1.2" in followed(own, own.post(new, data=wish))
    assert "đã có đúng việc này" in own.post(new, data=wish).text
    session.rollback()
    task = session.scalars(select(IndexTask)).one()
    assert (task.round_id, task.expected_points) == (round_.id, Fraction("2.5"))
    task.due_on = date(NOW - 1, 12, 31)
    session.commit()
    wish["due_on"] = f"31/12/{NOW - 1}"
    held = own.get(road_map).text
    assert '<span class="tag tag-draft">quá hạn</span>' in held
    assert "Thang điểm của Đánh giá năm" in held
    assert "20 điểm." in held

    # Two officials: the second is told what the first saved, and loses nothing.
    edit, boss = f"{road_map}/tasks/{task.id}", sign_in("phogiamdoc")
    assert "Đã ghi tình trạng" in followed(own, own.post(f"{edit}/state", data={"state": "begun", "revision": "1"}))
    late = boss.post(edit, data=wish | {"revision": "1", "post": "Phó Giám đốc Sở"})
    assert late.status_code == 409
    assert "Phó Giám đốc Sở" in late.text
    assert "đang lưu: <strong>đang làm</strong>" in " ".join(late.text.split())
    assert 'name="revision" value="2"' in late.text
    stale = boss.post(f"{edit}/state", data={"state": "done", "revision": "1"})
    assert "vừa được người khác sửa" in followed(boss, stale)
    kept = boss.post(edit, data=wish | {"revision": "2", "post": "Phó Giám đốc Sở", "state": "done"})
    assert "Phó Giám đốc Sở" in followed(boss, kept)
    assert "phải ghi vì sao" in own.post(edit, data=wish | {"revision": "3", "state": "dropped"}).text
    assert own.get(f"{road_map}/tasks/{round_.id}").status_code == 404
    assert own.get(f"/desk/agencies/{province.health}/road-map/{NOW - 1}/tasks/{task.id}").status_code == 404

    # The aim, its standing, and the plan in the chance.
    seen = seen_on(own.get(road_map).text)
    refused = own.post(f"{road_map}/aim", data={"seen": seen, "first_k": "2", "points": "21"})
    assert "chỉ có 20 điểm" in refused.text
    assert 'value="21"' in refused.text
    aimed = followed(own, own.post(f"{road_map}/aim", data={"seen": seen, "first_k": "2", "points": "18,5"}))
    assert "trong nhóm 2 và từ 18,5 điểm" in aimed
    assert "còn thiếu 4,25 điểm tới nhóm 2, còn thiếu 6,75 điểm tới mức điểm đề ra" in aimed
    assert boss.post(f"{road_map}/aim", data={"seen": seen, "first_k": "1"}).status_code == 409
    told = own.get(why).text
    assert "Để nằm trong nhóm 2 còn thiếu 4,25 điểm" in told
    assert "mang lại đủ 2,50 điểm kỳ vọng: dưới 1" in told
    history = reader.get(road_map).text
    assert "tình trạng: chưa làm → đang làm" in history
    assert "chức danh: Chánh Thanh tra Sở → Phó Giám đốc Sở" in history
    assert "Cán bộ phogiamdoc" in history
    assert "Lưu mục tiêu này" not in history
    seen = seen_on(own.get(road_map).text)
    assert "không đặt mục tiêu nữa" in followed(own, own.post(f"{road_map}/aim", data={"seen": seen, "drop": "1"}))
    session.rollback()
    assert session.scalars(select(IndexTarget)).all() == []

    # As documents; each is in the ledger.
    pdf = own.get(f"{road_map}.pdf")
    assert pdf.data.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(own.get(f"{road_map}.docx").data)) as package:
        text = package.read("word/document.xml").decode()
    assert "Kiểm tra sáu tháng một lần" in text
    assert "KẾ HOẠCH" in text
    assert own.get(f"{road_map}.xlsx").data.startswith(b"PK")
    assert "Kiểm tra sáu tháng một lần" in own.get(f"{road_map}.csv").text
    assert own.get(f"{road_map}.json").status_code == stranger.get(f"{road_map}.pdf").status_code == 404
    session.rollback()
    verbs = list(session.scalars(select(AuditEntry.verb)))
    assert verbs.count("document.downloaded") == 4
    assert verbs.count("index.task_saved") == 3


def test_who_runs_a_round_sees_every_road_map_and_an_undecided_one_tells_only_him(
    sign_in: SignIn, province: Province, session: Session, round_: IndexRound
) -> None:
    why, road_map, page = addresses(round_, province)
    top, own = sign_in("giamdoc"), sign_in("yte")
    wish = {"criterion": "1.2", "task": "Việc một", "post": "Chánh Thanh tra Sở", "state": "done"}
    top.post(f"{road_map}/new", data=wish | {"due_on": f"31/12/{NOW}", "expected": "1"})
    top.post(f"{road_map}/aim", data={"seen": seen_on(top.get(road_map).text), "first_k": "1"})
    overview = f"{page}/road-maps"
    assert own.get(overview).status_code == own.get(f"{overview}.pdf").status_code == 404
    text = top.get(overview).text
    assert overview in top.get(page).text
    assert "2 cơ quan chưa lập việc nào" in text
    assert re.search(r"trong nhóm 1</td>", text)
    assert "còn thiếu 7,50 điểm tới nhóm 1" in text
    assert text.index("Sở Y tế") < text.index("Sở Xây dựng", text.index("<tbody>")) or "sort=" in text
    only = top.get(overview, query_string={"search": "xay dung"}).text
    assert "Sở Y tế" not in only
    assert top.get(overview, query_string={"year": str(NOW - 9), "sort": "-rank"}).text.count("0</td>") >= 3
    with zipfile.ZipFile(io.BytesIO(top.get(f"{overview}.docx").data)) as package:
        document = package.read("word/document.xml").decode()
    assert "Chưa có lộ trình: Sở Tư pháp, Sở Xây dựng" in document
    assert "Phụ lục" in document
    assert "Chánh Thanh tra Sở" in document

    # The database is asked equally often, however many agencies there are.
    with statements() as few:
        top.get(overview)
    above = session.get_one(Agency, province.province)
    for number in range(8):
        one = add_agency(
            session, code=f"99.2{number}", kind="department", name=f"Ban {number}", valid_from=START, parent=above
        )
        session.add(IndexParticipant(round_id=round_.id, agency_id=one.id))
        session.add(IndexTask(agency_id=one.id, year=NOW, criterion="1.1", task="Việc", post="Trưởng ban", due_on=TODAY,
                              round_id=round_.id, changed_on=TODAY))  # fmt: skip
    session.commit()
    with statements() as many:
        assert "Ban 7" in top.get(overview).text
    assert len(many) <= len(few) + 1, many

    session.get_one(IndexRound, round_.id).state = "objection"
    session.execute(delete(IndexResult))
    session.commit()
    assert "Bản nháp" in top.get(why).text
    hidden = own.get(why).text
    assert "chưa quyết định nên chưa có hạng" in hidden
    assert "Mất điểm ở đâu" not in hidden
    assert "Việc một" in own.get(road_map).text
    assert "đứng thứ" not in own.get(road_map).text


def test_tasks_of_another_round_stand_apart_and_a_penalty_is_a_task_to_avoid_it(
    sign_in: SignIn, province: Province, session: Session, round_: IndexRound
) -> None:
    why, road_map, page = addresses(round_, province)
    top, health = (session.get_one(Agency, one) for one in (province.province, province.health))
    penalty = {"code": "T1", "name": {"vi": "Chậm báo cáo", "en": "Late"}, "maximum": "2", "source": "self_assessment"}
    content = CONTENT | {"rubric": "other", "penalty": [penalty | {"formula": POINTS}]}
    rubric = save_rubric(session, content, agency_id=top.id)
    publish_rubric(session, rubric, today=START)
    last = date(NOW, 1, 1)
    wish = RoundWish("KHAC", "Kỳ khác", None, NOW - 1, last, last, last, last)
    other = plan_round(session, top, rubric, wish, agencies=[health], by=None)
    taken = Entry(Fraction("1.5"), "appraisal", "", None, TODAY)
    write_score(session, place_of(other, health.id, "T1"), taken)
    session.commit()
    own, runner = sign_in("yte"), sign_in("giamdoc")

    boxes = own.get(f"{road_map}/new", query_string={"criterion": "T1", "round": str(other.id)}).text
    assert '<optgroup label="Điểm trừ">' in boxes
    assert re.search(r'name="expected"[^>]*value="1,5"', boxes)
    typed = {"post": "Chánh Văn phòng", "state": "planned", "due_on": f"31/12/{NOW}"}
    for task, criterion, points, of in (
        ("Báo cáo đúng hạn", "T1", "1,5", other),
        ("Kiểm tra lại", "1.2", "2", other),
        ("Kiểm tra", "1.2", "4", round_),
    ):
        sent = typed | {"task": task, "criterion": criterion, "expected": points, "round": str(of.id)}
        assert own.post(f"{road_map}/new", data=sent).status_code == 303
    told = own.get(why).text
    assert "Ngoài ra có 2 việc theo kỳ khác, không tính vào kỳ này. Điểm kỳ vọng: Kỳ khác (KHAC) 3,5." in told
    assert "1 việc: 0 đã xong, 0 quá hạn. Điểm kỳ vọng 4," in told
    assert "mang lại đủ 4,00 điểm kỳ vọng" in told
    held = own.get(road_map).text
    assert '<span class="aside">Kỳ khác (KHAC)</span>' in held
    assert "5,5" not in held
    assert "Điểm kỳ vọng theo từng kỳ, không cộng" in document(own, f"{road_map}.docx")
    overview = f"{page}/road-maps"
    text = runner.get(overview).text
    assert 'data-label="Điểm kỳ vọng">4</td>' in text
    assert text.index("theo kỳ khác") < text.index("Kỳ khác (KHAC)") < text.index('data-label="Điểm kỳ vọng">3,5')
    annexes = document(runner, f"{overview}.docx").partition("Phụ lục 2")
    assert "Báo cáo đúng hạn" not in annexes[0]
    assert "Báo cáo đúng hạn" in annexes[2]
    # In the other round the penalty can be won back, and nothing beyond it.
    session.rollback()
    session.get_one(IndexRound, other.id).state = "objection"
    session.commit()
    told = runner.get(f"/desk/index/rounds/{other.id}/agencies/{health.id}/why").text
    assert "Điểm trừ, nếu năm sau tránh được" in told
    assert "mang lại đủ 3,50 điểm kỳ vọng" in told


def document(client: FlaskClient, address: str) -> str:
    with zipfile.ZipFile(io.BytesIO(client.get(address).data)) as package:
        return package.read("word/document.xml").decode()
