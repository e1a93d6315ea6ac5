"""Every list of the desk and of administration sorts, searches and pages by its address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.services.accounts import grant_role
from survey.services.jobs import request_job

LISTS = [
    ("/desk/agencies", "xem", "DONG ha", "Xã Đông Hà"),
    ("/desk/agencies/{commune}/counters", "xa", "quay so", "Quầy số 1"),
    ("/desk/agencies/{province}/hanging-posters", "xem", "quay so", "Quầy số 1"),
    ("/desk/jobs", "giamdoc", "tong hop 2025", "Tổng hợp năm 2025"),
    ("/admin/officials", "phogiamdoc", "can bo yte", "Cán bộ yte"),
    ("/admin/audit", "kiemtra", "quay-", "quay-"),
    ("/admin/questionnaires", "giamdoc", "counter", "counter/2026"),
]


@pytest.fixture
def filled(session: Session, province: Province) -> Province:
    top = session.get_one(Agency, province.province)
    deputy = session.get_one(Official, province.deputy)
    grant_role(session, deputy, agency=top, role="administrator")
    request_job(
        session,
        kind="annual",
        arguments={"year": 2025, "form": None},
        official_id=province.director,
        agency_id=top.id,
        now=datetime.now(tz=UTC),
    )
    session.commit()
    return province


@pytest.mark.parametrize(("path", "who", "search", "found"), LISTS)
def test_a_list_finds_without_marks_and_says_what_to_do_where_it_finds_nothing(
    sign_in: SignIn, filled: Province, path: str, who: str, search: str, found: str
) -> None:
    client, address = sign_in(who), path.format(province=filled.province, commune=filled.commune)

    assert found in client.get(address, query_string={"search": search}).text
    nothing = client.get(address, query_string={"search": "zzz zzz"}).text
    assert f">{found}<" not in nothing
    assert "Không có dòng nào khớp" in nothing or "Hãy bỏ bớt điều kiện lọc" in nothing


@pytest.mark.parametrize(("path", "who", "search", "found"), LISTS)
def test_every_heading_that_sorts_opens_and_turns_round(
    sign_in: SignIn, filled: Province, path: str, who: str, search: str, found: str
) -> None:
    del search
    client, address = sign_in(who), path.format(province=filled.province, commune=filled.commune)
    page = client.get(address).text
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('class="sort" href="')[1:]]

    assert links
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        assert 'aria-sort="' in answer.text
        assert found in answer.text


def test_agencies_sort_by_their_code_backwards(sign_in: SignIn) -> None:
    page = sign_in("xem").get("/desk/agencies?sort=-code").text

    assert page.index("Xã Đông Hà") < page.index("Sở Y tế") < page.index(">Tỉnh Sông Mây</a>")


def test_a_body_without_parent_stands_last_by_parent(sign_in: SignIn) -> None:
    page = sign_in("xem").get("/desk/agencies?sort=parent").text

    assert page.index("Bệnh viện 10") < page.index(">Tỉnh Sông Mây</a>")
