"""An official makes slips; keys of other systems are shown once."""

from __future__ import annotations

import flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.jobs.slips import slip_documents
from survey.models.jobs import Job
from survey.models.slips import TransactionBatch, TransactionCode
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
