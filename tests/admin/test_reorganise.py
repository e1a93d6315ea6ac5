"""A reorganisation in the browser: tried out in the background, carried out once agreed to, and only in one's tree."""

from __future__ import annotations

import io
from datetime import date
from typing import cast
from uuid import UUID

import flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey.jobs.perform import perform_job
from survey.jobs.reorganise import REORGANISE, reorganise_job
from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency
from survey.services.agencies import add_agency

PAGE = "/admin/reorganise"
COLUMNS = (
    "old_commune_code,old_commune,old_province_code,old_province,new_commune_code,new_commune,new_province_code,"
    "new_province,note\n"
)
FILE = (
    "DANH SÁCH SẮP XẾP, tỉnh mẫu\n\n" + COLUMNS + "90001,Xã Một,97,Tỉnh Cũ,90009,Xã Mới,97,Tỉnh Cũ,\n"
    "90002,Xã Hai,97,Tỉnh Cũ,90009,Xã Mới,97,Tỉnh Cũ,\n"
)
ASKED = {"effective_on": "01/07/2025", "decision": "NQ 202", "old_since": "01/01/2004"}


def try_out(client: FlaskClient, app: flask.Flask, session: Session, *, text: str = FILE, **more: str) -> str:
    """Send the file, let the worker do its part, and return the address of what it found."""
    files = {"communes": (io.BytesIO(text.encode()), "xa.csv")}
    sent = client.post(PAGE, data={**ASKED, **more, **files}, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    return work(app, session, sent.location)


def work(app: flask.Flask, session: Session, address: str) -> str:
    session.rollback()
    kinds = {REORGANISE: reorganise_job}
    engine = cast("Engine", session.get_bind())
    perform_job(engine, UUID(address.rpartition("/")[2]), kinds=kinds, data_dir=app.config["HAILONG"].data_dir)
    return address


def communes(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    among = select(Agency).where(Agency.code.startswith("9000")).order_by(Agency.code)
    return [(each.code, each.valid_to is None) for each in session.scalars(among)]


def test_a_reorganisation_is_tried_out_shown_and_carried_out_as_shown(
    root: FlaskClient, app: flask.Flask, session: Session
) -> None:
    assert "Chưa chọn tệp nào" in root.post(PAGE, data=ASKED).text
    address = try_out(root, app, session)
    shown = root.get(address).text
    assert "Chưa ghi gì" in shown
    assert "1 sáp nhập từ nhiều đơn vị" in shown
    assert communes(session) == []

    asked = root.post(f"{address}/carry-out")
    assert asked.status_code == 303
    done = root.get(work(app, session, asked.location)).text
    assert "Đã ghi đợt sắp xếp." in done
    assert communes(session) == [("90001", False), ("90002", False), ("90009", True)]
    new = session.scalars(select(Agency).where(Agency.code == "90009")).one()
    assert root.get(f"/admin/agencies/{new.id}/edit").status_code == 200
    assert "agency.reorganised" in root.get("/admin/audit.csv").text

    again = root.get(try_out(root, app, session)).text
    assert "đợt sắp xếp này đã nhập rồi" in again


def test_bodies_of_another_tree_are_not_touched_and_others_see_nothing(
    root: FlaskClient, health: FlaskClient, app: flask.Flask, session: Session
) -> None:
    add_agency(session, code="97", kind="province", name="Tỉnh Cũ", valid_from=date(2010, 1, 1))
    session.commit()
    address = try_out(root, app, session)
    assert "“Tỉnh Cũ” nằm ngoài phạm vi bạn quản trị" in root.get(address).text
    assert root.post(f"{address}/carry-out").status_code == 404
    assert communes(session) == []
    assert {health.get(page).status_code for page in (PAGE, address)} == {404}
    assert PAGE not in health.get("/admin/register").text
    assert PAGE in root.get("/admin/register").text


def test_what_changed_after_the_dry_run_is_not_written(root: FlaskClient, app: flask.Flask, session: Session) -> None:
    address = try_out(root, app, session)
    there = add_agency(session, code="97", kind="province", name="Tỉnh Cũ", valid_from=date(2010, 1, 1))
    official = session.scalars(select(Official).where(Official.email == "goc@songmay.example")).one()
    session.add(Grant(official_id=official.id, agency_id=there.id, role="administrator"))
    session.commit()
    asked = root.post(f"{address}/carry-out")
    assert "Dữ liệu đã thay đổi sau lần xem thử" in root.get(work(app, session, asked.location)).text
    assert communes(session) == []
