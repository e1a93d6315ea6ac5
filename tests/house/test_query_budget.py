"""A page asks the database a fixed number of times, however many agencies, counters and answers there are."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from asked_statements import statements
from desk_fixtures import SignIn
from desk_province import LAST_JUNE, START, YEAR, Province, add_answers
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.services.agencies import add_agency, add_service_point
from survey.services.fold import fold

# A number that does not grow; the history walks the changes of bodies step by step and needs the most.
# One of them counts the documents that are ready, for the frame of every page.
BUDGET = 27
# A summary also tells of forms, fields, years and borders; still a fixed number.
SUMMARY_BUDGET = 35
PAGES = [
    "/desk/agencies",
    "/desk/agencies/{province.province}/counters",
    "/desk/agencies/{province.province}/waves/{province.closed}",
    "/desk/agencies/{province.province}/waves/{province.closed}/exclusions",
    "/desk/agencies/{province.province}/hanging-posters",
    "/desk/agencies/{province.province}/history",
    "/admin/register/counters",
    "/desk/agencies/{province.province}/waves/{province.closed}/breakdowns",
    "/desk/agencies/{province.commune}/waves/{province.closed}/comparison",
    "/desk/agencies/{province.province}/trend",
    "/desk/agencies/{province.province}/comments",
    "/desk/agencies/{province.province}/comments/moderation",
    "/desk/comments",
    f"/desk/agencies/{{province.province}}/annual/{YEAR - 1}",
    "/desk/agencies/{province.province}/waves/{province.closed}/summary",
    "/desk/agencies/{province.province}/waves/{province.closed}/chosen?with={province.health}&with={province.commune}",
    "/desk/waves",
    "/desk/waves/{province.closed}",
    "/desk/waves/{province.closed}/agencies",
    "/desk/annual",
    "/desk/jobs",
]


def grow(session: Session, province: Province) -> None:
    """Add twelve communes with a counter and twenty answers each."""
    top, wave = session.get_one(Agency, province.province), session.get_one(Wave, province.closed)
    for number in range(12):
        commune = add_agency(
            session, code=f"99.1{number}", kind="commune", name=f"Xã {number}", valid_from=START, parent=top
        )
        add_service_point(session, agency=commune, name=f"Quầy {number}", today=START)
        add_answers(session, wave, commune, satisfied=18, dissatisfied=2)
    fold(session, until=LAST_JUNE)
    session.commit()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_of_many_as_of_few(
    sign_in: SignIn, province: Province, session: Session, page: str
) -> None:
    client = sign_in("giamdoc")
    path = page.format(province=province)
    with statements() as few:
        assert client.get(path).status_code == 200
    grow(session, province)

    with statements() as many:
        assert client.get(path).status_code == 200

    budget = SUMMARY_BUDGET if "/annual/" in page or page.endswith("/summary") else BUDGET
    assert len(few) <= budget, "\n".join(few)
    assert len(many) <= len(few) + 1, "\n".join(many)
