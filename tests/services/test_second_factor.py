from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.services.accounts import create_official
from survey.services.second_factor import (
    RECOVERY_CODES,
    code_at,
    enrol,
    has_second_factor,
    is_second_factor,
    new_salt,
    remove_second_factor,
    renew_recovery_codes,
    scanned_secret,
    secret_of,
    typed_secret,
)

KEY = "key of the installation"
NOW = datetime(2026, 11, 21, 8, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def official(session: Session) -> Official:
    return create_official(session, email="lan@tinh.gov.vn", name="Lan", password=None)


def enrolled(session: Session, official: Official, now: datetime = NOW) -> tuple[bytes, list[str]]:
    salt = new_salt()
    secret = secret_of(official, salt=salt, key=KEY)
    codes = enrol(session, official, salt=salt, code=code_at(secret, now), key=KEY, now=now)
    assert codes is not None
    return secret, codes


# RFC 6238, appendix B, SHA-1, the last six of the eight digits given there.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", datetime.fromtimestamp(seconds, tz=UTC)) == code


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_wrong(session: Session, official: Official, steps: int, *, is_right: bool) -> None:
    secret, _ = enrolled(session, official, NOW - 10 * STEP)

    code = code_at(secret, NOW, steps=steps)

    assert is_second_factor(session, official, code=f" {code[:3]} {code[3:]}", key=KEY, now=NOW) == is_right


def test_a_code_is_good_once_and_so_is_none_before_it(session: Session, official: Official) -> None:
    secret, _ = enrolled(session, official)
    later = NOW + 3 * STEP

    assert not is_second_factor(session, official, code=code_at(secret, NOW), key=KEY, now=NOW)
    assert is_second_factor(session, official, code=code_at(secret, later), key=KEY, now=later)
    assert not is_second_factor(session, official, code=code_at(secret, later), key=KEY, now=later)
    assert not is_second_factor(session, official, code=code_at(secret, later, steps=-1), key=KEY, now=later)


def test_a_recovery_code_is_good_once_however_it_is_typed(session: Session, official: Official) -> None:
    _, codes = enrolled(session, official)

    assert len(set(codes)) == RECOVERY_CODES
    assert is_second_factor(session, official, code=f" {codes[0].lower()} ", key=KEY, now=NOW)
    assert not is_second_factor(session, official, code=codes[0], key=KEY, now=NOW)
    assert is_second_factor(session, official, code=codes[1].replace("-", ""), key=KEY, now=NOW)


def test_new_recovery_codes_make_the_old_ones_worthless(session: Session, official: Official) -> None:
    _, old = enrolled(session, official)

    new = renew_recovery_codes(session, official, key=KEY)

    assert not is_second_factor(session, official, code=old[0], key=KEY, now=NOW)
    assert is_second_factor(session, official, code=new[0], key=KEY, now=NOW)


@pytest.mark.parametrize("code", ["", "000000", "١٢٣٤٥٦", "12345", "AAAAA-AAAAA", "\0", "\ud800"])
def test_whatever_else_is_typed_is_wrong(session: Session, official: Official, code: str) -> None:
    enrolled(session, official)

    assert not is_second_factor(session, official, code=code, key=KEY, now=NOW)


def test_a_wrong_first_code_sets_nothing_up(session: Session, official: Official) -> None:
    assert enrol(session, official, salt=new_salt(), code="000000", key=KEY, now=NOW) is None
    assert not has_second_factor(official)
    assert not is_second_factor(session, official, code="000000", key=KEY, now=NOW)


def test_setting_up_and_removing_end_every_session(session: Session, official: Official) -> None:
    before = official.fs_uniquifier
    enrolled(session, official)
    between = official.fs_uniquifier
    remove_second_factor(session, official)

    assert len({before, between, official.fs_uniquifier}) == 3
    assert not has_second_factor(official)


def test_neither_secret_nor_recovery_code_lies_in_the_database(session: Session, official: Official) -> None:
    secret, codes = enrolled(session, official)
    session.flush()

    row = str(session.execute(text("SELECT * FROM officials")).one())

    for hidden in (secret.hex(), typed_secret(secret).replace(" ", ""), str(secret), *codes):
        assert hidden not in row
        assert hidden.replace("-", "") not in row


def test_another_installation_or_official_has_another_secret(session: Session, official: Official) -> None:
    other = create_official(session, email="mai@tinh.gov.vn", name="Mai", password=None)

    secrets = {secret_of(who, salt="s", key=key) for who in (official, other) for key in (KEY, "another key")}

    assert len(secrets) == 4


def test_the_scanned_address_names_account_and_issuer(official: Official) -> None:
    address = scanned_secret(official, b"12345678901234567890")

    assert address.startswith("otpauth://totp/H%C3%A0i%20L%C3%B2ng%3Alan%40tinh.gov.vn?secret=GEZDGNBVGY3TQOJQ")
    assert "issuer=H%C3%A0i%20L%C3%B2ng" in address
