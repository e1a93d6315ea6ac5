from __future__ import annotations

import io
import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import START, YEAR, Province, add_answers, add_official
from survey.models.agencies import Agency, ServicePoint
from survey.models.audit import AuditEntry
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint, WaveTarget
from survey.models.identifiers import local_today
from survey.models.releases import WaveRelease
from survey.models.responses import Exclusion
from survey.services.agencies import add_service_point
from survey.services.fold import fold
from survey.services.waves import close_wave


def plan_of(client: FlaskClient, agency: UUID, **changes: str) -> dict[str, str]:
    """Return the form of a new wave as the page suggests it, changed."""
    page = client.get(f"/desk/agencies/{agency}/waves/new").text
    chosen = {
        name: re.findall(rf'<select[^>]*name="{name}".*?value="([^"]+)"', page, re.DOTALL)[0]
        for name in ("sample_kind", "questionnaire_edition", "method_edition")
    }
    days = {"opens_on": f"{YEAR}-01-01", "closes_on": f"31/12/{YEAR}"}
    return {"code": "moi", "name": "Đợt mới", "name_en": "", "index_year": str(YEAR), **days, **chosen, **changes}


def wave_of(session: Session, code: str) -> Wave:
    session.rollback()
    return session.scalars(select(Wave).where(Wave.code == code)).one()


def last_verb(session: Session) -> str:
    session.rollback()
    return session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position.desc())).first() or ""


def seen_on(client: FlaskClient, path: str) -> str:
    return re.findall(r'name="seen" value="([0-9a-f]+)"', client.get(path).text)[0]


def test_a_wave_is_made_and_waits_to_be_opened(sign_in: SignIn, province: Province, session: Session) -> None:
    client = sign_in("giamdoc")
    assert "Tỉnh Sông Mây" in client.get("/desk/waves/new").text

    response = client.post(f"/desk/agencies/{province.province}/waves/new", data=plan_of(client, province.province))

    wave = wave_of(session, "moi")
    assert response.status_code == 303
    assert (wave.state, wave.closes_on, wave.sample_kind) == ("planned", date(YEAR, 12, 31), "self_selected")
    assert last_verb(session) == "wave.planned"
    assert "Chưa quầy nào phát phiếu" in client.get(response.location).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": f"quay-{YEAR}"}, "đã dùng; hãy chọn mã khác"),
        ({"closes_on": f"{YEAR - 1}-12-31"}, "đứng trước ngày bắt đầu"),
        ({"closes_on": "cuối năm"}, "không phải là ngày; hãy ghi như 31/12/2026"),
        ({"name": ""}, "Ô này còn trống"),
        ({"index_year": "26"}, "bốn chữ số"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    sign_in: SignIn, province: Province, changes: dict[str, str], sentence: str
) -> None:
    client = sign_in("giamdoc")
    typed = plan_of(client, province.province, name_en="My own words", **changes)

    response = client.post(f"/desk/agencies/{province.province}/waves/new", data=typed)

    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="My own words"' in response.text


def test_a_department_makes_waves_of_its_own_but_does_not_release_them(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("yte")
    assert client.get(f"/desk/agencies/{province.commune}/waves/new").status_code == 404
    client.post(f"/desk/agencies/{province.health}/waves/new", data=plan_of(client, province.health))
    wave = wave_of(session, "moi")
    wave.state, wave.closed_on = "closed", local_today() - timedelta(days=30)
    session.commit()

    response = client.post(f"/desk/waves/{wave.id}/draft")
    assert response.status_code == 302
    session.rollback()
    for name in ("yte2", "yte3"):
        add_official(session, name, session.get_one(Agency, province.health), "survey_manager")
    session.commit()
    page = response.location
    assert sign_in("yte2").post(f"{page}/review").status_code == 302
    assert sign_in("yte3").post(f"{page}/publish").status_code == 404
    assert "do cấp trên của Sở Y tế công bố" in sign_in("yte3").get(page).text
    assert sign_in("giamdoc").post(f"{page}/publish").status_code == 302
    session.rollback()
    assert session.scalars(select(WaveRelease.released_by)).one() == province.director


def test_before_it_opens_everything_can_change_and_afterwards_only_its_names(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("giamdoc")
    client.post(f"/desk/agencies/{province.province}/waves/new", data=plan_of(client, province.province))
    wave = wave_of(session, "moi").id

    changed = plan_of(client, province.province, name="Tên khác", opens_on=f"{YEAR}-02-01")
    assert client.post(f"/desk/waves/{wave}/edit", data=changed).status_code == 303
    assert wave_of(session, "moi").opens_on == date(YEAR, 2, 1)
    assert last_verb(session) == "wave.changed"
    sent = {"name": "Tên mới", "opens_on": f"{YEAR}-03-01"}
    assert client.post(f"/desk/waves/{province.open}/edit", data=sent).status_code == 303
    opened = wave_of(session, f"quay-{YEAR}")
    assert (opened.name, opened.opens_on) == ("Tên mới", date(YEAR, 1, 1))


def test_the_second_of_two_officials_is_told_and_loses_nothing(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    first, second = sign_in("giamdoc"), sign_in("phogiamdoc")
    page, edit = f"/desk/waves/{province.open}", f"/desk/waves/{province.open}/edit"
    old = seen_on(second, page)
    first.post(f"{page}/pause")

    answer = second.post(f"{page}/close", data={"seen": old}, follow_redirects=True)
    assert "Cán bộ giamdoc vừa thay đổi đợt này" in answer.text
    assert wave_of(session, f"quay-{YEAR}").state == "paused"

    old = seen_on(second, edit)
    first.post(edit, data={"name": "Tên của người thứ nhất"})
    answer = second.post(edit, data={"name": "Tên của người thứ hai", "seen": old})
    assert "Cán bộ giamdoc vừa thay đổi" in answer.text
    assert 'value="Tên của người thứ hai"' in answer.text
    assert wave_of(session, f"quay-{YEAR}").name == "Tên của người thứ nhất"
    again = re.findall(r'name="seen" value="([0-9a-f]+)"', answer.text)[0]
    assert second.post(edit, data={"name": "Tên của người thứ hai", "seen": again}).status_code == 303
    assert wave_of(session, f"quay-{YEAR}").name == "Tên của người thứ hai"


def test_a_clash_of_counters_is_named_with_both_remedies(sign_in: SignIn, province: Province, session: Session) -> None:
    add_service_point(session, agency=session.get_one(Agency, province.health), name="Quầy y tế", today=START)
    session.commit()
    client = sign_in("giamdoc")
    client.post(f"/desk/agencies/{province.province}/waves/new", data=plan_of(client, province.province))
    wave = wave_of(session, "moi").id

    page = client.get(f"/desk/waves/{wave}/opening").text
    assert "Quầy số 1, Xã Đông Hà" in page
    assert f"(quay-{YEAR})" in page
    assert "Đóng đợt đang chiếm quầy" in page
    assert client.post(f"/desk/waves/{wave}/open").status_code == 409
    assert client.post(f"/desk/waves/{wave}/leave-out-busy").status_code == 303
    assert client.post(f"/desk/waves/{wave}/open").status_code == 302
    assert wave_of(session, "moi").state == "open"


def test_counters_are_left_out_by_search_and_join_again_by_tick(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    for number in range(3):
        add_service_point(session, agency=session.get_one(Agency, province.health), name=f"Quầy {number}", today=START)
    session.commit()
    client = sign_in("giamdoc")
    client.post(f"/desk/agencies/{province.province}/waves/new", data=plan_of(client, province.province))
    wave = wave_of(session, "moi").id
    path = f"/desk/waves/{wave}/counters"
    assert "4 trên 4 quầy tham gia" in client.get(path).text

    client.post(path, data={"act": "leave-out-found", "search": "so y te"})
    assert "1 trên 4 quầy tham gia" in client.get(path).text
    tick = session.scalars(select(ServicePoint.id).where(ServicePoint.name == "Quầy 2")).one()
    client.post(path, data={"act": "join", "counter": str(tick)})
    session.rollback()
    chosen = session.scalars(select(WaveServicePoint.service_point_id).where(WaveServicePoint.wave_id == wave))
    assert set(chosen) == {province.counter, tick}

    everything = client.post(path, data={"act": "leave-out-found"})
    assert everything.status_code == 409
    assert "cần ít nhất một quầy" in everything.text
    nothing = client.post(path, data={"act": "join"}, follow_redirects=True)
    assert "Chưa chọn quầy nào" in nothing.text


def test_who_reads_sees_his_counters_and_changes_none(sign_in: SignIn, province: Province) -> None:
    path = f"/desk/waves/{province.open}/counters"

    assert "Quầy số 1" in sign_in("xa").get(path).text
    assert "Quầy số 1" not in sign_in("yte").get(path).text
    assert sign_in("xa").post(path, data={"act": "leave-out-found"}).status_code == 404


def test_an_extension_says_what_it_means_and_never_reaches_into_the_past(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client, path = sign_in("giamdoc"), f"/desk/waves/{province.open}/extension"
    assert f"31/12/{YEAR}" in client.get(path).text

    refused = client.post(path, data={"closes_on": f"{YEAR}-01-05"})
    assert refused.status_code == 422
    assert 'value="' in refused.text
    assert client.post(path, data={"closes_on": f"31/01/{YEAR + 1}"}).status_code == 303
    assert wave_of(session, f"quay-{YEAR}").closes_on == date(YEAR + 1, 1, 31)
    assert last_verb(session) == "wave.extended"


def test_a_target_is_set_in_points_and_percent(sign_in: SignIn, province: Province, session: Session) -> None:
    client, path = sign_in("giamdoc"), f"/desk/waves/{province.open}/target"
    assert 'value="5"' in client.get(path).text

    assert client.post(path, data={"margin": "500", "design_effect": "1", "participation": "20"}).status_code == 422
    assert client.post(path, data={"margin": "4,5", "design_effect": "1.5", "participation": "20 %"}).status_code == 303

    session.rollback()
    target = session.get_one(WaveTarget, province.open)
    assert (target.margin, target.design_effect, target.participation) == (0.045, 1.5, 0.2)
    assert last_verb(session) == "wave.target_set"
    usual = {"margin": "5", "design_effect": "1", "participation": "20"}
    assert client.post(f"/desk/waves/{province.closed}/target", data=usual).status_code == 422


def test_the_gauge_shows_the_subtree_and_the_silent_counters(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    session.get_one(Wave, province.open).opens_on = local_today() - timedelta(days=30)
    session.get_one(Wave, province.open).closes_on = local_today() + timedelta(days=30)
    session.commit()
    sign_in("giamdoc").post(
        f"/desk/waves/{province.open}/target", data={"margin": "5", "design_effect": "1", "participation": "20"}
    )

    whole = sign_in("giamdoc").get(f"/desk/waves/{province.open}/gauge").text
    own = sign_in("xa").get(f"/desk/waves/{province.open}/gauge").text
    other = sign_in("yte").get(f"/desk/waves/{province.open}/gauge").text

    assert "0 / 385" in whole
    assert "không có phiếu nào trong 7 ngày qua" in whole
    assert "Xã Đông Hà" in own
    assert "Xã Đông Hà" not in other
    assert "Quầy số 1" not in other
    closed = sign_in("giamdoc").get(f"/desk/waves/{province.closed}/gauge?search=y+te").text
    assert "12 phiếu / 48 hồ sơ" in closed
    assert "25,0" in closed


def test_n_is_imported_after_it_was_shown_and_only_from_above(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    path = f"/desk/waves/{province.closed}/population"
    content = f"Mã cơ quan;Tháng;Số hồ sơ\n99.01;06/{YEAR - 1};50\n99.01;07/{YEAR - 1};7\n".encode()

    def send(client: FlaskClient) -> str:
        return client.post(path, data={"file": (io.BytesIO(content), "n.csv")}).text

    client = sign_in("giamdoc")
    page = send(client)
    assert "Thêm 1, sửa 1, giữ nguyên 0; 0 ô sai" in page
    lines = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[0]
    digest = re.findall(r'name="digest" value="([0-9a-f]+)"', page)[0]
    assert session.scalars(select(PopulationSize.transactions)).all() == [48]
    session.rollback()

    stale = client.post(f"{path}/keep", data={"lines": lines, "digest": "0" * 16, "name": "n.csv"})
    assert "Từ lúc kiểm tra đã có thay đổi" in stale.text
    kept = client.post(f"{path}/keep", data={"lines": lines, "digest": digest, "name": "n.csv"})
    assert kept.status_code == 303
    assert sorted(session.scalars(select(PopulationSize.transactions))) == [7, 50]
    assert last_verb(session) == "population.imported"

    assert "N do cấp trên của cơ quan ghi" in send(sign_in("yte"))
    assert sign_in("xem").get(path).status_code == 404
    nothing = client.post(path, data={})
    assert (nothing.status_code, "Chưa chọn tệp nào" in nothing.text) == (422, True)


def test_answers_are_excluded_from_above_after_they_were_counted(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    path = f"/desk/agencies/{province.health}/waves/{province.closed}/exclusions"
    sent = {"rule": "test", "counter": "", "first_day": f"{YEAR - 1}-06-01", "last_day": f"30/06/{YEAR - 1}",
            "reason": "Thử máy"}  # fmt: skip
    client = sign_in("giamdoc")

    counted = client.post(path, data=sent)
    assert "Sẽ loại 12 phiếu" in counted.text
    assert session.scalars(select(Exclusion)).all() == []
    session.rollback()
    assert client.post(path, data={**sent, "shown": "12"}).status_code == 303
    assert len(session.scalars(select(Exclusion)).all()) == 12
    assert last_verb(session) == "answers.excluded"
    assert "Thử máy" in client.get(path).text
    assert "Không có phiếu nào như vậy" in client.post(path, data=sent).text

    unbounded = client.post(path, data={**sent, "first_day": "", "last_day": ""})
    assert unbounded.status_code == 422
    assert "hãy chọn quầy hoặc cả hai ngày" in unbounded.text
    assert sign_in("yte").get(path).status_code == 404


def test_of_many_counters_the_exclusion_offers_those_searched_for_and_keeps_what_was_typed(
    sign_in: SignIn, province: Province, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.desk.exclusions.MOST_OFFERED", 1)
    root = session.get_one(Agency, province.province)
    health = session.get_one(Agency, province.health)
    add_service_point(session, agency=health, name="Quầy Yên Lạc", today=local_today())
    add_service_point(session, agency=health, name="Quầy Tây Ích", today=local_today())
    session.commit()
    client = sign_in("giamdoc")
    path = f"/desk/agencies/{root.id}/waves/{province.closed}/exclusions"

    found = client.post(path, data={"act": "find", "search": "yen lac", "rule": "test", "reason": "Thử máy"}).text

    assert "Quầy Yên Lạc" not in client.get(path).text
    assert "hãy gõ thêm để thu hẹp" in client.get(path).text
    assert "Quầy Yên Lạc" in found
    assert "Quầy Tây Ích" not in found
    assert 'value="Thử máy"' in found
    assert "Ô này còn trống" not in found


def test_a_wave_past_its_last_day_says_that_counters_hand_out_nothing(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    session.get_one(Wave, province.open).closes_on = local_today() - timedelta(days=1)
    session.commit()

    page = sign_in("giamdoc").get(f"/desk/waves/{province.open}").text

    assert "dù đợt chưa được đóng" in page


def test_a_year_says_why_it_is_not_compared(sign_in: SignIn, province: Province, session: Session) -> None:
    wave = session.get_one(Wave, province.open)
    add_answers(session, wave, session.get_one(Agency, province.health), satisfied=30, dissatisfied=0)
    fold(session, until=local_today())
    session.commit()
    path = f"/desk/agencies/{province.province}/annual/{YEAR}"

    preview = sign_in("giamdoc").get(f"{path}?with=open").text
    # So long ago that no late answer is waited for any more.
    close_wave(session, session.get_one(Wave, province.open), today=local_today() - timedelta(days=10))
    earlier = session.get_one(Wave, province.closed)
    earlier.state, earlier.closed_on = "paused", None
    session.commit()
    after_closing = sign_in("giamdoc").get(path).text

    assert "so sánh khi đợt năm nay đã đóng" in preview
    assert "đợt năm trước chưa đóng" in after_closing
    assert "chưa có kỳ trước" not in preview + after_closing


def test_a_new_wave_suggests_a_free_code_and_the_questionnaire_used_last_and_its_opening_names_it(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    client = sign_in("giamdoc")
    page = client.get(f"/desk/agencies/{province.province}/waves/new").text
    chosen = re.findall(r'<option selected value="([^"]+)">([^<]+)</option>', page)
    asked, title = next((value, words) for value, words in chosen if "(counter/" in words)
    assert title.endswith("(counter/2026)")
    assert f'value="99-{YEAR}"' in page
    data = plan_of(client, province.province, code=f"99-{YEAR}")
    client.post(f"/desk/agencies/{province.province}/waves/new", data=data)
    again = client.get(f"/desk/agencies/{province.province}/waves/new").text
    assert f'value="99-{YEAR}-2"' in again
    assert f"Khảo sát tại quầy năm {YEAR}, đợt 2" in again
    # Who has no counter is told before he fills in the form.
    assert "Chưa có quầy nào ở Sở Y tế" in sign_in("yte").get(f"/desk/agencies/{province.health}/waves/new").text

    data = plan_of(client, province.province, questionnaire_edition=asked)
    client.post(f"/desk/agencies/{province.province}/waves/new", data=data)
    opening = client.get(f"/desk/waves/{wave_of(session, 'moi').id}/opening").text
    assert title in opening
