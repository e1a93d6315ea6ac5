"""The register in the browser: edited within the subtree, two at once, files tried out before they count."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.accounts import Official
from survey.models.agencies import Agency, Service, ServiceField, ServicePoint
from survey.models.audit import AuditEntry
from survey.services.agencies import add_service, add_service_field, rename_agency

IMPORT = "/admin/register/import"
AGENCIES = "Mã cơ quan;Loại;Tên;Mã cấp trên\n"
COMMUNES = "new_province_code,new_province,new_commune_code,new_commune,old_commune_code,old_commune\n"


def hidden(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def agency(session: Session, code: str) -> Agency | None:
    session.rollback()
    return session.scalar(select(Agency).where(Agency.code == code))


def last_verb(session: Session) -> str:
    session.rollback()
    return session.scalars(select(AuditEntry.verb).order_by(AuditEntry.position.desc()).limit(1)).one()


def send(client: FlaskClient, content: bytes | str, *, name: str = "a.csv", **more: str) -> TestResponse:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return client.post(IMPORT, data={"file": (file, name), **more}, content_type="multipart/form-data")


def keep(client: FlaskClient, shown: TestResponse) -> TestResponse:
    fields = {each: hidden(shown, each) for each in ("source", "name", "shape", "sheet", "only", "named", "shown")}
    return client.post(f"{IMPORT}/keep", data=fields, content_type="multipart/form-data")


def test_a_file_is_shown_first_and_kept_only_when_somebody_agrees(root: FlaskClient, session: Session) -> None:
    shown = send(root, AGENCIES + "99.03;sở;Sở Xây dựng;99\n99.01;sở;Sở Y tế;99\n")
    assert "Sở Xây dựng" in shown.text
    assert agency(session, "99.03") is None

    assert keep(root, shown).status_code == 303
    assert "thêm 1, sửa 0, ngừng 0; giữ nguyên 1" in root.get("/admin/register").text
    assert agency(session, "99.03") is not None
    assert last_verb(session) == "import.done"


def test_a_bad_file_names_every_cell_and_offers_no_way_to_keep_it(root: FlaskClient) -> None:
    shown = send(root, AGENCIES + "A;huyện;A;99\nB;đơn vị;=1+1;KHONG\n")
    assert "Có 2 ô sai" in shown.text
    assert "không có cơ quan mã này" in shown.text
    assert "Nhập đúng như trên" not in shown.text


def test_data_that_changed_meanwhile_is_shown_anew_instead_of_written(
    root: FlaskClient, session: Session, province: Province
) -> None:
    shown = send(root, AGENCIES + "99.01;sở;Sở Y Tế;99\n")
    rename_agency(session, session.get_one(Agency, province.health), name="Sở Y tế mới")
    session.commit()

    again = keep(root, shown)
    assert again.status_code == 409
    assert "Dữ liệu đã thay đổi sau lần xem trước" in again.text
    assert "<del>Sở Y tế mới</del>" in again.text
    assert agency(session, "99.01").name == "Sở Y tế mới"
    assert keep(root, again).status_code == 303
    assert agency(session, "99.01").name == "Sở Y Tế"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "", "Chưa chọn tệp nào"),
        ("", "a.csv", "trống"),
        ("x,y\n1,2\n", "a.csv", "Không nhận ra tệp"),
        (b"%PDF-1.7\n\x00\xff\xfe\x81", "a.pdf", "không phải UTF-8"),
        (b"PK\x03\x04", "a.xlsx", "có thể bị hỏng"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_form_as_it_was(
    root: FlaskClient, content: bytes | str, name: str, words: str
) -> None:
    refused = send(root, content, name=name, only="79")
    assert refused.status_code == 422
    assert words in refused.text
    assert 'value="79"' in refused.text


def test_a_file_that_came_back_damaged_is_refused(root: FlaskClient) -> None:
    refused = root.post(f"{IMPORT}/keep", data={"source": "không", "name": "a.csv"})
    assert (refused.status_code, "không còn nguyên vẹn" in refused.text) == (422, True)


def test_an_export_comes_back_unchanged_and_is_recorded(root: FlaskClient, session: Session) -> None:
    for shape in ("agencies", "counters", "officials"):
        for ending in ("csv", "xlsx"):
            exported = root.get(f"/admin/register/{shape}.{ending}")
            shown = send(root, exported.data, name=f"a.{ending}")
            assert "Tệp giống hệt dữ liệu đang có" in shown.text, (shape, ending)
    assert last_verb(session) == "register.exported"


def test_the_second_of_two_is_told_keeps_his_words_and_sees_what_is_stored(
    root: FlaskClient, session: Session, province: Province
) -> None:
    page = f"/admin/agencies/{province.health}/edit"
    seen = hidden(root.get(page), "seen")
    first = root.post(page, data={"seen": seen, "name": "Sở Y tế (sửa)", "name_en": ""})
    assert first.status_code == 303

    second = root.post(page, data={"seen": seen, "name": "Sở Y tế tỉnh", "name_en": "Health"})
    assert second.status_code == 409
    assert 'value="Sở Y tế tỉnh"' in second.text
    assert "đang lưu: <strong>Sở Y tế (sửa)</strong>" in second.text
    assert agency(session, "99.01").name == "Sở Y tế (sửa)"

    again = root.post(page, data={"seen": hidden(second, "seen"), "name": "Sở Y tế tỉnh", "name_en": "Health"})
    assert again.status_code == 303
    assert (agency(session, "99.01").name, last_verb(session)) == ("Sở Y tế tỉnh", "agency.corrected")


def test_the_second_of_two_at_a_counter_is_told_too(session: Session, province: Province, sign_in: SignIn) -> None:
    manager = sign_in("xa")
    page = f"/admin/agencies/{province.commune}/counters/{province.counter}"
    seen = hidden(manager.get(page), "seen")
    data = {"seen": seen, "name": "Quầy tư pháp", "serves": "99.02", "opening_hours": "Thứ 2 – Thứ 6 7h30–17h"}
    assert manager.post(page, data=data).status_code == 303
    assert 'value="T2–T6 07:30–17:00"' in manager.get(page).text
    told = manager.post(page, data={**data, "name": "Quầy hộ tịch"})
    assert (told.status_code, "đang lưu: <strong>Quầy tư pháp</strong>" in told.text) == (409, True)
    session.rollback()
    assert session.get_one(ServicePoint, province.counter).name == "Quầy tư pháp"
    assert last_verb(session) == "counter.changed"


def test_an_agency_is_added_below_and_ended(root: FlaskClient, session: Session, province: Province) -> None:
    page = f"/admin/agencies/{province.province}/add"
    data = {"code": "99.03", "kind": "department", "name": "Sở Xây dựng", "valid_from": "01/07/2025"}
    assert "Mã 99.01" in root.post(page, data={**data, "code": "99.01"}).text
    assert root.post(page, data=data).status_code == 303
    added = agency(session, "99.03")
    assert (added.parent_id, added.valid_from.isoformat()) == (province.province, "2025-07-01")

    end = f"/admin/agencies/{added.id}/end"
    assert "không phải là ngày" in root.post(end, data={"day": "mai"}).text
    assert root.post(end, data={"day": "31/12/2026"}).status_code == 303
    assert (agency(session, "99.03").valid_to.isoformat(), last_verb(session)) == ("2026-12-31", "agency.ended")
    refused = root.post(f"/admin/agencies/{province.commune}/end", data={"day": "31/12/2026"})
    assert "còn quầy “Quầy số 1” đang hoạt động" in refused.text


def test_who_adds_a_tree_administers_it(root: FlaskClient, session: Session) -> None:
    data = {"code": "98", "kind": "province", "name": "Tỉnh Chín Tám", "valid_from": "2025-07-01"}
    assert root.post("/admin/register/agencies/add", data=data).status_code == 303
    page = f"/admin/agencies/{agency(session, '98').id}/edit"
    assert root.get(page).status_code == 200


def test_a_counter_is_added_and_retired_with_its_codes(session: Session, province: Province, sign_in: SignIn) -> None:
    manager = sign_in("xa")
    page = f"/admin/agencies/{province.commune}/counters"
    assert "trong tỉnh này" in manager.post(f"{page}/add", data={"name": "Quầy 2", "serves": "KHONG"}).text
    wrong = manager.post(f"{page}/add", data={"name": "Quầy 2", "serves": "99.02", "opening_hours": "7h"})
    assert ("Không hiểu giờ mở cửa" in wrong.text, 'value="Quầy 2"' in wrong.text) == (True, True)
    assert manager.post(f"{page}/add", data={"name": "Quầy 2", "serves": "99.02"}).status_code == 303
    session.rollback()
    counter = session.scalars(select(ServicePoint).where(ServicePoint.name == "Quầy 2")).one()
    assert len(counter.codes) == 1
    assert manager.post(f"{page}/{counter.id}/retire").status_code == 303
    session.rollback()
    assert counter.retired_on
    assert counter.codes[0].retired_on
    assert last_verb(session) == "counter.retired"


def test_services_and_fields_are_added_edited_retired_and_resumed(
    root: FlaskClient, session: Session, province: Province
) -> None:
    assert root.post("/admin/register/fields/add", data={"code": "YT", "name": "Y tế"}).status_code == 303
    session.rollback()
    field = session.scalars(select(ServiceField).where(ServiceField.code == "YT")).one()
    page = f"/admin/register/fields/{field.id}"
    seen = hidden(root.get(page), "seen")
    assert root.post(page, data={"seen": seen, "name": "Y tế, dược"}).status_code == 303
    assert root.post(page, data={"seen": seen, "name": "Dược"}).status_code == 409

    base = f"/admin/agencies/{province.health}/services"
    data = {"code": "1.1", "name": "Cấp chứng chỉ", "service_field": "YT"}
    assert root.post(f"{base}/add", data=data).status_code == 303
    session.rollback()
    service = session.scalars(select(Service).where(Service.code == "1.1")).one()
    seen = hidden(root.get(f"{base}/{service.id}"), "seen")
    assert root.post(f"{base}/{service.id}", data={**data, "seen": seen, "name": "Cấp phép"}).status_code == 303
    for act, verb in (("retire", "service.retired"), ("resume", "service.resumed")):
        assert root.post(f"{base}/{service.id}/{act}").status_code == 303
        assert last_verb(session) == verb
    assert "Cấp phép" in root.get("/admin/register/services?search=cap+phep").text


def test_everything_outside_the_subtree_is_not_there(health: FlaskClient, session: Session, province: Province) -> None:
    field = add_service_field(session, code="HT", name="Hộ tịch")
    commune = session.get_one(Agency, province.commune)
    service = add_service(session, code="1", name="Khai sinh", service_field=field, agency=commune)
    session.commit()
    for path in (
        f"/admin/agencies/{province.commune}/edit",
        f"/admin/agencies/{province.commune}/add",
        f"/admin/agencies/{province.commune}/counters/add",
        f"/admin/agencies/{province.commune}/counters/{province.counter}",
        # A counter of another agency under one of his own.
        f"/admin/agencies/{province.health}/counters/{province.counter}",
        f"/admin/agencies/{province.health}/services/{service.id}",
        "/admin/register/agencies/add",
        "/admin/register/fields/add",
        f"/admin/register/fields/{field.id}",
    ):
        assert health.get(path).status_code == 404, path
    for path in ("/admin/register/agencies", "/admin/register/counters", "/admin/register/services"):
        assert "Xã Đông Hà" not in health.get(path).text, path
    for shape in ("agencies", "counters", "services"):
        assert "99.02" not in health.get(f"/admin/register/{shape}.csv").text, shape
    shown = send(health, AGENCIES + "99.02;xã;Xã của tôi;99\n")
    assert "nằm ngoài phạm vi bạn được giao" in shown.text


def test_lists_are_searched_sorted_and_empty_ones_say_what_to_do(root: FlaskClient) -> None:
    assert "Xã Đông Hà" in root.get("/admin/register/agencies?search=dong+ha").text
    assert "Sở Y tế" not in root.get("/admin/register/agencies?search=dong+ha").text
    text = root.get("/admin/register/agencies?sort=-code").text
    assert text.index("99.02") < text.index("99.01.1")
    assert "Chưa có thủ tục nào" in root.get("/admin/register/services").text
    assert "Chưa có lĩnh vực nào" in root.get("/admin/register/fields").text


def test_a_file_may_give_the_importer_himself_a_role(root: FlaskClient, session: Session) -> None:
    text = 'E-mail;Họ và tên;Vai trò\ngoc@songmay.example;goc;"quản trị @ 99; kiểm tra viên @ 99"\n'
    assert keep(root, send(root, text)).status_code == 303
    session.rollback()
    official = session.scalars(select(Official).where(Official.email == "goc@songmay.example")).one()
    assert {grant.role for grant in official.grants} == {"administrator", "auditor"}


def test_an_official_of_a_file_waits_for_his_link(root: FlaskClient, session: Session) -> None:
    text = "E-mail;Họ và tên;Vai trò\nmoi@songmay.example;Đỗ Văn Ân;người xem @ 99.01\n"
    assert keep(root, send(root, text)).status_code == 303
    assert "chờ đặt mật khẩu" in root.get("/admin/officials?search=moi").text
    session.rollback()
    assert session.scalars(select(Official.password).where(Official.email == "moi@songmay.example")).one() is None


def test_who_has_one_province_finds_it_chosen_for_the_file_of_communes(root: FlaskClient, health: FlaskClient) -> None:
    page = root.get(IMPORT).text
    assert 'value="99" checked' in page
    assert page.index('value="all"') < page.index("<details")
    assert 'name="reach"' not in health.get(IMPORT).text

    own, other = "99,Tỉnh Sông Mây,99001,Xã A,99001,Xã A\n", "98,Tỉnh khác,98001,Xã B,98001,Xã B\n"
    shown = send(root, COMMUNES + own + other, reach="99")
    assert ("Xã A" in shown.text, "Xã B" in shown.text, hidden(shown, "only")) == (True, False, "99")
    # Cells are named as people name them, and what is not done with the file is said.
    assert "Mã cấp trên: <ins>99</ins>" in shown.text
    assert "Tệp còn kể 1 đơn vị cấp xã cũ" in shown.text
    assert 'href="/admin/reorganise"' in shown.text
    nameless = send(root, COMMUNES + own.replace("99001,Xã A", ",Xã A", 1), reach="99").text
    assert '<td data-label="Cột">Mã xã mới</td>' in nameless
    for said in ("“Loại” là một trong: ", "sở, ban, ngành", 'href="/admin/register/agencies.xlsx"'):
        assert said in page
    assert "thêm 1" in root.get(keep(root, shown).location).text
    assert "Xã B" in send(root, COMMUNES + own + other, reach="all").text
    refused = send(root, COMMUNES + own, reach="codes")
    assert (refused.status_code, 'value="codes" checked' in refused.text) == (422, True)


def test_a_manager_is_offered_only_what_he_may_import(root: FlaskClient, sign_in: SignIn) -> None:
    manager = sign_in("xa")
    page = manager.get(IMPORT).text
    assert re.findall(r'<option value="([^"]*)"', page) == ["counters"]
    assert 'value="officials"' in root.get(IMPORT).text
    for shape, text in (("officials", "email,name,roles\n"), ("", AGENCIES + "A;xã;A;99\n")):
        refused = send(manager, text, shape=shape)
        assert (refused.status_code, "chỉ người quản trị được nhập" in refused.text) == (422, True)


def test_the_line_of_the_headings_is_told_below_a_title(root: FlaskClient) -> None:
    shown = send(root, "DANH SÁCH CƠ QUAN, ĐƠN VỊ, TỔ CHỨC; 2026\n\n" + AGENCIES + "99.03;sở;Sở Xây dựng;99\n")
    assert "tên cột đọc ở dòng 3" in shown.text
    assert "Sở Xây dựng" in shown.text
