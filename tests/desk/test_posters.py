"""Posters on the desk: of one counter, of those chosen, of all; codes given anew and retired; what hangs too long."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import flask
import pypdfium2
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.db import db
from survey.desk import posters as desk_posters
from survey.jobs.perform import perform_job
from survey.jobs.posters import POSTERS, poster_job
from survey.models.accounts import Grant
from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.services.agencies import add_service_point


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(BytesIO(pdf)))


def add_counters(session: Session, province: Province, *names: str) -> list[ServicePoint]:
    commune = session.get_one(Agency, province.commune)
    added = [add_service_point(session, agency=commune, name=name, today=local_today()) for name in names]
    session.commit()
    return added


def codes_of(session: Session, province: Province) -> list[ServicePointCode]:
    session.rollback()
    return list(session.get_one(ServicePoint, province.counter).codes)


def verbs(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position.desc()).limit(3)))


def test_the_counters_chosen_are_one_file_and_kept_as_printed(
    session: Session, sign_in: SignIn, province: Province
) -> None:
    second, _ = add_counters(session, province, "Quầy số 2", "Quầy số 3")
    form = {"which": "marked", "counter": [str(province.counter), str(second.id)], "size": "A5", "second": "vi"}

    response = sign_in("xa").post(f"/desk/agencies/{province.commune}/posters", data=form)

    words = text_of(response.data)
    assert "Quầy số 1" in words
    assert "Quầy số 2" in words
    assert "Quầy số 3" not in words
    assert "Scan the code" not in words
    assert codes_of(session, province)[0].printed_on == local_today()
    assert verbs(session)[0] == "document.downloaded"


def test_all_means_all_that_the_search_found(session: Session, sign_in: SignIn, province: Province) -> None:
    add_counters(session, province, "Quầy Đất đai", "Quầy Hộ tịch")

    response = sign_in("xa").post(
        f"/desk/agencies/{province.commune}/posters?search=dat", data={"which": "all", "size": "sticker"}
    )

    assert "Đất đai" in text_of(response.data)
    assert "Hộ tịch" not in text_of(response.data)
    assert "How were you served today?" in text_of(response.data)


def test_a_counter_of_elsewhere_is_not_printed(sign_in: SignIn, province: Province) -> None:
    form = {"which": "marked", "counter": [str(province.counter)]}

    response = sign_in("yte").post(f"/desk/agencies/{province.health}/posters", data=form)

    assert response.status_code == 303


def test_nothing_chosen_is_a_sentence_and_the_search_stays(sign_in: SignIn, province: Province) -> None:
    client = sign_in("xa")

    response = client.post(f"/desk/agencies/{province.commune}/posters?search=quay", data={"which": "marked"})

    assert response.location == f"/desk/agencies/{province.commune}/counters?search=quay"
    assert "Chưa chọn quầy nào" in client.get(response.location).text


def test_many_counters_are_a_job_with_progress_whose_download_is_kept(
    app: flask.Flask, session: Session, sign_in: SignIn, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_posters, "MOST_AT_ONCE", 2)
    add_counters(session, province, "Quầy số 2", "Quầy số 3")
    client = sign_in("xa")

    response = client.post(f"/desk/agencies/{province.commune}/posters", data={"which": "all", "size": "sticker"})

    job = session.scalars(select(Job).where(Job.kind == POSTERS)).one()
    assert response.location == f"/desk/jobs/{job.id}"
    data_dir = app.config["HAILONG"].data_dir
    with app.app_context():
        kinds = {POSTERS: poster_job(public_url="https://a.gov.vn", data_dir=data_dir)}
        perform_job(db.engine, job.id, kinds=kinds, data_dir=data_dir)
    session.rollback()
    session.refresh(job)
    assert (job.state, job.done) == ("done", job.total)
    assert codes_of(session, province)[0].printed_on is None
    assert "Áp phích 3 quầy, tem dán" in client.get(f"/desk/jobs/{job.id}").text
    assert "Quầy số 3" in text_of(client.get(f"/desk/jobs/{job.id}/PDF").data)
    assert codes_of(session, province)[0].printed_on == local_today()


def test_a_new_code_leaves_the_old_one_working_until_it_is_retired(
    app: flask.Flask, session: Session, sign_in: SignIn, province: Province
) -> None:
    client, page = sign_in("xa"), f"/desk/agencies/{province.commune}/counters/{province.counter}/codes"
    (old,) = [code.code for code in codes_of(session, province)]

    assert "Cấp mã mới cho quầy này?" in client.get(f"{page}/new").text
    client.post(f"{page}/new", data={"instead_of": old})
    client.post(f"{page}/new", data={"instead_of": old})

    new, kept = codes_of(session, province)
    assert (kept.code, kept.replaced_on, kept.retired_on) == (old, local_today(), None)
    assert new.code in client.get(page).text
    assert "mã đã được thay" in client.get(f"/desk/agencies/{province.commune}/hanging-posters").text
    citizens = app.test_client()
    assert citizens.get(f"/Q/{old}").status_code == citizens.get(f"/Q/{new.code}").status_code == 200
    assert verbs(session)[0] == "counter.code_issued"

    assert client.post(f"{page}/{new.code}/retire").status_code == 409
    assert "Ngừng mã" in client.get(f"{page}/{old}/retire").text
    client.post(f"{page}/{old}/retire")

    assert citizens.get(f"/Q/{old}").status_code == 410
    assert citizens.get(f"/Q/{new.code}").status_code == 200
    assert verbs(session)[0] == "counter.code_retired"
    hanging = client.get(f"/desk/agencies/{province.commune}/hanging-posters").text
    assert "Không có áp phích nào treo quá lâu" in hanging


def test_a_viewer_sees_codes_and_gives_none(sign_in: SignIn, province: Province) -> None:
    client, page = sign_in("xem"), f"/desk/agencies/{province.commune}/counters/{province.counter}/codes"

    assert "Cấp mã mới…" not in client.get(page).text
    assert client.get(f"{page}/new").status_code == 404
    assert client.post(f"{page}/new").status_code == 404


@pytest.mark.parametrize("page", ["codes", "codes/new", "codes/AAAAAAAAA/retire"])
def test_a_counter_that_is_not_there_is_not_found(sign_in: SignIn, province: Province, page: str) -> None:
    client = sign_in("yte")

    assert client.get(f"/desk/agencies/{province.health}/counters/{province.counter}/{page}").status_code == 404
    assert client.get(f"/desk/agencies/{province.health}/counters/{uuid4()}/{page}").status_code == 404


def test_a_poster_printed_long_ago_is_told_of_until_it_is_printed_again(
    session: Session, sign_in: SignIn, province: Province
) -> None:
    (code,) = codes_of(session, province)
    code.issued_on, code.printed_on = date(2015, 1, 1), local_today() - timedelta(days=731)
    session.commit()
    viewer, page = sign_in("xem"), f"/desk/agencies/{province.province}/hanging-posters"
    poster = f"/desk/agencies/{province.commune}/posters-A4.pdf?counter={province.counter}"

    assert "in lần cuối ngày" in viewer.get(page).text
    assert "(1)" in viewer.get(f"/desk/agencies/{province.province}/counters").text
    assert viewer.get(poster).mimetype == "application/pdf"
    assert "in lần cuối ngày" in viewer.get(page).text
    sign_in("xa").get(poster)

    assert "Không có áp phích nào treo quá lâu" in viewer.get(page).text


@pytest.mark.parametrize("reader", ["xem", "kiemtra"])
def test_who_only_reads_may_look_at_a_poster_and_changes_nothing(
    session: Session, sign_in: SignIn, province: Province, reader: str
) -> None:
    client, agency = sign_in(reader), f"/desk/agencies/{province.commune}"

    assert "Quầy số 1" in text_of(client.get(f"{agency}/posters-A4.pdf").data)
    assert codes_of(session, province)[0].printed_on is None

    page = client.get(f"{agency}/counters").text
    assert "posters-A5.pdf" in page
    assert 'name="which"' not in page
    assert 'name="counter"' not in page
    assert client.post(f"{agency}/posters", data={"which": "all"}).status_code == 404
    assert "Lập tệp PDF" in sign_in("xa").get(f"{agency}/counters").text


def test_a_file_made_for_who_manages_no_longer_marks_nothing(
    app: flask.Flask, session: Session, sign_in: SignIn, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_posters, "MOST_AT_ONCE", 0)
    client, data_dir = sign_in("xa"), app.config["HAILONG"].data_dir
    client.post(f"/desk/agencies/{province.commune}/posters", data={"which": "all", "size": "sticker"})
    job = session.scalars(select(Job).where(Job.kind == POSTERS)).one()
    with app.app_context():
        kinds = {POSTERS: poster_job(public_url="https://a.gov.vn", data_dir=data_dir)}
        perform_job(db.engine, job.id, kinds=kinds, data_dir=data_dir)
    session.rollback()
    session.execute(update(Grant).where(Grant.official_id == job.official_id).values(role="auditor"))
    session.commit()

    assert client.get(f"/desk/jobs/{job.id}/PDF").status_code == 200
    assert codes_of(session, province)[0].printed_on is None
