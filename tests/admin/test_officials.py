"""An administrator administers his subtree, gives no more than he has, and takes over nobody who reaches further."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import Administrator, SignIn
from desk_province import Province
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.services.accounts import create_official, grant_role, set_password

INVITED = {"email": "moi@songmay.example", "name": "Đỗ Văn Ân", "role": "viewer", "language": "vi"}


def find(session: Session, name: str) -> Official:
    session.rollback()
    return session.scalars(select(Official).where(Official.email == f"{name}@songmay.example")).one()


def page_of(session: Session, name: str) -> str:
    return f"/admin/officials/{find(session, name).id}"


def test_an_invitation_shows_a_link_that_leads_to_a_password(root: FlaskClient, session: Session) -> None:
    assert '<option value="99.01">Sở Y tế</option>' in root.get("/admin/officials/invite").text
    # Named by its name, whatever the capitals and marks, as well as by its code.
    shown = root.post("/admin/officials/invite", data={**INVITED, "agency": "sở y tế "})

    link = re.search(r"/sign-in/link/[\w.-]+", shown.text)
    assert link
    assert root.get(link[0]).status_code == 200
    assert find(session, "moi").password is None
    assert [grant.agency.code for grant in find(session, "moi").grants] == ["99.01"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"agency": "99"}, "Không có cơ quan nào mang mã này"),
        ({"agency": "99.02"}, "Không có cơ quan nào mang mã này"),
        ({"agency": "xx"}, "Không có cơ quan nào mang mã này"),
        ({"agency": "viện 10"}, "Có thể là: Bệnh viện 10 (99.01.1)."),
        ({"email": "xem@songmay.example"}, "đã có tài khoản"),
        ({"email": "không phải"}, "không phải là địa chỉ e-mail"),
        ({"name": ""}, "Ô này còn trống"),
    ],
)
def test_what_cannot_be_invited_is_said_and_what_was_typed_is_kept(
    health: FlaskClient, change: dict[str, str], reason: str
) -> None:
    data = {**INVITED, "agency": "99.01", **change}
    response = health.post("/admin/officials/invite", data=data)

    assert response.status_code == 422
    assert reason in response.text
    assert f'value="{data["email"]}"' in response.text


def test_the_list_sorts_by_given_names_and_knows_no_marks(root: FlaskClient, session: Session) -> None:
    for email, name in [("b@a.vn", "Lê Văn Đông"), ("c@a.vn", "Trần Thị Ân"), ("d@a.vn", "Nguyễn Dung")]:
        create_official(session, email=email, name=name, password=None)
    session.commit()

    text = root.get("/admin/officials").text
    places = [text.index(name) for name in ("Trần Thị Ân", "Nguyễn Dung", "Lê Văn Đông")]

    assert places == sorted(places)
    assert "Lê Văn Đông" in root.get("/admin/officials?search=dong").text
    assert "Trần Thị Ân" not in root.get("/admin/officials?search=dong").text


def test_the_page_of_an_official_names_and_acts_on_him(root: FlaskClient, session: Session) -> None:
    page = page_of(session, "yte")
    text = root.get(page).text

    assert "<h1>Cán bộ yte</h1>" in text
    assert f'action="{page}/close"' in text
    assert f'action="{page}/link"' in text
    assert "yte@songmay.example" in root.post(f"{page}/link").text


def test_he_sees_only_officials_and_roles_of_his_subtree(health: FlaskClient, session: Session) -> None:
    listed = health.get("/admin/officials").text

    assert "yte@songmay.example" in listed
    assert "xa@songmay.example" not in listed
    assert health.get(page_of(session, "xa")).status_code == 404
    assert health.get(page_of(session, "khong")).status_code == 404


def test_he_cannot_take_over_who_reaches_further(health: FlaskClient, session: Session, province: Province) -> None:
    both = find(session, "yte")
    grant_role(session, both, agency=session.get_one(Agency, province.commune), role="viewer")
    session.commit()
    page = page_of(session, "yte")

    assert health.get(page).status_code == 200
    for act in ("link", "close", "open", "reset-second-factor", "end-sessions"):
        assert health.post(f"{page}/{act}").status_code == 404, act


def test_roles_are_given_and_taken_within_the_subtree_only(
    health: FlaskClient, session: Session, province: Province
) -> None:
    page = page_of(session, "yte")

    assert health.post(f"{page}/roles", data={"agency": "99.01.1", "role": "auditor"}).status_code == 303
    assert health.post(f"{page}/roles", data={"agency": "99", "role": "viewer"}).status_code == 422
    assert health.post(f"{page}/roles", data={"agency": "99.01", "role": "king"}).status_code == 422
    given = {grant.role: grant for grant in find(session, "yte").grants}
    assert set(given) == {"survey_manager", "auditor"}
    assert given["auditor"].agency_id == province.clinic

    assert health.post(f"{page}/roles/{given['auditor'].id}/take").status_code == 303
    assert [grant.role for grant in find(session, "yte").grants] == ["survey_manager"]
    foreign = find(session, "xem").grants[0].id
    assert health.post(f"{page}/roles/{foreign}/take").status_code == 404


def test_a_role_given_or_taken_ends_the_sessions(root: FlaskClient, session: Session, sign_in: SignIn) -> None:
    theirs = sign_in("yte")
    root.post(f"{page_of(session, 'yte')}/roles", data={"agency": "99.02", "role": "viewer"})

    assert theirs.get("/desk/agencies").status_code == 302


def test_the_last_administrator_of_a_tree_stays(root: FlaskClient, session: Session, sign_in: SignIn) -> None:
    own = find(session, "goc")
    take = f"/admin/officials/{own.id}/roles/{own.grants[0].id}/take"

    assert root.post(take).status_code == 409
    assert root.post(f"/admin/officials/{own.id}/close").status_code == 409
    assert "người quản trị cuối cùng" in root.post(take).text

    second = find(session, "xem")
    set_password(second, password="một câu thật dễ nhớ")
    grant_role(session, second, agency=own.grants[0].agency, role="administrator")
    session.commit()
    assert sign_in("goc").post(take).status_code == 303


def test_a_closed_account_is_out_at_once_and_can_be_opened(
    root: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    theirs, page = sign_in("yte"), page_of(session, "yte")

    root.post(f"{page}/close")
    assert theirs.get("/desk/agencies").status_code == 302
    assert not find(session, "yte").active
    root.post(f"{page}/open")

    assert find(session, "yte").active


def test_a_new_link_makes_the_old_password_worthless(root: FlaskClient, session: Session) -> None:
    shown = root.post(f"{page_of(session, 'yte')}/link")

    assert "/sign-in/link/" in shown.text
    assert find(session, "yte").password is None


def test_an_auditor_reads_and_takes_away_only_what_was_done_in_his_subtree(
    root: FlaskClient, session: Session, sign_in: SignIn, administrator: Administrator
) -> None:
    for name in ("yte", "xa"):
        root.post(f"{page_of(session, name)}/end-sessions")
    auditor = sign_in("kiemtra")
    of_health = administrator("chiyte", find(session, "yte").grants[0].agency_id)

    assert "xa@songmay.example" in auditor.get("/admin/audit").text
    assert "yte@songmay.example" in of_health.get("/admin/audit").text
    for path in ("/admin/audit", "/admin/audit.csv", "/admin/audit.jsonl"):
        assert "xa@songmay.example" not in of_health.get(path).text, path
    assert sign_in("xem").get("/admin/audit").status_code == 404
    assert sign_in("kiemtra").get("/admin/officials").status_code == 404


def test_filters_narrow_and_an_export_leaves_an_entry(root: FlaskClient, session: Session) -> None:
    root.post(f"{page_of(session, 'yte')}/end-sessions")
    wanted = "verb=account.sessions_ended&official=goc@songmay.example&agency=99.01"

    assert "yte@songmay.example" in root.get(f"/admin/audit?{wanted}").text
    assert "yte@songmay.example" not in root.get(f"/admin/audit?{wanted}&until=2020-01-01").text
    session.rollback()
    before = len(session.scalars(select(AuditEntry.position)).all())
    assert root.get(f"/admin/audit.csv?{wanted}").data.startswith(b"\xef\xbb\xbfposition,at (Asia/Ho_Chi_Minh),actor")
    session.rollback()
    assert len(session.scalars(select(AuditEntry.position)).all()) == before + 1


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "page=-3",
        "page=999",
        "verb=%00",
        "agency='--",
        "since=0001-01-01",
        "until=0001-01-01",
        "since=9999-12-31",
        "until=9999-12-31",
    ],
)
def test_odd_filters_are_answered(root: FlaskClient, query: str) -> None:
    assert root.get(f"/admin/audit?{query}").status_code == 200
