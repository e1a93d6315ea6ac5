"""Bodies that have ended leave the list of agencies, and stay within reach."""

from __future__ import annotations

from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.officials import find_agency_by_code
from survey.services.agency_changes import record_change
from survey.services.change_request import ChangeRequest, NewBody


def test_an_ended_body_is_listed_only_where_it_is_asked_for(
    session: Session, sign_in: SignIn, province: Province
) -> None:
    commune, top = session.get_one(Agency, province.commune), session.get_one(Agency, province.province)
    body = NewBody("99.09", "Phường Đông Hà")
    request = ChangeRequest("move", local_today(), "NQ 1", (commune,), (body,), top, "99.09")
    record_change(session, request, by=None, today=local_today())
    session.commit()
    client = sign_in("giamdoc")
    assert "Xã Đông Hà" not in client.get("/desk/agencies").text
    assert "Phường Đông Hà" in client.get("/desk/agencies").text
    assert "Xã Đông Hà" in client.get("/desk/agencies?ended=1").text
    # His own page, and the results given to it, stay as they were.
    assert client.get(f"/desk/agencies/{province.commune}/waves/{province.closed}").status_code == 200
    # Nobody adds a counter to it any more; its own went to the new body.
    counters = client.get(f"/desk/agencies/{province.commune}/counters").text
    assert "Cơ quan này đã kết thúc" in counters
    assert "Thêm quầy" not in counters
    assert "kiosk" not in counters
    assert client.get(f"/admin/agencies/{province.commune}/counters/add").status_code == 303
    # The gauge of a wave that reached it says why it has no counter any more.
    gauge = client.get(f"/desk/waves/{province.closed}/gauge").text
    assert gauge.count("kết thúc ngày") == 1
    assert f"kết thúc ngày {local_today():%d/%m/%Y}" in gauge


def test_a_code_names_the_body_that_bears_it_today(session: Session, province: Province) -> None:
    commune, clinic = session.get_one(Agency, province.commune), session.get_one(Agency, province.clinic)
    later = local_today().replace(year=local_today().year + 1, month=1, day=1)
    bodies = (NewBody("99.02", "Xã Đông Hà Một", share=None), NewBody("99.08", "Xã Đông Hà Hai", share=None))
    top = session.get_one(Agency, province.province)
    request = ChangeRequest("split", later, "NQ 1", (commune,), bodies, top, "99.02")
    record_change(session, request, by=None, today=local_today())
    assert find_agency_by_code(session, "99.02") is commune
    assert find_agency_by_code(session, clinic.code) is clinic
    assert find_agency_by_code(session, "99.99") is None
