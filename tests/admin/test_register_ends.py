"""An agency is ended in the browser from above only, and not past a decision that is recorded."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from desk_fixtures import Administrator
from desk_province import Province
from survey.models.agencies import Agency
from survey.services.agencies import add_agency
from survey.services.agency_changes import record_change
from survey.services.change_request import ChangeRequest, NewBody

BEGAN, ENDS = date(2025, 7, 1), {"day": "31/12/2026"}


def test_an_agency_is_ended_from_above_and_not_past_a_recorded_change(
    session: Session, province: Province, administrator: Administrator
) -> None:
    above = session.get_one(Agency, province.province)
    body = add_agency(session, code="99.77", kind="department", name="Sở Mới", parent=above, valid_from=BEGAN)
    session.commit()
    page, key = f"/admin/agencies/{body.id}", body.id

    himself = administrator("minh", body.id)
    assert f"{page}/end" not in himself.get(f"{page}/edit").text
    assert "không phải quản trị cấp trên" in himself.post(f"{page}/end", data=ENDS).text

    named = NewBody(code="99.77", name="Sở Mới Hơn")
    request = ChangeRequest("rename", date(2199, 1, 1), "QĐ 7/QĐ-UBND", (body,), (named,))
    record_change(session, request, by=None, today=BEGAN)
    session.commit()
    superior = administrator("tren", above.id)
    assert f"{page}/end" in superior.get(f"{page}/edit").text
    assert "hãy dùng “Thay đổi đơn vị”" in superior.post(f"{page}/end", data=ENDS).text
    session.rollback()
    assert session.get_one(Agency, key).valid_to is None
