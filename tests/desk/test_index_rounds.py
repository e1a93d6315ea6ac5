"""A round of the index at the desk, from plan to decision, by the people who do each step and by nobody else."""

from __future__ import annotations

import io
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from desk_fixtures import SignIn
from desk_province import START, Province
from survey.jobs.index import make_index_documents
from survey.jobs.perform import perform_job
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexEvidence, IndexObjection, IndexScore
from survey.models.jobs import Job
from survey.models.rubrics import Rubric
from survey.services.agencies import add_agency
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.rubrics import load_builtin_rubrics

LATER = date(local_today().year + 1, 12, 31)
STAGES = ("self_assessment_until", "appraisal_until", "objection_until", "decision_until")
DAYS = dict.fromkeys(STAGES, f"{LATER:%d/%m/%Y}")
PDF = b"%PDF-1.7\n%%EOF"
DECIDED = {"reason": "Ông Bí Danh chưa chấm", "public_note": "Năm đầu thí điểm"}


@pytest.fixture
def page(sign_in: SignIn, province: Province, session: Session) -> str:
    """Plan a round of the province's one department; return the address of its page."""
    load_builtin_rubrics(session, today=START)
    session.commit()
    rubric = session.scalars(select(Rubric.id).where(Rubric.rubric == "departments")).one()
    client = sign_in("giamdoc")
    chosen = {"root": str(province.province), "rubric": str(rubric)}
    # The official's own province and a rubric that fits what stands below it are chosen before he looks.
    choice = client.get("/desk/index/new").text
    assert f'<option value="{province.province}" selected>' in choice
    fitting = re.search(r'<option value="[^"]+" selected>([a-z-]+)/2026', choice)
    assert fitting is not None
    assert fitting[1] != "province"
    assert "từ 1990 đến 2100" in client.get("/desk/index/new", query_string=chosen | {"year": "26"}).text
    assert "CCHC-99-2025" in client.get("/desk/index/new", query_string=chosen | {"year": "2025"}).text
    boxes = client.get("/desk/index/new", query_string=chosen).text
    assert "Sở Y tế" in boxes
    assert "Xã Đông Hà" not in boxes
    wish = chosen | DAYS | {"code": "C1", "name": "Kỳ thử", "survey_is_run": "y", "agency": str(province.health)}
    refused = client.post("/desk/index/new", data=wish | {"appraisal_until": "31/02/2026", "code": "GIỮ-LẠI"})
    assert refused.status_code == 422
    assert "không phải là ngày" in refused.text
    assert "GIỮ-LẠI" in refused.text
    assert client.post("/desk/index/new", data=wish | {"agency": ""}).status_code == 422
    planned = client.post("/desk/index/new", data=wish)
    assert planned.status_code == 303
    return str(planned.location)


def moved(client: FlaskClient, page: str, *stages: str) -> None:
    for stage in stages:
        told = client.get(client.post(f"{page}/move", data={"to": stage}).location).text
        assert "Đã chuyển bước" in told, told


def leaf(page: str, province: Province, code: str) -> str:
    return f"{page}/agencies/{province.health}/leaves/{code}"


def followed(client: FlaskClient, response: TestResponse) -> str:
    assert response.status_code in {302, 303}, response.text
    return str(client.get(response.location).text)


def test_a_round_goes_from_plan_to_decision_and_everybody_does_only_his_part(  # noqa: PLR0915 -- one walk, one world
    sign_in: SignIn, province: Province, session: Session, page: str, app: flask.Flask
) -> None:
    top, own, reader = sign_in("giamdoc"), sign_in("yte"), sign_in("xem")
    sheet, first = f"{page}/agencies/{province.health}", leaf(page, province, "1.1")
    # What is in preparation is told to who prepares it.
    assert "Kỳ thử" not in own.get("/desk/index").text
    assert "chưa bắt đầu" in own.get(page).text
    assert "Vì sao mất điểm" not in top.get(page).text
    assert own.post(f"{page}/move", data={"to": "self_assessment"}).status_code == 404
    moved(top, page, "self_assessment")
    assert "Kỳ thử" in own.get("/desk/index").text
    assert "Tự chấm điểm: Sở Y tế" in own.get(page).text
    assert "1 cơ quan chưa nộp bản tự chấm" in top.get(page).text

    # The agency claims; what does not fit is told and kept as it was typed.
    assert reader.post(f"{first}/claim", data={"value": "2"}).status_code == 404
    assert sign_in("xa").get(sheet).status_code == 404
    beyond = own.post(f"{first}/claim", data={"value": "9", "text": "Đủ cả", "revision": "0"})
    assert beyond.status_code == 422
    assert "không nhận giá trị 9" in beyond.text
    assert "Đủ cả" in beyond.text
    assert "Lưu và sang 1.3" in beyond.text
    following = own.post(f"{first}/claim", data={"value": "2,5", "text": "Đúng hạn", "revision": "0", "next": "1.2"})
    assert following.location.endswith("/leaves/1.2")
    overtaken = own.post(f"{first}/claim", data={"value": "3", "text": "Của tôi", "revision": "0"})
    assert overtaken.status_code == 409
    assert "vừa được người khác sửa" in overtaken.text
    assert "Của tôi" in overtaken.text

    # Evidence is what its bytes say, lies outside the web root, and can be read and taken back.
    # Points, note and files are one form: what is refused of it leaves the rest standing.
    files = [(io.BytesIO(PDF), "kế hoạch.pdf"), (io.BytesIO(b"MZ\x90"), "bản scan.pdf")]
    sent = {"files": files, "value": "2", "text": "Kèm", "revision": "1"}
    told = followed(own, own.post(f"{first}/claim", data=sent))
    assert "Đã nộp 1 tệp" in told
    assert "bản scan.pdf: nội dung không phải PDF" in told
    assert "Đã lưu tiêu chí 1.1" in told
    assert "Kèm</textarea>" in told
    more = {"files": [(io.BytesIO(PDF), "thêm.pdf")], "value": "2,1", "text": "Chữ còn đây", "revision": "2"}
    stepped = own.post(f"{first}/claim", data=more)
    assert stepped.status_code == 422
    assert all(words in stepped.text for words in ("Đã nộp 1 tệp", "Chữ còn đây", "bước 0,25"))
    session.rollback()
    evidence, second = session.scalars(select(IndexEvidence).order_by(IndexEvidence.name)).all()
    rest = {"value": "2,5", "text": "Đúng hạn", "revision": "2", "remove": str(second.id)}
    assert "Đã rút tệp thêm.pdf" in followed(own, own.post(f"{first}/claim", data=rest))
    got = reader.get(f"{first}/evidence/{evidence.id}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert Path(app.config["HAILONG"].data_dir, "evidence").is_dir()
    assert sign_in("xa").get(f"{first}/evidence/{evidence.id}").status_code == 404
    assert "Đã rút tệp" in followed(own, own.post(f"{first}/evidence/{evidence.id}/remove"))
    # Files that are too large together lose no word that was typed beside them.
    beside = {"value": "2", "text": "Không mất chữ", "revision": "3", "files": [(io.BytesIO(PDF), "to.pdf")]}
    large = own.post(f"{first}/claim", data=beside, environ_overrides={"CONTENT_LENGTH": str(200 << 20)})
    told = followed(own, large)
    assert "lớn hơn 80 MB" in told
    assert "Không mất chữ</textarea>" in told
    assert "to.pdf" not in told
    own.post(f"{first}/claim", data={"value": "2,5", "text": "Đúng hạn", "revision": "4"})

    assert "Còn" in own.get(sheet).text
    assert '<button class="main">Nộp bản tự chấm' not in own.get(sheet).text
    assert "Chưa nộp: còn" in followed(own, own.post(f"{sheet}/submit"))
    assert "Đã nộp bản tự chấm" in followed(own, own.post(f"{sheet}/submit", data={"sure": "y"}))
    assert "phải có lý do" in followed(top, top.post(f"{sheet}/reopen"))
    assert "Đã mở lại" in followed(top, top.post(f"{sheet}/reopen", data={"reason": "Nhầm tệp"}))
    own.post(f"{sheet}/submit", data={"sure": "y"})
    assert "Bản tự chấm của cơ quan bạn đã nộp" in own.get(page).text

    # Appraisers stand above; a change needs a reason.
    moved(top, page, "appraisal")
    assert own.post(f"{first}/appraise", data={"value": "3"}).status_code == 404
    assert "phải có lý do" in top.post(f"{first}/appraise", data={"value": "2", "revision": "5"}).text
    judged = {"value": "2", "text": "Chậm hai tuần", "revision": "5"}
    assert "Đã lưu tiêu chí 1.1" in followed(top, top.post(f"{first}/appraise", data=judged))
    judging = top.get(page).text
    assert "chưa ai chấm" in judging
    assert "tiêu chí ở 1 cơ quan chưa ai thẩm định" in judging

    # The agency objects, who raised it does not decide, another one does.
    moved(top, page, "objection")
    assert "Xem điểm và kiến nghị: Sở Y tế" in own.get(page).text
    assert f"Kiến nghị được đến hết {LATER:%d/%m/%Y}" in own.get(sheet).text
    # What people answered is not objected to; it is said what can be done.
    surveyed = leaf(page, province, "7.3.1")
    assert "không đổi bằng kiến nghị" in own.get(surveyed).text
    assert f"{surveyed}/object" not in own.get(surveyed).text
    assert own.post(f"{surveyed}/object", data={"text": "Thấp"}).status_code == 422
    asked = {"value": "2,5", "text": "Có dấu bưu điện"}
    assert "Đã gửi kiến nghị" in followed(own, own.post(f"{first}/object", data=asked))
    session.rollback()
    objection = session.scalars(select(IndexObjection.id)).one()
    for other in (reader, top):
        assert other.post(f"{first}/objections/{objection}/withdraw").status_code == 404
    assert "Cơ quan đã rút kiến nghị" in followed(own, own.post(f"{first}/objections/{objection}/withdraw"))
    assert "đã rút kiến nghị này" in top.post(f"{first}/objections/{objection}", data={"text": "x"}).text
    again = asked | {"files": [(io.BytesIO(PDF), "dấu.pdf")]}
    told = followed(own, own.post(f"{first}/object", data=again))
    assert all(words in told for words in ("Có dấu bưu điện", "Đã nộp 1 tệp", "dấu.pdf"))
    session.rollback()
    objection = session.scalars(select(IndexObjection.id).where(IndexObjection.decided_at.is_(None))).one()
    decides = top.get(first).text
    assert "Bạn đã thẩm định tiêu chí này" in decides
    assert 'id="decided-value" name="value" value="2,5"' in decides
    assert "Kiến nghị đang chờ xét" in top.get(page).text
    moved(top, page, "decision")
    waiting = top.post(f"{page}/move", data={"to": "decided"})
    assert "Còn 1 kiến nghị chưa xét" in followed(top, waiting)
    assert own.post(f"{first}/objections/{objection}", data={"decision": "refused", "text": "x"}).status_code == 404
    decision = {"decision": "partly", "value": "2,25", "text": "Có dấu"}
    unreasoned = top.post(f"{first}/objections/{objection}", data=decision | {"text": ""})
    assert unreasoned.status_code == 422
    assert 'value="2,25"' in unreasoned.text
    assert "Đã quyết định kiến nghị" in followed(top, top.post(f"{first}/objections/{objection}", data=decision))
    assert "chưa có kết quả cho bạn xem" in own.get(f"{page}/result").text
    assert own.post(f"{page}/result/documents").status_code == 404
    assert "Bản nháp" in top.get(f"{page}/result").text
    # What nobody scored is named with a link, and counts nothing only where somebody says why.
    before = top.get(f"{page}/decision").text
    assert "1 kiến nghị do chính người đã thẩm định" in before
    assert "hiện ngay cho mọi người" in before
    assert f"{sheet}/leaves/1.2" in before
    assert own.get(f"{page}/decision").status_code == 404
    refused = top.post(f"{page}/decision")
    assert refused.status_code == 422
    assert "tiêu chí chưa ai chấm ở 1 cơ quan: Sở Y tế (1.2" in refused.text
    assert "Đã quyết định" in followed(top, top.post(f"{page}/decision", data=DECIDED))
    # What was decided is frozen at once, and everybody in the round reads it.
    result = own.get(f"{page}/result").text
    assert "Bản 1, quyết định ngày" in result
    assert "được xếp hạng" in result
    assert "Năm đầu thí điểm" in result
    for public in ("C1", "C1/du-lieu.json"):
        told = own.get(f"/ket-qua/chi-so/{public}").text
        assert ("Năm đầu thí điểm" in told, "Bí Danh" in told) == (True, False)
    # What he asks for he can open and take away; the draft of the decision stays with who runs the round.
    asked_for = own.post(f"{page}/result/documents").location
    kinds, data_dir = {"index": make_index_documents}, Path(app.config["HAILONG"].data_dir)
    perform_job(session.get_bind(), UUID(asked_for[-36:]), kinds=kinds, data_dir=data_dir)  # type: ignore[arg-type]
    assert own.get(asked_for).status_code == 200
    assert own.get(f"{asked_for}/JSON").json["version"] == 1
    assert "Dự thảo quyết định" not in own.get(asked_for).text
    assert reader.get(asked_for).status_code == 404

    session.rollback()
    score = session.scalars(select(IndexScore).where(IndexScore.criterion == "1.1")).one()
    assert float(score.points or 0) == 2.25
    ledger = own.get(f"{page}/ledger").text
    assert ledger.count('<td data-label="Tên cơ quan">Sở Y tế') == 7
    assert "Chậm hai tuần" in ledger
    assert "Sở Y tế" not in sign_in("xa").get(f"{page}/ledger").text
    verbs = set(session.scalars(select(AuditEntry.verb)))
    assert {"index.planned", "index.moved", "index.self_assessed", "index.evidence_added", "index.submitted"} <= verbs
    assert {"index.reopened", "index.appraised", "index.objected", "index.objection_decided"} <= verbs


def test_who_runs_a_round_sets_days_parts_and_indicators(sign_in: SignIn, province: Province, page: str) -> None:
    top, own = sign_in("giamdoc"), sign_in("yte")
    seen = re.search(r'name="seen" value="([^"]+)"', top.get(page).text)
    assert seen is not None
    other = DAYS | {"self_assessment_until": f"{LATER:%d/%m}/{LATER.year - 1}", "seen": seen[1]}
    assert top.post(f"{page}/deadlines", data=other | {"appraisal_until": "01/01/2020"}).status_code == 422
    assert "Đã lưu hạn" in followed(top, top.post(f"{page}/deadlines", data=other))
    assert sign_in("phogiamdoc").post(f"{page}/deadlines", data=other).status_code == 409

    # An agency of a part of the year: how it is treated has to be said.
    part = f"{page}/agencies/{province.health}/part"
    seen = re.search(r'name="seen" value="([^"]+)"', top.get(part).text)
    assert seen is not None
    without = top.post(part, data={"seen": seen[1], "joined_on": "01/04/2026"})
    assert without.status_code == 422
    assert 'value="01/04/2026"' in without.text
    said = {"seen": seen[1], "joined_on": "01/04/2026", "note": "Tính trên 9 tháng"}
    assert "Tính trên 9 tháng" in followed(top, top.post(part, data=said))
    assert top.post(part, data=said).status_code == 409
    assert own.get(part).status_code == 404

    # Indicators: tried out first, every bad cell told, then kept and taken into the round.
    address = f"{page}/indicators"
    assert own.get(address).status_code == 404
    known = re.findall(r"<code>([a-z-]+)</code>", top.get(address).text)
    bad = f"agency_code,indicator,value,source\n99.01,khong-co,1,x\n99.09,{known[0]},hai,y\n"
    refused = top.post(address, data={"file": (io.BytesIO(bad.encode()), "chi-tieu.csv")})
    assert refused.status_code == 422
    assert "không có chỉ tiêu này" in refused.text
    assert "không phải số" in refused.text
    good = f"agency_code,indicator,value,source\n99.01,{known[0]},96.5%,Báo cáo năm\n"
    shown = top.post(address, data={"file": (io.BytesIO(good.encode()), "chi-tieu.csv")}).text
    lines = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    digest = re.search(r'name="digest" value="([^"]+)"', shown)
    assert lines is not None
    assert digest is not None
    kept = {"lines": lines[1].replace("&#34;", '"'), "digest": digest[1], "name": "chi-tieu.csv"}
    assert "vừa" not in shown
    assert "96,5\u00a0%" in shown
    assert ";Sở Y tế;" in top.get(f"{address}.csv").text
    assert "hãy xem lại" in top.post(f"{address}/keep", data=kept | {"digest": "0"}).text
    assert "Đã lưu 1 chỉ tiêu" in followed(top, top.post(f"{address}/keep", data=kept))
    assert "Đã đưa vào 1 điểm" in followed(top, top.post(f"{address}/take"))
    # What was ticked and typed for a survey stays when it is refused.
    refused = top.post(f"{page}/survey", data={"other_year": "y", "year_reason": "Năm nay chưa khảo sát"})
    assert (refused.status_code, "Hãy chọn một kết quả" in refused.text) == (422, True)
    assert "không chuyển sang bước đó được" in followed(top, top.post(f"{page}/move", data={"to": "nowhere"}))


def test_another_rubric_after_scoring_began_is_shown_first_and_asks_for_the_survey_again(
    sign_in: SignIn, province: Province, session: Session, page: str
) -> None:
    top, round_ = sign_in("giamdoc"), session.scalars(select(IndexRound)).one()
    write_score(session, place_of(round_, province.health, "7.3.1"), Entry(Fraction("0.9"), "survey", "R", None, START))
    session.commit()
    bonus = session.scalars(select(Rubric.id).where(Rubric.rubric == "departments-bonus")).one()
    foreseen = top.get(f"{page}/rubric", query_string={"rubric": bonus}).text
    assert "Điểm khảo sát phải đưa vào lại từ kết quả đã công bố" in foreseen
    seen = re.search(r'name="seen" value="([^"]+)"', foreseen)
    assert seen is not None
    changed = top.post(f"{page}/rubric", data={"rubric": str(bonus), "seen": seen[1]})
    assert "Đã đổi bộ tiêu chí" in followed(top, changed)
    session.rollback()
    # Nothing is erased, and the round says what is missing.
    assert session.scalars(select(IndexRound.rubric_id)).one() == bonus
    assert len(session.scalars(select(IndexScore)).all()) == 1
    assert "Bộ tiêu chí đã đổi: điểm khảo sát phải đưa vào lại" in top.get(page).text


def test_who_runs_a_round_names_it_and_lets_agencies_in_and_out_without_losing_points(
    sign_in: SignIn, province: Province, session: Session, page: str
) -> None:
    top, own = sign_in("giamdoc"), sign_in("yte")
    names, here = f"{page}/names", f"{page}/agencies"
    seen = re.search(r'name="seen" value="([^"]+)"', top.get(names).text)
    assert seen is not None
    wish = {"seen": seen[1], "name": "Kỳ khác", "name_en": "Another", "survey_is_run": "y"}
    assert top.post(names, data=wish | {"name": " "}).status_code == 422
    assert "Kỳ khác" in followed(top, top.post(names, data=wish))
    stale = sign_in("phogiamdoc").post(names, data=wish | {"name": "Của tôi"})
    assert (stale.status_code, "Của tôi" in stale.text, "Kỳ khác" in stale.text) == (409, True, True)

    # Another department came in mid-year; it is flagged, and how it is treated has to be said.
    year = session.scalars(select(IndexRound.year)).one()
    root = session.get_one(Agency, province.province)
    late = add_agency(session, code="99.77", kind="department", name="Sở Mới", valid_from=date(year, 7, 1), parent=root)
    session.commit()
    assert "Sở Mới" in top.get(here).text
    assert "Chưa chọn cơ quan nào" in top.post(here, data={"agency": str(province.commune)}).text
    told = followed(top, top.post(here, data={"agency": str(late.id)}))
    assert f"tham gia từ 01/07/{year}" in told
    assert "chưa ghi cách tính" in told

    # The health department scores, is taken out, stays readable, and comes back with its points.
    moved(top, page, "self_assessment")
    assert "lùi về bước chuẩn bị" in top.post(names, data=wish | {"seen": version_now(top, names)}).text
    first, sheet = leaf(page, province, "1.1"), f"{here}/{province.health}"
    own.post(f"{first}/claim", data={"value": "2", "text": "", "revision": "0"})
    assert own.get(f"{sheet}/removal").status_code == 404
    assert "1 tiêu chí đã có điểm" in top.get(f"{sheet}/removal").text
    assert top.post(f"{sheet}/removal", data={"reason": " "}).status_code == 422
    out = followed(top, top.post(f"{sheet}/removal", data={"reason": "Sáp nhập từ 1/8."}))
    assert "1 cơ quan đã đưa ra khỏi kỳ" in out
    assert "Sáp nhập từ 1/8." in own.get(sheet).text
    refused = own.post(f"{first}/claim", data={"value": "3", "text": "Giữ", "revision": "1"})
    assert (refused.status_code, "đã được đưa ra khỏi kỳ" in refused.text, "Giữ" in refused.text) == (422, True, True)
    assert "cơ quan cuối cùng" in top.post(f"{here}/{late.id}/removal", data={"reason": "x"}).text
    assert "Thêm lại thì điểm cũ còn nguyên" in top.get(here).text
    followed(top, top.post(here, data={"agency": str(province.health)}))
    session.rollback()
    assert float(session.scalars(select(IndexScore.points)).one() or 0) == 2

    # The ledger keeps all of it, filtered and taken away as a table in which nothing runs as a formula.
    own.post(f"{first}/claim", data={"value": "3", "text": "=HYPERLINK(1)", "revision": "1"})
    ledger = f"{page}/ledger"
    for query, lines in (
        ({}, 2), ({"criterion": "1.1"}, 2), ({"criterion": "1.2"}, 0), ({"stage": "appraisal"}, 0),
        ({"agency": str(late.id)}, 0), ({"from": f"{local_today():%d/%m/%Y}"}, 2), ({"until": "01/01/2020"}, 0),
    ):  # fmt: skip
        text = top.get(f"{ledger}.csv", query_string=query).get_data().decode("utf-8-sig")
        assert len(text.splitlines()) == 1 + lines, query
    assert "'=HYPERLINK(1)" in top.get(f"{ledger}.csv").get_data().decode("utf-8-sig")
    assert top.get(f"{ledger}.xlsx").get_data().startswith(b"PK")
    assert "không phải là ngày" in top.get(ledger, query_string={"from": "31/02/2026"}).text
    assert sign_in("xa").get(f"{ledger}.csv").get_data().decode("utf-8-sig").count("\n") == 1


def version_now(client: FlaskClient, address: str) -> str:
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(address).text)
    assert seen is not None
    return seen[1]


def test_a_decided_result_is_corrected_by_another_version_after_it_was_shown_what_changes(
    sign_in: SignIn, province: Province, session: Session, page: str
) -> None:
    top = sign_in("giamdoc")
    address = f"{page}/corrections"
    assert "chưa có quyết định" in top.get(address).text
    moved(top, page, "self_assessment", "appraisal", "objection", "decision")
    followed(top, top.post(f"{page}/decision", data=DECIDED))
    chosen = {"agency": str(province.health), "criterion": "1.1"}
    assert "Đang có 0 (chưa ai chấm)" in top.get(address, query_string=chosen).text
    documents = str(top.post(f"{page}/result/documents").location)
    assert "bản 1" in top.get(documents).text
    wish = chosen | {"value": "2,5", "text": "Bà Bí Danh nhập nhầm", "public_note": "Nhập nhầm", "revision": "0"}
    for changes, sentence in (
        ({"value": "9"}, "không nhận giá trị 9"),
        ({"value": ""}, "Chưa ghi điểm mới"),
        ({"text": " "}, "phải có lý do"),
        ({"public_note": " "}, "ghi chú công khai, không ghi tên người"),
        ({"agency": "x"}, "Hãy chọn cơ quan và tiêu chí"),
        ({"criterion": "7.3.1"}, "công bố bản sửa của"),
        ({"revision": "7"}, "vừa được người khác sửa"),
        ({"release": "x"}, "Hãy chọn một kết quả khảo sát"),
    ):
        refused = top.post(address, data=wish | changes)
        assert refused.status_code == 422, changes
        assert sentence in refused.text, changes
    shown = top.post(address, data=wish).text
    assert "Điểm của tiêu chí: – → 2,5" in shown
    assert "0 → <strong>2,5</strong>" in shown
    session.rollback()
    assert session.scalars(select(IndexScore)).all() == []
    digest = re.search(r'name="digest" value="([^"]+)"', shown)
    assert digest is not None
    assert sign_in("yte").post(f"{address}/keep", data=wish | {"digest": digest[1]}).status_code == 404
    assert top.post(f"{address}/keep", data=wish | {"digest": "0"}).status_code == 409
    result = followed(top, top.post(f"{address}/keep", data=wish | {"digest": digest[1]}))
    assert "Bản 2, quyết định ngày" in result
    assert "Sở Y tế, 1.1: – → 2,5. Nhập nhầm" in result
    assert "Bí Danh" in top.get(f"{page}/ledger").text
    for public in (result, top.get("/ket-qua/chi-so/C1").text, top.get("/ket-qua/chi-so/C1/du-lieu.json").text):
        assert "Bí Danh" not in public

    # The old one stays, and says that it no longer holds; the same correction again is refused.
    session.rollback()
    job = session.scalars(select(Job)).one()
    job.state = "done"
    session.commit()
    assert "kết quả của kỳ nay là bản 2" in top.get(documents).text
    old = sign_in("yte").get(f"{page}/result?version=1").text
    assert "không còn hiệu lực" in old
    assert "Bản 1, quyết định ngày" in old
    assert top.get(f"{page}/result?version=3").status_code == 404
    again = top.post(address, data=wish | {"revision": "1"})
    assert "chưa có gì để đính chính" in again.text
