from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from conftest import Database
from desk_fixtures import SignIn
from desk_province import YEAR, Province
from survey.findings.annual import annual_findings
from survey.jobs.annual import make_annual_documents
from survey.jobs.perform import perform_job
from survey.jobs.summaries import SUMMARY, summary_job
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.rendering.annual_tables import annual_tables
from tests.rendering.reading import missing_figures


def address(agency: UUID, year: int = YEAR - 1) -> str:
    return f"/desk/agencies/{agency}/annual/{year}"


def test_the_years_of_the_own_agency_are_listed(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get("/desk/annual").text

    assert address(province.health) in page
    assert address(province.province) not in page


def test_a_year_leads_to_the_own_agency(sign_in: SignIn, province: Province) -> None:
    assert sign_in("xem").get(f"/desk/annual/{YEAR - 1}").location == address(province.province)
    assert sign_in("khong").get(f"/desk/annual/{YEAR - 1}").location == "/desk/annual"


def test_the_summary_ranks_what_lies_right_below_and_says_every_figure_of_its_documents(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    page = sign_in("xem").get(address(province.province)).text

    assert "Xếp hạng" in page
    assert "Sở Y tế" in page
    assert "83,3\u00a0%" in page
    assert "bản nháp" in page
    found = annual_findings(session, root_id=province.province, year=YEAR - 1, today=local_today())
    tables = annual_tables(found, "vi")
    assert missing_figures(page, (tables[code] for code in tables if code not in {"points", "sample"})) == []


def test_a_running_wave_is_named_and_left_out(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xem").get(address(province.province, YEAR)).text

    assert "còn đang mở nên chưa được tính" in page
    assert "Năm này chưa có đợt khảo sát nào đã đóng" in page


def test_a_preview_with_the_running_wave_says_so(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xem").get(address(province.province, YEAR) + "?with=open").text

    assert "Bản xem trước" in page


def test_a_year_without_a_wave_says_so(sign_in: SignIn, province: Province) -> None:
    response = sign_in("xem").get(address(province.province, 1999))

    assert response.status_code == 409
    assert "1999" in response.text


@pytest.mark.parametrize("name", ["yte", "xa", "khong"])
def test_the_summary_of_others_is_not_found(sign_in: SignIn, province: Province, name: str) -> None:
    client = sign_in(name)

    assert client.get(address(province.province)).status_code == 404
    assert client.post(address(province.province) + "/documents").status_code == 404


def test_the_documents_are_made_in_the_background_and_downloaded(
    sign_in: SignIn, province: Province, session: Session, database: Database
) -> None:
    client = sign_in("xem")
    page = client.post(address(province.province) + "/documents").location
    assert client.get(page).headers["Refresh"] == "2"
    job_id = session.scalars(select(Job.id)).one()
    session.rollback()

    kinds = {"annual": make_annual_documents}
    perform_job(session.get_bind(), job_id, kinds=kinds, data_dir=database.data_dir)  # type: ignore[arg-type]

    done = client.get(page)
    assert "Refresh" not in done.headers
    for label in ("PDF", "DOCX", "XLSX", "CSV", "CSV Excel Việt Nam", "JSON"):
        assert label in done.text
        assert client.get(f"{page}/{label}").status_code == 200
    assert client.get(f"{page}/PDF").data.startswith(b"%PDF")
    assert "Tổng hợp năm" in client.get("/desk/jobs").text


@pytest.mark.parametrize("of", ["year", "wave"])
def test_a_summary_of_many_agencies_is_made_by_the_worker_and_then_shown_as_any_other(
    sign_in: SignIn, province: Province, session: Session, database: Database, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    client = sign_in("xem")
    page = address(province.province)
    if of == "wave":
        closed = session.scalars(select(Wave.id).where(Wave.state == "closed")).first()
        page = f"/desk/agencies/{province.province}/waves/{closed}/summary"
        session.rollback()
    at_once = client.get(page).text
    monkeypatch.setattr("survey.desk.summaries.FEW", 0)

    waiting = [client.get(page) for _ in range(2)]

    assert [(one.headers["Refresh"], "Trang tự cập nhật" in one.text) for one in waiting] == [("2", True)] * 2
    (job_id,) = session.scalars(select(Job.id)).all()
    session.rollback()
    kinds = {SUMMARY: summary_job(database.data_dir)}
    perform_job(session.get_bind(), job_id, kinds=kinds, data_dir=database.data_dir)  # type: ignore[arg-type]
    made = client.get(page)
    assert "Refresh" not in made.headers
    assert without_tokens(made.text) == without_tokens(at_once)
    # What is set meanwhile makes another one necessary; a worker that does not answer is not waited for.
    session.execute(update(Wave).values(name=Wave.name + "!"))
    session.commit()
    assert "Refresh" in client.get(page).headers
    monkeypatch.setattr("survey.desk.summaries.PATIENCE", timedelta(0))
    assert "Refresh" not in client.get(page).headers


def without_tokens(page: str) -> str:
    return re.sub(r'(value|nonce)="[^"]*"', "", page)


def test_the_documents_are_of_the_form_that_the_page_told_of(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("xem")
    page = client.get(address(province.province) + "?form=counter/2026").text
    assert "Phiếu hỏi: counter/2026." in page
    documents = f"{address(province.province)}/documents?form=counter/2026"
    assert f'action="{documents}"' in page
    job = client.post(documents).location
    assert session.scalars(select(Job.arguments)).one()["form"] == "counter/2026"
    assert "(counter/2026)" in client.get(job).text
    assert client.get(address(province.province) + "?form=gone/1").status_code == 409


def test_a_job_belongs_to_who_asked_for_it(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xem").post(address(province.province) + "/documents").location
    other = sign_in("giamdoc")

    assert other.get(page).status_code == 404
    assert other.get(f"{page}/PDF").status_code == 404
    assert other.post(f"{page}/cancel").status_code == 404


def test_a_job_can_be_stopped(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xem")
    page = client.post(address(province.province) + "/documents").location

    client.post(f"{page}/cancel")

    assert "đã dừng" in client.get(page).text


def test_asking_twice_leads_to_the_same_job(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xem")
    ask = address(province.province) + "/documents"

    assert client.post(ask).location == client.post(ask).location


def test_jobs_and_files_that_do_not_exist_are_not_found(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xem")
    page = client.post(address(province.province) + "/documents").location

    assert client.get(f"/desk/jobs/{uuid4()}").status_code == 404
    assert client.get("/desk/jobs/x").status_code == 404
    assert client.get(f"{page}/PDF").status_code == 404
    assert client.get(f"{page}/..%2Fsecret.key").status_code == 404


def test_without_a_job_the_list_says_where_they_come_from(sign_in: SignIn) -> None:
    assert "Chưa có tài liệu nào" in sign_in("xem").get("/desk/jobs").text
