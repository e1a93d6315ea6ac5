"""Three officials release a wave and a year on the desk; every version stays, and nobody takes two steps."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn, release_wave_on_desk
from desk_province import YEAR, Province
from survey.models.audit import AuditEntry
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.models.releases import AnnualRelease, WaveRelease


def verbs(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position)))


def test_three_people_release_a_wave(sign_in: SignIn, province: Province, session: Session) -> None:
    director, deputy, office = sign_in("giamdoc"), sign_in("phogiamdoc"), sign_in("vanphong")
    page = director.post(f"/desk/waves/{province.closed}/draft").location

    assert "Người đề nghị không tự soát xét" in director.get(page).text
    assert director.post(f"{page}/review").status_code == 409
    assert office.post(f"{page}/publish").status_code == 409
    assert sign_in("xem").get(page).status_code == 200
    assert sign_in("xem").post(f"{page}/review").status_code == 404
    seen = {"seen": "draft--"}
    assert deputy.post(f"{page}/review", data=seen).status_code == 302
    assert "vừa xử lý bản này" in office.post(f"{page}/review", data=seen, follow_redirects=True).text
    assert "không tự công bố" in deputy.get(page).text
    assert deputy.post(f"{page}/publish").status_code == 409
    asked = office.get(f"{page}/publish").text
    assert "Ai cũng xem được ngay kết quả của Tỉnh Sông Mây" in asked
    assert "<button" not in director.get(f"{page}/publish").text.partition("<h1>")[2]
    assert "đang được niêm phong" in office.post(f"{page}/publish", follow_redirects=True).text

    session.rollback()
    release = session.scalars(select(WaveRelease)).one()
    signers = (release.drafted_by, release.reviewed_by, release.released_by)
    assert signers == (province.director, province.deputy, province.office)
    assert session.scalars(select(Job.arguments).where(Job.kind == "release")).one() == {"release_id": str(release.id)}
    assert "đã công bố" in director.get(f"/desk/waves/{province.closed}").text
    health = director.get(f"/desk/agencies/{province.health}/waves/{province.closed}").text
    assert "bản nháp" not in health


def test_a_correction_waits_beside_what_is_public_and_says_why(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    first = release_wave_on_desk(sign_in, province.closed)
    director = sign_in("giamdoc")

    refused = director.post(f"/desk/waves/{province.closed}/draft", data={"note": " "})
    assert (refused.status_code, "khác gì, vì sao" in refused.text) == (409, True)
    second = director.post(f"/desk/waves/{province.closed}/draft", data={"note": "Sửa N của <Sở Y tế>"}).location
    assert "đã công bố" in director.get(f"/desk/waves/{province.closed}").text
    back = sign_in("phogiamdoc").post(f"{second}/send-back", data={"asked_for": "Ghi rõ N cũ"}, follow_redirects=True)
    assert "Ghi rõ N cũ" in back.text
    assert "Sửa N của &lt;Sở Y tế&gt;" in back.text
    assert sign_in("phogiamdoc").post(f"{second}/drop").status_code == 404
    assert director.post(f"{second}/drop").status_code == 303
    # Whoever was asked about it meanwhile releases nothing, also when it is proposed anew.
    assert sign_in("vanphong").post(f"{second}/publish").status_code == 404
    assert [row.version for row in session.scalars(select(WaveRelease))] == [1]
    release_wave_on_desk(sign_in, province.closed, note="Bản sửa")
    assert "đã có bản sửa" in director.get(first).text
    told = [verb for verb in verbs(session) if verb.startswith("wave.release")]
    steps = ["wave.release_drafted", "wave.release_reviewed", "wave.released"]
    dropped = ["wave.release_drafted", "wave.release_sent_back", "wave.release_dropped"]
    assert told == [*steps, *dropped, *steps]


def test_nothing_is_reviewed_while_late_answers_may_come(sign_in: SignIn, province: Province, session: Session) -> None:
    session.get_one(Wave, province.closed).closed_on = local_today() - timedelta(days=6)
    session.commit()
    said = sign_in("giamdoc").post(f"/desk/waves/{province.closed}/draft", follow_redirects=True)
    page, deputy = said.request.path, sign_in("phogiamdoc")

    first = f"soát xét và công bố được từ ngày {local_today() + timedelta(days=4):%d/%m/%Y}"
    assert said.text.lower().count(first) == 2
    assert f"{local_today() + timedelta(days=4):%d/%m/%Y}" in deputy.get(f"/desk/waves/{province.closed}").text
    assert "soát xét và công bố được từ ngày" in deputy.get(page).text
    assert deputy.post(f"{page}/review").status_code == 409


def test_a_year_is_released_after_its_waves(sign_in: SignIn, province: Province, session: Session) -> None:
    director = sign_in("giamdoc")
    address = f"/desk/agencies/{province.province}/annual/{YEAR - 1}"
    early = director.post(f"{address}/draft")
    assert (early.status_code, "chưa công bố; hãy công bố trước" in early.text) == (409, True)
    release_wave_on_desk(sign_in, province.closed)
    assert "Đề nghị công bố…" in director.get(address).text
    page = director.post(f"{address}/draft").location
    assert sign_in("phogiamdoc").post(f"{page}/review").status_code == 302
    assert sign_in("vanphong").post(f"{page}/publish").status_code == 302

    session.rollback()
    release = session.scalars(select(AnnualRelease)).one()
    assert (release.agency_id, release.year, release.form, release.version) == (
        province.province,
        YEAR - 1,
        "counter/2026",
        1,
    )
    assert verbs(session)[-3:] == ["annual.release_drafted", "annual.release_reviewed", "annual.released"]
    listed = sign_in("xem").get(f"/desk/agencies/{province.province}/releases").text
    assert f"Năm {YEAR - 1}, bản 1" in listed
    assert "Chưa có bản tổng hợp năm" in sign_in("yte").get(f"/desk/agencies/{province.health}/releases").text
