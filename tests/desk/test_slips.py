"""An official makes slips; keys of other systems are shown once."""

from __future__ import annotations

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.jobs.slips import slip_documents
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.jobs import Job
from survey.models.slips import ApiKey, TransactionBatch, TransactionCode
from survey.services.accounts import grant_role
from survey.services.api_keys import make_key
from survey.services.slip_keys import SlipKeys
from survey.services.slip_sheets import read_printable_batch


def order(province: Province, **changes: str) -> dict[str, str]:
    return {"case": str(province.commune), "count": "12", "days": "30", "label": "Tuần 47", **changes}


def test_a_batch_stores_hashes_only_and_its_documents_hold_the_codes(
    app: flask.Flask, sign_in: SignIn, session: Session, province: Province
) -> None:
    client = sign_in("xa")
    made = client.post(f"/desk/agencies/{province.commune}/slips", data=order(province))
    assert made.status_code == 303
    job = session.scalars(select(Job).where(Job.kind == "slips")).one()
    batch = session.scalars(select(TransactionBatch)).one()
    assert job.arguments["batch_id"] == str(batch.id)
    keys = SlipKeys(app.config["SECRET_KEY"])
    printable = read_printable_batch(session, agency_id=batch.agency_id, batch_id=batch.id, keys=keys)
    stored = set(session.scalars(select(TransactionCode.code_hash)))
    assert stored == {keys.code_hash(code) for code in printable.codes}
    assert not stored & set(printable.codes)
    (label, name, table), *sheets = slip_documents(printable, "https://hailong.example")
    assert (label, name.endswith(".csv")) == ("CSV", True)
    lines = table.decode("utf-8-sig").splitlines()
    assert len(lines) == 13
    assert lines[1].endswith(",99.02,," + batch.expires_on.isoformat())
    assert [content[:4] for _, _, content in sheets] == [b"%PDF"]
    listed = client.get(f"/desk/agencies/{province.commune}/slips")
    assert "Tuần 47" in listed.text


def test_what_cannot_be_made_is_said_and_nothing_is_made(sign_in: SignIn, session: Session, province: Province) -> None:
    client = sign_in("xa")
    for changes in ({"count": "0"}, {"count": "5001"}, {"count": "x"}, {"days": "400"}, {"case": str(province.health)}):
        answer = client.post(f"/desk/agencies/{province.commune}/slips", data=order(province, **changes))
        assert answer.status_code == 422, changes
    assert session.scalars(select(func.count()).select_from(TransactionBatch)).one() == 0


def test_only_who_manages_the_agency_makes_slips(sign_in: SignIn, province: Province) -> None:
    for name in ("xem", "kiemtra", "yte", "khong"):
        assert sign_in(name).get(f"/desk/agencies/{province.commune}/slips").status_code == 404
    assert sign_in("giamdoc").get(f"/desk/agencies/{province.commune}/slips").status_code == 200


def test_only_an_administrator_makes_keys(sign_in: SignIn, province: Province) -> None:
    for name in ("giamdoc", "xa"):
        assert sign_in(name).get(f"/desk/agencies/{province.commune}/keys").status_code == 404


@pytest.fixture
def administrator(sign_in: SignIn, session: Session, province: Province) -> FlaskClient:
    """Give the browser of the commune's official after he was made its administrator."""
    official = session.scalars(select(Official).where(Official.email.startswith("xa@"))).one()
    grant_role(session, official, agency=session.get_one(Agency, province.commune), role="administrator")
    session.commit()
    return sign_in("xa")


def test_an_administrator_makes_a_key_sees_it_once_and_revokes_it(
    administrator: FlaskClient, session: Session, province: Province
) -> None:
    address = f"/desk/agencies/{province.commune}/keys"
    made = administrator.post(address, data={"label": "Phần mềm một cửa", "scope": "slips"})
    assert made.status_code == 200
    plain = made.text.partition('<code class="typed">HL')[2].partition("</code>")[0]
    assert len(plain) == 32
    key = session.scalars(select(ApiKey)).one()
    assert key.scopes == ["slips"]
    listed = administrator.get(address).text
    assert "Phần mềm một cửa" in listed
    assert plain not in listed
    assert administrator.post(f"{address}/{key.id}/revoke").status_code == 303
    session.rollback()
    assert session.scalars(select(ApiKey)).one().revoked_on == local_today()
    assert "/revoke" not in administrator.get(address).text


def test_a_key_without_name_or_purpose_is_not_made(
    administrator: FlaskClient, session: Session, province: Province
) -> None:
    for data in (
        {"label": " ", "scope": "slips"},
        {"label": "x" * 999, "scope": "slips"},
        {"label": "x", "scope": "y"},
    ):
        assert administrator.post(f"/desk/agencies/{province.commune}/keys", data=data).status_code == 422, data
    assert session.scalars(select(func.count()).select_from(ApiKey)).one() == 0


def test_the_key_of_another_agency_is_not_there_to_be_revoked(
    administrator: FlaskClient, session: Session, province: Province
) -> None:
    health = session.get_one(Agency, province.health)
    key, _ = make_key(session, agency=health, label="Khác", scopes=["slips"], by=None, today=local_today())
    session.commit()
    for owner in (province.commune, province.health):
        assert administrator.post(f"/desk/agencies/{owner}/keys/{key.id}/revoke").status_code == 404
