from __future__ import annotations

from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.agencies import Agency
from survey.services.accounts import create_official, grant_role

FORMS = (
    ("change?kind=move", "parent", {"effective_on": "2026-01-01", "decision": "QĐ 1"}),
    ("change?kind=move", "code", {"effective_on": "2026-01-01", "decision": "QĐ 1"}),
    ("change?kind=abolish", "heir", {"effective_on": "2026-01-01", "decision": "QĐ 1"}),
    ("counters/add", "serves", {"name": "Quầy 9"}),
)


def test_a_letter_that_no_database_keeps_is_not_read(session: Session, province: Province, sign_in: SignIn) -> None:
    official = create_official(session, email="goc@songmay.example", name="goc", password=None)
    official.password = "only there"
    for role in ("administrator", "agency_manager"):
        grant_role(session, official, agency=session.get_one(Agency, province.province), role=role)
    session.commit()
    client = sign_in("goc")
    for path, field, others in FORMS:
        response = client.post(f"/admin/agencies/{province.commune}/{path}", data={**others, field: "khong\0co"})
        assert response.status_code in {200, 422}, (path, field)
        assert "khongco" in response.text, (path, field)
