from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.accounts import Grant
from survey.queries.scope import Scope, get_scope
from survey.services.accounts import (
    create_official,
    find_official,
    grant_role,
    is_password_of,
    one_time_password,
    set_password,
)
from survey.services.agencies import add_agency
from survey.services.errors import AccountError

PASSWORD = "một câu thật dễ nhớ"


def test_a_new_official_signs_in_under_his_address_in_any_case_and_must_change_the_password(session: Session) -> None:
    created = create_official(session, email=" Lan@Tinh.gov.VN ", name="Lan", password=PASSWORD)

    assert find_official(session, "LAN@tinh.gov.vn") is created
    assert created.email == "lan@tinh.gov.vn"
    assert created.must_change_password
    assert is_password_of(created, PASSWORD)
    assert not is_password_of(created, PASSWORD + " ")
    assert get_scope(session, official_id=created.id) == Scope(grants=())


@pytest.mark.parametrize("email", ["", "lan", "@tinh.gov.vn", "lan@tinh", "lan lan@tinh.gov.vn"])
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(AccountError, match="not an e-mail address"):
        create_official(session, email=email, name="Lan", password=PASSWORD)


def test_an_address_has_one_account(session: Session) -> None:
    create_official(session, email="lan@tinh.gov.vn", name="Lan", password=PASSWORD)

    with pytest.raises(AccountError, match="has an account already"):
        create_official(session, email="LAN@tinh.gov.vn", name="Lan", password=PASSWORD)


def test_a_name_is_asked_for(session: Session) -> None:
    with pytest.raises(AccountError, match="name is empty"):
        create_official(session, email="lan@tinh.gov.vn", name="  ", password=PASSWORD)


@pytest.mark.parametrize("password", ["", "mười một ch", "x" * 201])
def test_a_password_has_a_length_that_protects(session: Session, password: str) -> None:
    with pytest.raises(AccountError, match="12 to 200 characters"):
        create_official(session, email="lan@tinh.gov.vn", name="Lan", password=password)


def test_nobody_has_no_password() -> None:
    assert not is_password_of(None, PASSWORD)


def test_a_new_password_ends_every_session(session: Session) -> None:
    official = create_official(session, email="lan@tinh.gov.vn", name="Lan", password=PASSWORD)
    before = official.fs_uniquifier

    set_password(official, password=PASSWORD + "!")

    assert official.fs_uniquifier != before
    assert not official.must_change_password


def test_a_role_holds_for_the_agency_and_is_granted_once(session: Session) -> None:
    agency = add_agency(session, code="99", kind="province", name="Tỉnh", valid_from=date(2025, 1, 1))
    official = create_official(session, email="lan@tinh.gov.vn", name="Lan", password=PASSWORD)

    grant_role(session, official, agency=agency, role="viewer")
    grant_role(session, official, agency=agency, role="viewer")

    assert len(session.scalars(select(Grant)).all()) == 1
    assert get_scope(session, official_id=official.id).reads(agency.path)
    with pytest.raises(AccountError, match="no role"):
        grant_role(session, official, agency=agency, role="king")


def test_one_time_passwords_are_long_random_and_can_be_read_aloud() -> None:
    made = {one_time_password() for _ in range(50)}

    assert len(made) == 50
    assert all(len(password) == 23 and not set(password) & set("ILOU") for password in made)
