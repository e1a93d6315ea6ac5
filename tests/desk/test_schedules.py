from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.jobs import Job, ReportSchedule
from survey.services.jobs import fail_job, request_job

NOW = datetime.now(tz=UTC)


def test_an_official_orders_reports_for_what_he_reads(sign_in: SignIn, province: Province, session: Session) -> None:
    client = sign_in("yte")
    page = f"/desk/agencies/{province.health}/schedules"

    assert "Bạn chưa đặt lịch báo cáo nào" in client.get("/desk/jobs").text
    assert client.post(page, data={"every": ["month", "year"]}).status_code == 303
    assert "mỗi tháng" in client.get("/desk/jobs").text
    assert client.get(page).text.count(" checked") == 2
    assert client.post(page, data={"every": ["year"]}).status_code == 303
    assert sign_in("xa").post(page, data={"every": ["year"]}).status_code == 404

    session.rollback()
    assert list(session.scalars(select(ReportSchedule.every))) == ["year"]
    assert (
        list(session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "schedule.set"))) == ["schedule.set"] * 2
    )


def test_what_failed_is_told_and_made_again(sign_in: SignIn, province: Province, session: Session) -> None:
    asked = {"root_id": str(province.province), "year": 2025, "language": "vi", "form": None}
    of = {"official_id": province.director, "agency_id": province.province}
    job = request_job(session, kind="annual", arguments=asked, now=NOW - timedelta(hours=1), **of)
    number = job.id
    session.commit()
    client = sign_in("giamdoc")

    assert "Chương trình nền chưa nhận việc này" in client.get(f"/desk/jobs/{number}").text
    session.rollback()
    fail_job(session, number, message="Ổ đĩa đã đầy.", now=NOW)
    session.commit()
    assert "tài liệu mới xong" in client.get("/desk/waves").text
    listed = client.get("/desk/jobs?q=tổng").text
    assert "mới</strong>" in listed
    assert f'<td data-label="Cơ quan">{session.get_one(Agency, province.province).name}</td>' in listed
    session.rollback()
    assert "Ổ đĩa đã đầy." in client.get(f"/desk/jobs/{number}").text
    assert "tài liệu mới xong" not in client.get("/desk/waves").text
    assert sign_in("phogiamdoc").post(f"/desk/jobs/{number}/retry").status_code == 404
    assert client.post(f"/desk/jobs/{number}/retry").status_code == 303
    session.rollback()
    assert session.get_one(Job, number).state == "waiting"
