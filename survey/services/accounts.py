"""Officials: who they are, their passwords, and the roles they hold on the agency tree."""

from __future__ import annotations

import functools
import re
import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.accounts import ROLES, Grant, Official
from survey.models.agencies import Agency
from survey.models.identifiers import CODE_SYMBOLS
from survey.services.errors import AccountError

LANGUAGES: Final = ("vi", "en")
SHORTEST_PASSWORD: Final = 12
# A longer one is no safer, and hashing a megabyte is a way to keep a server busy.
LONGEST_PASSWORD: Final = 200
FEWEST_SIGNS: Final = 5
# What stands at the head of every list of stolen passwords, alone, repeated, or with a number; without marks and signs.
_OFTEN_USED: Final = (
    "password passwordpassword matkhau matkhaumoi matkhaucuatoi matkhaudenho khongnhomatkhau qwerty qwertyuiop "
    "qwertyuiopasdf asdfghjkl qwertyuiopasdfghjkl abcdef abcdefgh abcdefghijkl abcdefghijklm iloveyou anhyeuem "
    "emyeuanh admin administrator quantri quantrivien quantrihethong hailong canbo congchuc vietnam hanoi hochiminh "
    "saigon welcome welcometo changeme letmein xinchao motcuadedung trustno"
)
_GUESSED: Final = frozenset(_OFTEN_USED.split())
_GROUPS_OF_ONE_TIME_PASSWORD: Final = 4
_SYMBOLS_PER_GROUP: Final = 5
_HASHER: Final = PasswordHasher()


def create_official(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None,
    must_change_password: bool = True,
    language: str = "vi",
) -> Official:
    """Add an official who may sign in but sees nothing until a role is granted; without password a link lets him in.

    Raises:
        AccountError: where the e-mail is no address or taken, the name empty, or the password too short.

    """
    address = canonical_email(email)
    local, _, host = address.partition("@")
    if not local or "." not in host or any(character.isspace() for character in address):
        raise AccountError(
            vi=f"“{email}” không phải là địa chỉ e-mail; hãy viết như ten@tinh.gov.vn.",
            en=f"“{email}” is not an e-mail address; write it like name@province.gov.vn.",
        )
    if session.scalar(select(Official.id).where(Official.email == address)):
        raise AccountError(
            vi=f"{address} đã có tài khoản; hãy đặt lại mật khẩu hoặc dùng địa chỉ khác.",
            en=f"{address} has an account already; reset its password or use another address.",
        )
    if not name.strip():
        raise AccountError(vi="Họ và tên còn trống; hãy ghi vào.", en="The name is empty; write it.")
    official = Official(email=address, name=unicodedata.normalize("NFC", name).strip(), language=language, grants=[])
    if password is None:
        end_sessions(official)
    else:
        set_password(official, password=password, must_change=must_change_password)
    session.add(official)
    session.flush()
    return official


def set_password(official: Official, *, password: str, must_change: bool = False) -> None:
    """Hash and keep a password, and end every session that the official still has anywhere.

    Raises:
        AccountError: as ``hash_password`` does.

    """
    keep_password(official, hashed=hash_password(official, password), must_change=must_change)


def hash_password(official: Official, password: str) -> str:
    """Return what is kept of a password; takes long on purpose, so no lock should be held meanwhile.

    Raises:
        AccountError: where the password is shorter than 12 or longer than 200 characters, or easy to guess.

    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(
            vi=f"Mật khẩu phải có từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự; một câu dễ nhớ là tốt nhất.",
            en=f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a sentence is best.",
        )
    if is_easily_guessed(password):
        raise AccountError(
            vi="Mật khẩu này dễ đoán: nhiều người dùng, hoặc chỉ lặp vài ký tự; hãy chọn một câu của riêng bạn.",
            en="This password is easy to guess: many use it, or it repeats a few signs; choose a sentence of your own.",
        )
    if password.casefold() == official.email:
        raise AccountError(
            vi="Mật khẩu không được là địa chỉ e-mail; hãy chọn mật khẩu khác.",
            en="The password must not be the e-mail address; choose another.",
        )
    return _HASHER.hash(unicodedata.normalize("NFC", password))


def is_easily_guessed(password: str) -> bool:
    """Tell whether a long password is among the first that anybody would try."""
    plain = "".join(letter for letter in _without_marks(password.casefold()) if letter.isalnum())
    word = re.sub(r"^(.+?)\1+$", r"\1", plain.strip("0123456789"))
    return len(set(plain)) < FEWEST_SIGNS or not word or word in _GUESSED


def keep_password(official: Official, *, hashed: str, must_change: bool = False) -> None:
    """Keep a password that is hashed already, and end every session that the official still has anywhere."""
    official.password = hashed
    official.must_change_password = must_change
    end_sessions(official)


def end_sessions(official: Official) -> None:
    """End every session that the official has anywhere, a copied cookie among them."""
    # Sessions name this value, so that a new one ends them all.
    official.fs_uniquifier = secrets.token_hex()


def is_password_of(official: Official | None, password: str) -> bool:
    """Tell whether the password is right; takes as long for nobody as for somebody, so that it tells no more."""
    known = official.password if official else None
    try:
        _HASHER.verify(known or _hash_of_nobody(), unicodedata.normalize("NFC", password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def grant_role(session: Session, official: Official, *, agency: Agency, role: str) -> Grant:
    """Let an official act as ``role`` on an agency and everything below it; granting twice changes nothing."""
    if role not in ROLES:
        raise AccountError(
            vi=f"Không có vai trò “{role}”; hãy chọn một trong: {', '.join(ROLES)}.",
            en=f"There is no role “{role}”; choose one of {', '.join(ROLES)}.",
        )
    for grant in official.grants:
        if grant.agency_id == agency.id and grant.role == role:
            return grant
    # By id: who is signed in is an object of another class than the relation expects.
    grant = Grant(official_id=official.id, agency=agency, role=role)
    session.add(grant)
    # What he may do has changed, and with it whether a second factor is needed.  Without a password nobody is signed
    # in, and the link by which he is invited must stay good.
    if official.password is not None:
        end_sessions(official)
    session.flush()
    session.expire(official, ["grants"])
    return grant


def administer_new_root(session: Session, official: Official, agency: Agency) -> None:
    """Let whoever added a tree administer it; he gains nothing that he has not elsewhere and stays signed in."""
    session.add(Grant(official_id=official.id, agency_id=agency.id, role="administrator"))
    session.flush()


def find_official(session: Session, email: str) -> Official | None:
    """Return the official of an e-mail address in any case, or None."""
    return session.scalar(select(Official).where(Official.email == canonical_email(email)))


def one_time_password() -> str:
    """Make a random password of 100 bits that can be read aloud."""
    return "-".join(
        "".join(secrets.choice(CODE_SYMBOLS) for _ in range(_SYMBOLS_PER_GROUP))
        for _ in range(_GROUPS_OF_ONE_TIME_PASSWORD)
    )


def canonical_email(email: str) -> str:
    """Return the one spelling under which an address is stored and looked up."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@functools.cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex())
